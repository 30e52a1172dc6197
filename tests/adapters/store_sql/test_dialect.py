"""A dialect is small, and only its file knows its database."""

from __future__ import annotations

import re
from pathlib import Path

from periderm.adapters.store_sql import dialect
from periderm.adapters.store_sql.dialect import Dialect
from periderm.adapters.store_sql.sqlite import SqliteDialect

FOLDER = Path(dialect.__file__).parent
OWN_SQL = re.compile(r"\b(PRAGMA|sqlite3|ON CONFLICT|rowid|INSERT OR|sqlalchemy\.dialects|json_extract)\b")


def test_sqlite_is_a_dialect() -> None:
    """As the type checker sees it, and as it runs."""
    made: Dialect = SqliteDialect()
    for name in ("engine", "prepare", "for_writing", "lock", "keep_copy", "explain"):
        assert callable(getattr(made, name))


def test_no_other_file_speaks_to_one_database_only() -> None:
    """So that the next database is one more file."""
    found = [
        f"{path.name}: {hit[0]}"
        for path in sorted(FOLDER.rglob("*.py"))
        if path.name != "sqlite.py"
        for hit in OWN_SQL.finditer(path.read_text())
    ]
    assert found == []
    assert OWN_SQL.search((FOLDER / "sqlite.py").read_text())
