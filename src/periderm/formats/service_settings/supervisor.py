"""supervisord: the programs that it starts, as whom, and where their output goes. Source: its manual, Configuration File."""

from __future__ import annotations

from periderm.formats.service_settings.directives import Form, keyed, listens, notes, path, runs, user
from periderm.model.file_note import Note

PROGRAMS = ("supervisord",)

TABLE: dict[str, Form] = {
    "command": runs,
    "user": user,
    "file": listens,
    "port": listens,
    "logfile": path("write"),
    "pidfile": path("write"),
    "childlogdir": path("write", "/*"),
    "stdout_logfile": path("write"),
    "stderr_logfile": path("write"),
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(keyed(data.decode("utf-8", "replace")), TABLE)
