"""All watched registries in turn: what is due, what was called for, and what does not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow.look_registry import LookEndedError
from periderm.flow.looks import Looks
from periderm.model.gap import GapKind
from periderm.model.query import Query
from periderm.model.queue import Asked
from periderm.model.watching import LookState, RegistryCall, WatchedRegistry
from tests.registries import MemoryRegistry
from tests.story import FixedClock

WATCH = WatchedRegistry(name="shop", registry="registry.test", repositories=("web",), every=600)


@pytest.fixture
def clock() -> FixedClock:
    """Set by hand."""
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[SqlStore]:
    """A store that watches one registry."""
    made = SqlStore(str(tmp_path / "p.sqlite"), clock)
    made.put_registry(WATCH)
    yield made
    made.close()


def state(store: SqlStore, name: str = "shop") -> LookState:
    """How looking at it goes."""
    return next(state for watch, state in store.registries() if watch.name == name)


def test_it_is_looked_at_when_it_is_due(store: SqlStore, clock: FixedClock) -> None:
    """At once, then after the interval and its jitter; not while it is paused."""
    registry = MemoryRegistry()
    registry.push("web", "v1")
    looks = Looks(store, clock, lambda _watch: registry)
    assert looks.step() is True
    assert looks.step() is False
    assert (state(store).looks, state(store).new_images) == (1, 1)
    clock.sleep(599)
    assert looks.step() is False
    clock.sleep(61)
    assert looks.step() is True
    store.put_registry(msgspec.structs.replace(WATCH, paused=True))
    clock.sleep(10_000)
    assert looks.step() is False


def test_a_registry_that_does_not_answer_is_a_gap(store: SqlStore, clock: FixedClock) -> None:
    """With its since and until, which grows; closed by the first look that works. Others are looked at meanwhile."""
    registry, other = MemoryRegistry(), MemoryRegistry()
    registry.push("web", "v1")
    other.push("web", "v1", "other")
    store.put_registry(WatchedRegistry(name="two", registry="two.test", repositories=("web",), every=600))
    registry.away = True
    looks = Looks(store, clock, lambda watch: registry if watch.name == "shop" else other)
    began = clock.now()
    while looks.step():
        pass
    assert (state(store).failing, state(store, "two").looks) == (began, 1)
    clock.sleep(100)
    assert looks.step() is True
    (gap,) = store.gaps(Query()).items
    assert (gap.kind, gap.since, gap.until, gap.count) == (GapKind.REGISTRY_SILENT, began, clock.now(), 2)
    assert "connection refused" in gap.message.en
    assert "registry.test" in gap.message.zh
    registry.away = False
    clock.sleep(700)
    assert looks.step() is True
    assert store.gaps(Query()).items == ()
    assert (state(store).failing, state(store).problem) == (0, "")


def test_a_call_is_answered_at_once(store: SqlStore, clock: FixedClock) -> None:
    """Before the schedule, for what it names; one for the whole registry is a look of a person. Each ends when it is done."""
    registry = MemoryRegistry()
    registry.push("web", "v1")
    looks = Looks(store, clock, lambda _watch: registry)
    looks.step()
    pushed = registry.push("web", "v2")
    store.put_call(RegistryCall(watch="shop", repository="web", tag="v2", asked_by="webhook"))
    assert looks.step() is True
    job = store.scan_job(pushed)
    assert job is not None
    assert (job.asked, job.asked_by) == (Asked.PUSHED, "webhook")
    by_hand = registry.push("web", "v3")
    store.put_call(RegistryCall(watch="shop", asked_by="ada"))
    assert looks.step() is True
    job = store.scan_job(by_hand)
    assert job is not None
    assert job.asked is Asked.PERSON
    assert list(store.calls(1 << 62)) == []


def test_calls_for_what_is_not_watched_end(store: SqlStore, clock: FixedClock) -> None:
    """Or paused; and a call to a registry that is away ends too, since the next look finds what it was about."""
    registry = MemoryRegistry()
    registry.away = True
    looks = Looks(store, clock, lambda _watch: registry)
    looks.step()
    store.put_call(RegistryCall(watch="none"))
    store.put_call(RegistryCall(watch="shop", repository="web", tag="v1"))
    assert looks.step() is True
    assert list(store.calls(1 << 62)) == []
    assert state(store).failures == 2


def test_a_stop_ends_a_look(store: SqlStore, clock: FixedClock) -> None:
    """Before its next question; the look is due again when the server is back."""
    stop = threading.Event()
    registry = MemoryRegistry()
    registry.push("web", "v1")

    def client(_watch: WatchedRegistry) -> MemoryRegistry:
        stop.set()
        return registry

    looks = Looks(store, clock, client)
    looks.run(stop)
    assert registry.asked["tags"] == 0
    assert state(store).looks == 0
    with pytest.raises(LookEndedError):
        looks.step()
