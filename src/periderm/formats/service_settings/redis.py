"""Redis and Valkey: ports, folder, log, modules and primary of redis.conf. Source: redis.conf of Redis 7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, listens, notes, path, peer, plain_path, spaced
from periderm.model.file_note import Note

PROGRAMS = ("redis-server", "redis-check-rdb", "valkey-server", "keydb-server")


def _folder(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Exactly the files that it makes there: its home is often the same folder, and a key for ssh is none of them."""
    if arguments and (clean := plain_path(arguments[0])):
        for name in ("dump.rdb", "temp-*.rdb", "appendonly*.aof", "temp-*.aof", "appendonlydir/*", "nodes*.conf"):
            yield "write", f"{clean}/{name}"


def _primary(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(arguments) > 1:
        yield from peer(":".join(arguments[:2]), 6379)


def _port(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if arguments and arguments[0] != "0":
        yield from listens(arguments)


TABLE: dict[str, Form] = {
    "port": _port,
    "tls-port": _port,
    "unixsocket": listens,
    "dir": _folder,
    "logfile": path("write"),
    "pidfile": path("write"),
    "aclfile": path("read"),
    "include": path("read"),
    "loadmodule": path("execute"),
    "tls-cert-file": path("read"),
    "tls-key-file": path("read"),
    "tls-ca-cert-file": path("read"),
    "replicaof": _primary,
    "slaveof": _primary,
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(spaced(data.decode("utf-8", "replace")), TABLE)
