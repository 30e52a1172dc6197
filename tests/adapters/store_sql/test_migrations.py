"""The schema's steps lead to the schema as it is described, all of them or none, for one process at a time."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.migrate import MIGRATIONS, REVISIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from tests.ports.plugs import CountingClock, alert


def statements(path: Path) -> set[str]:
    """What SQLite keeps of the schema, without blanks and quotes."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    finally:
        connection.close()
    return {re.sub(r"[\s\"]+", " ", row[0]) for row in rows if "alembic_version" not in row[0]}


def test_the_steps_lead_to_the_schema(tmp_path: Path) -> None:
    """Tables, columns and indices are the same as if made from `schema.py`."""
    SqlStore(str(tmp_path / "migrated"), CountingClock()).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'described'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert statements(tmp_path / "migrated") == statements(tmp_path / "described")


def test_every_step_is_named() -> None:
    """The list that opening looks at is the files' own order."""
    script = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    assert tuple(step.revision for step in script.walk_revisions())[::-1] == REVISIONS


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """A copy of the steps with two more: one that works, and one that fails half way."""
    folder = tmp_path / "steps"
    folder.mkdir()
    for path in MIGRATIONS.glob("r*.py"):
        (folder / path.name).write_text(path.read_text())
    head = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {!r}\ndown_revision = {!r}\n\n\ndef upgrade():\n"
    column = "sa.Column('note', sa.Text, nullable=True)"
    (folder / "good.py").write_text(head.format("good", REVISIONS[-1]) + f"    op.add_column('alerts', {column})\n")
    bad = f"    op.add_column('gaps', {column})\n    op.drop_table('policies')\n    op.drop_table('nowhere')\n"
    (folder / "bad.py").write_text(head.format("bad", "good") + bad)
    return folder


def migrate(path: Path, revisions: tuple[str, ...], steps: Path) -> None:
    """As opening does, with other steps."""
    dialect = SqliteDialect()
    engine = dialect.engine(str(path))
    try:
        dialect.prepare(engine)
        bring_forward(engine, dialect, revisions, steps)
    finally:
        engine.dispose()


def test_a_failed_step_leaves_the_old_state(tmp_path: Path, steps: Path) -> None:
    """Of several steps, one of which fails, none is done; the old version goes on with its data."""
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    store.put_alerts([alert()])
    store.close()
    before = statements(path)
    with pytest.raises(DBAPIError):
        migrate(path, (*REVISIONS, "good", "bad"), steps)
    assert statements(path) == before
    store = SqlStore(str(path), CountingClock())
    assert store.alert("alt-0001") == alert()
    store.close()


def test_a_step_keeps_what_is_stored(tmp_path: Path, steps: Path) -> None:
    """And the version before then refuses the file."""
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    store.put_alerts([alert()])
    store.close()
    migrate(path, (*REVISIONS, "good"), steps)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT id, note FROM alerts").fetchall() == [("alt-0001", None)]
    connection.close()
    with pytest.raises(StoreError):
        SqlStore(str(path), CountingClock())
