"""Where tables of owners are read from. Adapters are named inside the function, so that a command loads only what it uses."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from periderm.model.networks import network_of

if TYPE_CHECKING:
    import socket

    from periderm.ports.owner_documents import OwnerDocuments


def owner_document(source: str, *, token: str = "", ca_file: str = "") -> bytes:
    """A file's bytes ('-' for standard input), or what an address answers. `token` is a reference ('env:NAME', 'file:PATH').
    Raises what the plug raises."""
    from periderm.formats.owner_table import MOST_BYTES

    if source.startswith(("https://", "http://")):
        from periderm.adapters.documents_http import read
        from periderm.wiring.watching import secret_named

        return read(source, MOST_BYTES, token=secret_named(token) if token else "", ca_file=ca_file)
    from periderm.adapters.documents_local import LocalDocuments

    return LocalDocuments().read(source, MOST_BYTES)


def owner_documents() -> OwnerDocuments:
    """What the server fetches tables with: only from addresses that the tables' own words allow it to speak to."""
    import ssl

    from periderm.adapters.documents_http import Connect, HttpOwnerDocuments
    from periderm.adapters.notifier_net.dialing import connected
    from periderm.formats.owner_table import MOST_BYTES
    from periderm.wiring.watching import secret_named

    def connect_to(networks: tuple[str, ...]) -> Connect:
        allowed = tuple(network_of(name) for name in networks)

        def connect(host: str, port: int, tls: ssl.SSLContext | None) -> AbstractContextManager[socket.socket]:
            return connected(host, port, allowed, public=tls is not None, tls=tls)

        return connect

    return HttpOwnerDocuments(MOST_BYTES, connect_to, secret_named)
