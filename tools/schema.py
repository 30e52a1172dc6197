"""Writes `adapters/store_sql/sqlite_schema.sql` again: what the migrations make of an empty database, so that a new store need
not go through all of them. Usage, after a new migration: `python tools/schema.py`. A test compares the two."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from sqlite3 import connect

from periderm.adapters.store_sql import sqlite
from periderm.adapters.store_sql.migrate import bring_forward


class StepByStep(sqlite.SqliteDialect):
    """Knows no other way than the migrations."""

    def whole(self, revision: str) -> Sequence[str]:  # noqa: ARG002  # the protocol's
        """Nothing."""
        return ()


def stepped(path: Path) -> None:
    """A new database, by all steps; one file without a log."""
    dialect = StepByStep()
    engine = dialect.engine(str(path))
    try:
        bring_forward(engine, dialect)
    finally:
        engine.dispose()


def dump(path: Path) -> str:
    """Statements that make what this database holds: tables, rows, indexes, triggers. For a small one, used by nobody."""
    with contextlib.closing(connect(path)) as database:
        made = "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        found = [(str(kind), str(text)) for kind, text in database.execute(made)]
        rows = [line for line in database.iterdump() if line.startswith("INSERT INTO ")]
    tables = [text for kind, text in found if kind == "table"]
    others = [text for kind, text in found if kind != "table"]
    inserted = [line.removesuffix(";") for line in rows]
    return sqlite.BETWEEN.join([sqlite.heading(sqlite.state_of(path)), *tables, *inserted, *others])


def written() -> str:
    """The file's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.sqlite"
        stepped(path)
        return dump(path)


def main() -> int:
    """Writes it."""
    sqlite.WHOLE.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
