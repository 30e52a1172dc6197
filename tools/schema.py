"""Writes `adapters/store_sql/sqlite_schema.sql` again: what the migrations make of an empty database, so that a new store need
not go through all of them. Usage, after a new migration: `python tools/schema.py`. A test compares the two."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def written() -> str:
    """The file's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.sqlite"
        stepped(path)
        return sqlite.dump(path)


def main() -> int:
    """Writes it."""
    sqlite.WHOLE.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
