"""A new store is laid out at once, and is what the steps would have made."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from periderm.adapters.store_sql import sqlite
from periderm.adapters.store_sql.migrate import REVISIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from tools import schema


def content(path: Path) -> tuple[list[object], dict[str, list[object]]]:
    """Everything that is defined, and the rows of all tables."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        defined = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        names = [row[1] for row in defined if row[0] == "table"]
        rows = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 -- our tables
        return defined, rows


def laid_out(path: Path) -> None:
    """A new database."""
    dialect = SqliteDialect()
    engine = dialect.engine(str(path))
    bring_forward(engine, dialect)
    engine.dispose()


def test_it_is_what_the_steps_make(tmp_path: Path) -> None:
    """Each definition to the letter, and each row. After a new migration: python tools/schema.py."""
    laid_out(tmp_path / "new.sqlite")
    schema.stepped(tmp_path / "stepped.sqlite")
    assert content(tmp_path / "new.sqlite") == content(tmp_path / "stepped.sqlite")
    assert sqlite.WHOLE.read_text() == schema.written()


def test_the_steps_are_not_gone_through(tmp_path: Path) -> None:
    """A folder without any step does for a new store."""
    dialect = SqliteDialect()
    engine = dialect.engine(str(tmp_path / "new.sqlite"))
    bring_forward(engine, dialect, steps=tmp_path / "none")
    engine.dispose()
    assert content(tmp_path / "new.sqlite")[1]["alembic_version"] == [(REVISIONS[-1],)]


def test_another_revision_goes_through_its_steps() -> None:
    """The file is for one revision only."""
    assert len(SqliteDialect().whole(REVISIONS[-1])) > 100
    assert SqliteDialect().whole(REVISIONS[-2]) == ()


def test_half_a_layout_is_none(tmp_path: Path) -> None:
    """A statement that fails takes back those before it; the next try finds an empty database."""

    class Broken(SqliteDialect):
        def whole(self, revision: str) -> list[str]:
            return [*super().whole(revision)[:20], "CREATE TABLE"]

    dialect = Broken()
    engine = dialect.engine(str(tmp_path / "new.sqlite"))
    with pytest.raises(OperationalError, match="incomplete input"):
        bring_forward(engine, dialect)
    engine.dispose()
    assert content(tmp_path / "new.sqlite")[0] == []
    laid_out(tmp_path / "new.sqlite")
    assert content(tmp_path / "new.sqlite")[1]["alembic_version"] == [(REVISIONS[-1],)]
