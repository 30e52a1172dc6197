"""SQLite as a dialect: durable, private, and with errors in plain words."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.migrate import REVISIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect, copy_file, state_of
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


def test_an_upgrade_keeps_what_was_before(tmp_path: Path) -> None:
    """A copy of the old schema with its rows, readable by its owner only; an older version takes it up again. Opening a
    new or an up-to-date store makes none, and the two newest are kept."""
    path = tmp_path / "periderm.sqlite"
    copies = tmp_path / "before-upgrades"
    dialect = SqliteDialect()
    opened = dialect.engine(str(path))
    dialect.prepare(opened)
    bring_forward(opened, dialect, REVISIONS[:-1])
    assert not copies.exists()
    opened.dispose()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO counters (id, value) VALUES ('mine', 7)")
        raw.commit()
    SqlStore(str(path), CountingClock()).close()
    kept = copies / f"periderm.sqlite.{REVISIONS[-2]}"
    assert [p.name for p in copies.iterdir()] == [kept.name]
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(copies.stat().st_mode)) == (0o600, 0o700)
    assert state_of(kept) == REVISIONS[-2]
    assert state_of(path) == REVISIONS[-1]
    with contextlib.closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("SELECT value FROM counters WHERE id = 'mine'").fetchone() == (7,)
    SqlStore(str(path), CountingClock()).close()
    assert len(list(copies.iterdir())) == 1
    for label in ("a", "b", "c"):
        dialect.keep_copy(label)
    assert sorted(p.name[-1] for p in copies.iterdir()) == ["b", "c"]


def test_without_a_copy_nothing_is_changed(tmp_path: Path) -> None:
    """A folder that cannot be made stops the upgrade with what to do; the store stays as it was."""
    path = tmp_path / "periderm.sqlite"
    dialect = SqliteDialect()
    opened = dialect.engine(str(path))
    dialect.prepare(opened)
    bring_forward(opened, dialect, REVISIONS[:-1])
    opened.dispose()
    (tmp_path / "before-upgrades").write_text("in the way")
    with pytest.raises(StoreError, match="before-upgrades"):
        SqlStore(str(path), CountingClock())
    assert state_of(path) == REVISIONS[-2]


def test_a_copy_is_of_one_moment(tmp_path: Path) -> None:
    """While another thread writes pairs, no copy holds half of one; what is no database is refused."""
    path = tmp_path / "x.sqlite"
    store = SqlStore(str(path), CountingClock())
    stop = threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(path, timeout=180, isolation_level=None)) as raw:
            for number in itertools.count():
                if stop.is_set():
                    return
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("INSERT INTO counters (id, value) VALUES (?, 1)", (f"a{number}",))
                raw.execute("INSERT INTO counters (id, value) VALUES (?, 1)", (f"b{number}",))
                raw.execute("COMMIT")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            copy_file(path, tmp_path / f"copy{number}")
            with contextlib.closing(sqlite3.connect(tmp_path / f"copy{number}")) as raw:
                pairs = raw.execute("SELECT count(*) FROM counters WHERE id LIKE 'a%' OR id LIKE 'b%'").fetchone()[0]
            assert pairs % 2 == 0
    finally:
        stop.set()
        thread.join()
        store.close()
    (tmp_path / "no").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError):
        state_of(tmp_path / "no")
    with pytest.raises(StoreError):
        copy_file(tmp_path / "no", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
