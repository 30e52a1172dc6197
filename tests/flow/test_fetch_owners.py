"""Tables of owners that are fetched again and again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.flow.fetch_owners import RETRY_SECONDS, FetchOwners, due
from periderm.model.errors import ConnectError, FormatError, UsageError
from periderm.model.gap import GapKind
from periderm.model.owner_table import OwnerSource, OwnerTable
from periderm.model.query import Query
from periderm.ports.owner_documents import OwnerDocument
from periderm.ports.store import Store
from tests.ports.plugs import STORES, container

SECOND = 10**9
T0 = 1_800_000_000 * SECOND
SOURCE = OwnerSource(address="https://cmdb.test/x.csv", every=3600, tried=T0, good=T0)
FIRST, SECOND_STATE = b"name,owner,application\nweb-1,team-a,shop\n", b"name,owner,application\nweb-2,team-b,shop\n"


class Lab:
    """A CMDB that answers what a test says, by a clock that a test moves."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.time = T0
        self.answer: bytes | Exception = FIRST
        self.etag = '"1"'
        self.asked: list[str] = []
        self.fetching = FetchOwners(store, self, self)
        store.put_assets([container(1, running=True), container(2, running=True)])
        store.put_owner_table(OwnerTable(id="cmdb", fetch=SOURCE))

    def now(self) -> int:
        """`ports.clock.Clock`."""
        return self.time

    def monotonic(self) -> int:
        """`ports.clock.Clock`."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """`ports.clock.Clock`."""
        self.time += int(seconds * SECOND)

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """`ports.owner_documents.OwnerDocuments`."""
        self.asked.append(source.etag)
        if isinstance(self.answer, Exception):
            raise self.answer
        return None if source.etag == self.etag else OwnerDocument(self.answer, self.etag)

    def table(self) -> OwnerTable:
        """As it is kept."""
        return self.store.owner_tables()[0]

    def owners(self) -> list[str]:
        """Of the two containers."""
        found = (self.store.asset(container(number).id) for number in (1, 2))
        return [each.ownership.owner if each is not None else "?" for each in found]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """With an open store."""
    store = STORES[0].open(tmp_path)
    yield Lab(store)
    store.close()


def test_it_is_asked_when_it_is_time(lab: Lab) -> None:
    """And what it says reaches the assets; what did not change is neither read nor written again."""
    assert lab.fetching.step() == 0
    lab.sleep(3600)
    assert lab.fetching.step() == 1
    assert lab.owners() == ["team-a", ""]
    assert (lab.table().imported, lab.table().fetch) == (
        lab.time,
        msgspec.structs.replace(SOURCE, etag='"1"', tried=lab.time, good=lab.time),
    )
    since = lab.table().imported
    assert lab.fetching.step() == 0
    lab.sleep(3600)
    assert lab.fetching.step() == 1
    assert lab.asked == ["", '"1"']
    assert lab.table().imported == since
    lab.answer, lab.etag = SECOND_STATE, '"2"'
    lab.sleep(3600)
    lab.fetching.step()
    assert lab.owners() == ["team-a", "team-b"], "what runs is told anew by its node"


@pytest.mark.parametrize("failure", [ConnectError("nobody there", "x"), FormatError("no table", "x"), UsageError("no", "x")])
def test_a_table_that_cannot_be_fetched_is_a_gap(lab: Lab, failure: Exception) -> None:
    """It stays as it was, is tried again soon, and the gap ends with the next good answer."""
    lab.sleep(3600)
    lab.fetching.step()
    rows = lab.table().rows
    lab.answer = failure
    for _ in range(2):
        lab.sleep(3600)
        assert lab.fetching.step() == 1
    found = lab.table()
    assert found.rows == rows
    assert found.fetch is not None
    assert (found.fetch.failing, found.fetch.tried) == (lab.time - 3600 * SECOND, lab.time)
    (gap,) = lab.store.gaps(Query(kind=GapKind.OWNERS_OLD.value)).items
    assert (gap.detail, gap.since, gap.until) == ("cmdb", found.fetch.failing, lab.time)
    lab.answer, lab.etag = SECOND_STATE, '"2"'
    lab.sleep(RETRY_SECONDS)
    assert lab.fetching.step() == 1
    assert lab.store.gaps(Query(kind=GapKind.OWNERS_OLD.value)).total == 0


def test_what_is_no_table_changes_nothing(lab: Lab) -> None:
    """A page that asks to sign in is not the CMDB's answer."""
    lab.answer = b"<!doctype html><title>Sign in</title>"
    lab.sleep(3600)
    lab.fetching.step()
    assert lab.table().rows == ()
    found = lab.table().fetch
    assert found is not None
    assert "does not say" in found.failure


def test_what_is_not_due_is_never_read_whole(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds only the heads are: a table may have hundreds of thousands of rows."""
    read: list[str] = []
    whole = lab.store.owner_table

    def one(name: str) -> OwnerTable | None:
        read.append(name)
        return whole(name)

    monkeypatch.setattr(lab.store, "owner_table", one)
    monkeypatch.setattr(lab.store, "owner_tables", lambda: read.append("all"))
    lab.store.put_owner_table(OwnerTable(id="file"))
    assert lab.fetching.step() == 0
    assert read == []
    monkeypatch.setattr(lab.store, "owner_tables", list)
    lab.sleep(3600)
    assert lab.fetching.step() == 1
    assert set(read) == {"cmdb"}


def test_a_table_that_was_removed_meanwhile_stays_removed(lab: Lab) -> None:
    """Or is fetched from elsewhere now."""
    before = lab.table()
    lab.store.remove_owner_table("cmdb")
    lab.fetching.fetch(before)
    assert list(lab.store.owner_tables()) == []


def test_when_it_is_time() -> None:
    """By its own pace, sooner after a failure, at once if the clock went back."""
    assert not due(SOURCE, T0 + 3599 * SECOND)
    assert due(SOURCE, T0 + 3600 * SECOND)
    failing = msgspec.structs.replace(SOURCE, failing=T0)
    assert due(failing, T0 + RETRY_SECONDS * SECOND)
    assert due(SOURCE, T0 - 1)


def test_it_ends_when_it_is_told(lab: Lab) -> None:
    """Whatever it does then is finished."""
    stop = threading.Event()
    stop.set()
    lab.fetching.run(stop)
    assert lab.asked == []
