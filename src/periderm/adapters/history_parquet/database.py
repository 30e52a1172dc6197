"""DuckDB, shut in: it reads and writes in the history's folder only, loads nothing, reaches no network, keeps its limits.

It is imported here and only when a partition is read or written: a process that only appends never pays for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from periderm.adapters.history_parquet.names import Places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MIB = 256
THREADS = 2


def quoted(text: str) -> str:
    """A literal of SQL: only the quote itself is special in one."""
    return "'" + text.replace("'", "''") + "'"


def connect(places: Places, *, threads: int = THREADS, memory_mib: int = MEMORY_MIB) -> DuckDBPyConnection:
    """An empty database in memory whose settings cannot be changed any more."""
    import duckdb

    database = duckdb.connect(
        config={
            "memory_limit": f"{memory_mib}MiB",
            "threads": threads,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
        }
    )
    # preserve_insertion_order: a compacted file keeps the order of its parts.
    database.execute("SET preserve_insertion_order = true")
    database.execute("SET parquet_metadata_cache = true")
    database.execute("SET enable_progress_bar = false")  # it would print between our lines
    database.execute(f"SET allowed_directories = [{quoted(str(places.root) + '/')}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


@contextlib.contextmanager
def database(places: Places, *, threads: int = THREADS, memory_mib: int = MEMORY_MIB) -> Iterator[DuckDBPyConnection]:
    """The same, closed at the end."""
    opened = connect(places, threads=threads, memory_mib=memory_mib)
    try:
        yield opened
    finally:
        opened.close()
