"""SQLite as a dialect: durable, private, and with errors in plain words."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from tests.ports.plugs import CountingClock, alert


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)]
)
def test_commits_are_durable(database: Database, pragma: str, value: object) -> None:
    """The log is synced at each commit (synchronous = FULL is 2), and who finds it locked waits."""
    with database.reading() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    with database.writing() as transaction:
        assert transaction.connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    """The folder 0700, the file and SQLite's files beside it 0600, also if the file was open to all before."""
    path = tmp_path / "state" / "deep" / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    store.put_alerts([alert()])
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    store.close()
    path.chmod(0o644)
    SqlStore(str(path), CountingClock()).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_url_names_a_file(tmp_path: Path) -> None:
    """The same file by path and by URL; odd letters in a path are only letters."""
    path = tmp_path / "a?b=c#d%20 é.sqlite"
    store = SqlStore(f"sqlite:///{path}", CountingClock())
    store.put_alerts([alert()])
    store.close()
    assert path.is_file()
    store = SqlStore(str(path), CountingClock())
    assert store.alert("alt-0001") == alert()
    store.close()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """Another file, a folder, a file in the way: each with what to do; and the file is left alone."""
    (tmp_path / "text").write_bytes(b"hello " * 1000)
    for place in ("text", "", "text/below/it"):
        with pytest.raises(StoreError) as caught:
            SqlStore(str(tmp_path / place), CountingClock())
        assert caught.value.next_step
    assert (tmp_path / "text").read_bytes() == b"hello " * 1000


def test_damage_is_told(tmp_path: Path) -> None:
    """A file with wrong bytes in its middle: an error of ours, for reading or for opening."""
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    store.put_alerts(alert(number, object="x" * 400) for number in range(500))
    store.close()
    data = bytearray(path.read_bytes())
    for place in range(4096, len(data), 4096):
        data[place : place + 64] = bytes(64)
    path.write_bytes(data)

    def use() -> None:
        damaged = SqlStore(str(path), CountingClock())
        try:
            damaged.alert("alt-0250")
        finally:
            damaged.close()

    with pytest.raises(StoreError) as caught:
        use()
    assert "damaged" in caught.value.what
    assert caught.value.next_step


def test_a_lock_held_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that keeps the store locked: an error after the wait, and reading still works."""
    monkeypatch.setattr("periderm.adapters.store_sql.sqlite.BUSY_SECONDS", 0.05)
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        store.put_alerts([alert()])
    assert "Another process" in caught.value.what
    assert store.alert("alt-0001") is None
    other.execute("ROLLBACK")
    other.close()
    store.put_alerts([alert()])
    assert store.alert("alt-0001") == alert()
    store.close()
