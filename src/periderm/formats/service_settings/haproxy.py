"""HAProxy: frontends, servers behind it, user, control socket. Source: the configuration manual of HAProxy 2.6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, group, listens, notes, path, peer, plain_path, spaced, user
from periderm.model.file_note import Note

PROGRAMS = ("haproxy",)


def _server(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from peer(arguments[1], 80) if len(arguments) > 1 else ()


def _stats(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if arguments[:1] == ["socket"]:
        yield from listens(arguments[1:])


def _chroot(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if arguments and (clean := plain_path(arguments[0])):
        yield "read", clean


TABLE: dict[str, Form] = {
    "bind": listens,
    "user": user,
    "group": group,
    "server": _server,
    "stats": _stats,
    "chroot": _chroot,
    "pidfile": path("write"),
    "ca-base": path("read", "/**"),
    "crt-base": path("read", "/**"),
    "errorfile": lambda arguments: path("read")(arguments[1:]),
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(spaced(data.decode("utf-8", "replace")), TABLE)
