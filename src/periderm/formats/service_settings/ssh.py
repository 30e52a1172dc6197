"""OpenSSH's server: ports, host keys, programs of its subsystems. Source: sshd_config(5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, listens, notes, path, runs, spaced
from periderm.model.file_note import Note

PROGRAMS = ("sshd", "sshd-session")


def _subsystem(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from runs(arguments[1:2])


TABLE: dict[str, Form] = {
    "port": listens,
    "hostkey": path("read"),
    "pidfile": path("write"),
    "include": path("read"),
    "banner": path("read"),
    "subsystem": _subsystem,
    "forcecommand": runs,
    "authorizedkeyscommand": runs,
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(spaced(data.decode("utf-8", "replace")), TABLE)
