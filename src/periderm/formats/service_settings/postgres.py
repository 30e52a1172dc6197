"""PostgreSQL: port, sockets, data folder and logs of postgresql.conf. Source: the manual, chapter 20, and 73.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, keyed, listens, notes, path, plain_path, runs
from periderm.model.file_note import Note

PROGRAMS = ("postgres", "postmaster")
# What a server makes in its data folder; programs, keys and authorisations are none of it.
DATA = (
    "base/**",
    "global/**",
    "log/*",
    "pg_commit_ts/**",
    "pg_dynshmem/**",
    "pg_logical/**",
    "pg_multixact/**",
    "pg_notify/**",
    "pg_replslot/**",
    "pg_serial/**",
    "pg_snapshots/**",
    "pg_stat/**",
    "pg_stat_tmp/**",
    "pg_subtrans/**",
    "pg_tblspc/**",
    "pg_twophase/**",
    "pg_wal/**",
    "pg_xact/**",
    "postmaster.pid",
    "postmaster.opts",
    "current_logfiles*",
    "backup_label*",
)


def _data(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if arguments and (clean := plain_path(arguments[0])):
        yield "read", f"{clean}/**"
        for name in DATA:
            yield "write", f"{clean}/{name}"


def _sockets(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in arguments[0].split(",")[:8] if arguments else ():
        if clean := plain_path(word.strip()):
            yield "listen", f"unix {clean}/.s.PGSQL.*"
            yield "write", f"{clean}/.s.PGSQL.*.lock"


TABLE: dict[str, Form] = {
    "port": listens,
    "data_directory": _data,
    "hba_file": path("read"),
    "ident_file": path("read"),
    "external_pid_file": path("write"),
    "unix_socket_directories": _sockets,
    "log_directory": path("write", "/*"),
    "stats_temp_directory": path("write", "/*"),
    "ssl_cert_file": path("read"),
    "ssl_key_file": path("read"),
    "ssl_ca_file": path("read"),
    "include_dir": path("read", "/*"),
    "archive_command": runs,
    "restore_command": runs,
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(keyed(data.decode("utf-8", "replace"), "#"), TABLE)
