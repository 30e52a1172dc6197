"""What every plug promises of the audit log (see `periderm/ports/audit.py`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.audit import FIRST, AuditEntry, check
from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.ports.store import Store
from tests.ports import plugs


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    made = request.param.open(tmp_path)
    yield made
    made.close()


def entry(number: int, action: str = "policy.put", **more: object) -> AuditEntry:
    """What is to be noted."""
    return AuditEntry(sequence=0, time=number, who="user:ada", action=action, subject=f"pol-{number}", **more)  # type: ignore[arg-type]


def test_entries_are_numbered_bound_and_kept(store: Store, tmp_path: Path) -> None:
    """Each names the one before, also over closing and opening."""
    first = store.put_audit(entry(5))
    second = store.put_audit(entry(3, detail="山"))
    assert (first.sequence, first.previous) == (1, FIRST)
    assert (second.sequence, second.previous) == (2, first.digest)
    again = plugs.STORES[0].open(tmp_path)
    try:
        assert again.audit_after(0) == [first, second]
        third = again.put_audit(entry(9))
    finally:
        again.close()
    assert store.audit_after(1) == [second, third]
    assert store.audit_after(0, limit=1) == [first]
    assert check(store.audit_after(0)).entries == 3
    assert [change.id for change in store.changes(0) if change.what == "audit"] == ["1", "2", "3"]


def test_what_is_taken_back_was_never_noted(store: Store) -> None:
    """An entry is part of the transaction that does what it tells of; the numbers have no hole."""

    def fail() -> None:
        with store.transaction():
            store.put_audit(entry(1))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert store.audit_after(0) == []
    assert store.put_audit(entry(2)).sequence == 1


def test_many_writers_make_one_chain(store: Store, tmp_path: Path) -> None:
    """Threads, and a second process's connection."""
    other = plugs.STORES[0].open(tmp_path)

    def write(which: Store) -> None:
        for number in range(10):
            which.put_audit(entry(number))

    threads = [threading.Thread(target=write, args=(which,)) for which in (store, other, store)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    found = check(store.audit_after(0))
    assert (found.entries, found.broken_at) == (30, 0)


def test_foreign_text_stays_verifiable(store: Store) -> None:
    """Names that an attacker chose (NUL, half characters, markup) neither break the chain nor the list."""
    store.put_audit(AuditEntry(sequence=0, time=2**70, who="user:\udc80\x00", action="x", detail="<b>\x1b[31m"))
    found = check(store.audit_after(0))
    assert (found.entries, found.broken_at) == (1, 0)
    assert store.audit_entries(Query()).items[0].who == "user:\\udc80\\x00"


def test_lists_are_paged_and_filtered(store: Store) -> None:
    """The latest first; by action, by the beginning of some, by text, by time."""
    made = [store.put_audit(entry(n, "session.begin" if n % 2 else "policy.put", detail=f"Word{n}")) for n in range(1, 6)]
    page = store.audit_entries(Query(limit=2))
    assert (page.items, page.total) == ((made[4], made[3]), 5)
    rest = store.audit_entries(Query(limit=3, cursor=page.next_cursor))
    assert (rest.items, rest.next_cursor, rest.total) == ((made[2], made[1], made[0]), "", 5)
    assert store.audit_entries(Query(kind="session.begin")).total == 3
    assert store.audit_entries(Query(kind="session.")).total == 3
    assert store.audit_entries(Query(kind="session")).total == 0
    assert store.audit_entries(Query(text="wORD4")).items == (made[3],)
    assert store.audit_entries(Query(since=2, until=4)).items == (made[2], made[1])


REFUSED = [Query(cursor="x"), Query(cursor="²"), Query(limit=0), Query(node_id="n"), Query(order="severity")]


@pytest.mark.parametrize("query", REFUSED)
def test_what_cannot_be_asked_is_refused(store: Store, query: Query) -> None:
    """Ignoring a filter would lie."""
    with pytest.raises(UsageError):
        store.audit_entries(query)
