"""An older store gets the rows to search by when it is opened, from the documents that it holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from periderm.adapters.store_sql import derived
from periderm.adapters.store_sql.migrate import MIGRATIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from tests.ports.plugs import CountingClock, container, finding, image
from tests.ports.test_store_scans import package, scan, vulnerable

OLD_TABLES = ("assets", "findings", "scan_results", "inventories", "changes")


def fill(store: SqlStore) -> None:
    """Two images, one of them scanned and running, and a host with a vulnerability."""
    store.put_assets([image(1, name="shop"), image(2), container(1, image_digest="sha256:1", running=True)])
    store.put_scan_result(scan(1, (package("openssl"), package("zlib")), (vulnerable(1), finding(2))))
    store.put_findings([vulnerable(3, "CVE-2099-3", of=77)])


def answers(store: SqlStore) -> tuple[object, ...]:
    """All that the rows are for."""
    everything = Query(limit=100)
    return store.packages(everything), store.vulnerabilities(everything), store.images(everything)


def old_store(path: Path, given: Path) -> None:
    """A database of the first schema with the documents of another."""
    dialect = SqliteDialect()
    engine = dialect.engine(str(path))
    dialect.prepare(engine)
    bring_forward(engine, dialect, ("0001",), MIGRATIONS)
    engine.dispose()
    raw = sqlite3.connect(path)
    raw.execute("ATTACH ? AS given", (str(given),))
    for table in OLD_TABLES:
        raw.execute(f"INSERT INTO {table} SELECT * FROM given.{table}")  # noqa: S608 -- our own names
    raw.commit()
    raw.close()


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A store of now."""
    path = tmp_path / "now" / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    fill(store)
    store.close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return path


def test_a_store_of_the_first_schema_answers_as_a_new_one(tmp_path: Path, given: Path) -> None:
    """After one opening, and the documents are as they were."""
    path = tmp_path / "old" / "periderm.sqlite"
    old_store(path, given)
    old, new = SqlStore(str(path), CountingClock()), SqlStore(str(given), CountingClock())
    assert answers(old) == answers(new)
    assert old.findings(Query()) == new.findings(Query())
    assert old.packages(Query()).total == 2
    old.close()
    new.close()


def test_it_is_done_once(tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second opening reads nothing of it."""
    path = tmp_path / "old" / "periderm.sqlite"
    old_store(path, given)
    SqlStore(str(path), CountingClock()).close()
    monkeypatch.setattr(derived, "_assets", None)
    SqlStore(str(path), CountingClock()).close()


def test_a_failure_asks_again(tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the rows would be worse than none: nothing of it stays."""
    path = tmp_path / "old" / "periderm.sqlite"
    old_store(path, given)

    def fail(_transaction: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(derived, "_inventory", fail)
        with pytest.raises(InterruptedError):
            SqlStore(str(path), CountingClock())
    store = SqlStore(str(path), CountingClock())
    assert store.packages(Query()).total == 2
    store.close()
