"""Opening brings the schema forward once, and refuses what it does not know."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from periderm.adapters.store_sql.migrate import REVISIONS, version
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from tests.ports.plugs import CountingClock


def tables(path: Path) -> list[str]:
    """Names of all tables."""
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    finally:
        connection.close()


def test_opening_again_runs_nothing(tmp_path: Path) -> None:
    """The file is as it was."""
    path = tmp_path / "periderm.sqlite"
    SqlStore(str(path), CountingClock()).close()
    before = path.read_bytes()
    SqlStore(str(path), CountingClock()).close()
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """With what to do; the file is left alone."""
    path = tmp_path / "periderm.sqlite"
    SqlStore(str(path), CountingClock()).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError) as caught:
        SqlStore(str(path), CountingClock())
    assert "newer" in caught.value.what
    assert "9999" in caught.value.what
    assert "Install" in caught.value.next_step


def test_someone_elses_database_is_refused(tmp_path: Path) -> None:
    """Tables that are not ours are not touched."""
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE assets (x)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError) as caught:
        SqlStore(str(path), CountingClock())
    assert caught.value.next_step
    assert tables(path) == ["assets"]


def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    """One runs the steps, the others wait for it."""
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            SqlStore(str(tmp_path / "periderm.sqlite"), CountingClock()).close()
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_the_version_of_nothing_is_empty(tmp_path: Path) -> None:
    """A new database has none; ours has the last step's."""
    engine = create_engine(f"sqlite:///{tmp_path / 'new'}")
    with engine.connect() as connection:
        assert version(connection) == ""
    engine.dispose()
    SqlStore(str(tmp_path / "ours"), CountingClock()).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'ours'}")
    with engine.connect() as connection:
        assert version(connection) == REVISIONS[-1]
    engine.dispose()
