"""Machines that join: the server's own authority and its doors by TLS, and a machine's place with a server elsewhere.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.adapters.authority_local.authority import LocalAuthority
    from periderm.adapters.membership_local.membership import LocalMembership
    from periderm.app.application import Application
    from periderm.flow.renewing import Renewing
    from periderm.model.fleet import DoorInfo


def membership(settings: Settings) -> LocalMembership:
    """This machine's place with the server that the settings name."""
    from periderm import __version__
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.membership_local.membership import LocalMembership

    return LocalMembership(settings.identity, settings.server, SystemClock().now, __version__)


def renewing(settings: Settings) -> Renewing | None:
    """What keeps this machine's certificate young; None where the server is on this machine."""
    from periderm.flow.renewing import Renewing

    return Renewing(membership(settings)) if settings.server else None


def join(settings: Settings, token: str) -> None:
    """This machine takes up a token at the server that the settings name."""
    from periderm.wiring.machine import this_node

    node = this_node(settings)
    membership(settings).join(token, node.id, node.hostname)


def authority(settings: Settings) -> LocalAuthority:
    """The server's own certificate authority, made when it is first asked."""
    from periderm.adapters.authority_local.authority import LocalAuthority
    from periderm.adapters.clock_system import SystemClock

    return LocalAuthority(settings.authority, SystemClock().now())


@contextlib.contextmanager
def authority_app(settings: Settings) -> Iterator[Application]:
    """The store and the authority of this machine's state, for a command that writes into them."""
    import msgspec

    from periderm.wiring.stored import keeper

    with keeper(settings) as app:
        yield msgspec.structs.replace(app, authority=authority(settings))


@contextlib.contextmanager
def doors(
    settings: Settings, app: Application, own: LocalAuthority, told: list[Callable[[], DoorInfo]] | None = None
) -> Iterator[None]:
    """The doors by TLS that the settings name, open while the block runs: for agents of other machines, and for the console
    beyond loopback. Each says in `told` what it shows."""
    import msgspec

    from periderm.adapters.authority_local.tls import GivenTls, ServerTls
    from periderm.server.create import create_server
    from periderm.server.fleet import create_fleet_server
    from periderm.server.listener import answering, bind_public, place_of

    with contextlib.ExitStack() as open_doors:
        if settings.agents:
            tls = ServerTls(own, (), app.clock.now)
            if told is not None:
                told.append(lambda: msgspec.structs.replace(tls.info, name="agents", place=settings.agents))
            listener = bind_public(settings.agents)
            open_doors.enter_context(answering(create_fleet_server(app), listener, tls.context, tls.refresh))
        if settings.listen:
            host, _ = place_of(settings.listen)
            names = _names(host, settings.hosts)
            shown = (
                GivenTls(settings.tls_cert, settings.tls_key)
                if settings.tls_cert
                else ServerTls(own, names, app.clock.now, name="console", nodes=False)
            )
            listener = bind_public(settings.listen)
            if told is not None:
                told.append(lambda: msgspec.structs.replace(shown.info, place=settings.listen, names=names))
            console = create_server(app, "", hosts=names, secure=True)
            open_doors.enter_context(answering(console, listener, shown.context, shown.refresh, lifespan=True))
        yield


def _names(host: str, given: str) -> tuple[str, ...]:
    """By which the console may be called: the address, or any of this machine's where it listens on all; and the names
    that the settings give."""
    said = [name.strip().lower() for name in given.split(",") if name.strip()]
    found = [host.lower()]
    if ipaddress.ip_address(host).is_unspecified:
        name = socket.gethostname().lower()
        found = ["127.0.0.1", "::1", "localhost", name]
        with contextlib.suppress(OSError):
            found += sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, None)})
    return tuple(dict.fromkeys((*said, *found)))
