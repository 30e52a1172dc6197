"""MySQL and MariaDB: port, socket, folders and logs of my.cnf. Source: the reference manual of MySQL 8, chapter 5.1.7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, keyed, listens, notes, path, user
from periderm.model.file_note import Note

PROGRAMS = ("mysqld", "mariadbd")


def _folder(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from path("write", "/**")(arguments)


def _base(name: str) -> Form:
    def form(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
        yield from path("write", name)(arguments)

    return form


TABLE: dict[str, Form] = {
    "port": listens,
    "socket": listens,
    "user": user,
    "datadir": _folder,
    "tmpdir": _base("/*"),
    "pid-file": path("write"),
    "pid_file": path("write"),
    "log_error": path("write"),
    "log-error": path("write"),
    "general_log_file": path("write"),
    "slow_query_log_file": path("write"),
    "plugin_dir": path("execute", "/*"),
    "ssl-cert": path("read"),
    "ssl-key": path("read"),
    "ssl-ca": path("read"),
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of the server's own sections: a client's port is none of its ports."""
    own = []
    section = "mysqld"
    for line, name, arguments in keyed(data.decode("utf-8", "replace")):
        if name == "[]":
            section = arguments[0].lower()
        elif section.startswith(("mysqld", "mariadb", "server")):
            own.append((line, name.replace("-", "_") if name.startswith("log") else name, arguments))
    return notes(own, TABLE)
