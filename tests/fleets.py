"""A server that machines join, over real TLS on loopback, and machines for it. Clocks go as the system's, and may be moved."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import msgspec

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.authority_local.tls import ServerTls
from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.membership_local.membership import LocalMembership
from periderm.adapters.store_sql.store import SqlStore
from periderm.adapters.uplink_http import HttpUplink
from periderm.app.application import Application
from periderm.app.fleet import make_join_token
from periderm.model.asset import Container, Node
from periderm.model.identity import container_id, image_id, node_id, workload_id
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.server.fleet import create_fleet_server
from periderm.server.listener import BoundedSocket, answering

HOUR = 3600 * 10**9
DAY = 24 * HOUR


class MovedClock:
    """The system's clock, moved by so many nanoseconds."""

    def __init__(self, moved: int = 0) -> None:
        self.moved = moved

    def now(self) -> int:
        """Unix nanoseconds."""
        return time.time_ns() + self.moved

    def monotonic(self) -> int:
        """Goes on, and is moved too."""
        return time.monotonic_ns() + self.moved

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.moved += int(seconds * 10**9)


def application(folder: Path, clock: MovedClock, *, seconds: int = 24 * 3600) -> Application:
    """An application with an authority, over a real store and spool in `folder`."""
    settings = Settings(state=str(folder), cache=str(folder / "cache"), certificate_seconds=seconds)
    return Application(
        store=SqlStore(settings.database, clock),
        clock=clock,
        settings=settings,
        bus=LocalBus(str(folder / "spool")),
        authority=LocalAuthority(settings.authority, clock.now()),
    )


def close(app: Application) -> None:
    """Its store and spool."""
    if app.bus is not None:
        app.bus.close()
    app.store.close()


@contextlib.contextmanager
def door(app: Application, port: int = 0) -> Iterator[tuple[str, ServerTls]]:
    """(where agents are answered, what it shows), while the block runs."""
    authority = app.authority
    assert isinstance(authority, LocalAuthority)
    tls = ServerTls(authority, (), app.clock.now)
    listener = BoundedSocket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    with answering(create_fleet_server(app), listener, tls.context, tls.refresh):
        try:
            yield url, tls
        finally:
            for machine in Machine.made:
                machine.uplink.close()  # that of this thread
            Machine.made.clear()


class Machine:
    """One that joins: its node, its place, its way to the server. Its connection ends with the server's door."""

    made: ClassVar[list[Machine]] = []

    def __init__(self, folder: Path, name: str, url: str, clock: MovedClock | None = None) -> None:
        self.clock = clock or MovedClock()
        self.folder = folder / name
        self.folder.mkdir(exist_ok=True)
        self.node = Node(
            id=node_id(name), name=name, hostname=name, machine_id=name, kernel="6", os_name="Debian", architecture="x86_64"
        )
        self.membership = LocalMembership(str(self.folder / "identity.pem"), url, self.clock.now, "0.1.0")
        self.uplink = HttpUplink(url, "", way=self.membership, now=self.clock.now)
        self.made.append(self)

    def join(self, app: Application, *, again: bool = False) -> str:
        """By a token of its own; the token."""
        token, _ = make_join_token(app, LOCAL_ADMIN, name=self.node.hostname, again=again)
        self.membership.join(token, self.node.id, self.node.hostname)
        return token

    def container(self, name: str = "web", digest: str = "sha256:aa") -> Container:
        """One of its containers."""
        return Container(
            id=container_id(self.node.id, f"{name}-{self.node.name}"),
            name=name,
            container_id=f"{name}-{self.node.name}",
            runtime="podman",
            node_id=self.node.id,
            image_digest=digest,
            workload_id=workload_id("container", "", name),
            running=True,
        )


def moved(app: Application, **more: object) -> Application:
    """The same with other settings."""
    return msgspec.structs.replace(app, settings=msgspec.structs.replace(app.settings, **more))


__all__ = ["DAY", "HOUR", "Machine", "MovedClock", "application", "close", "door", "image_id", "moved"]
