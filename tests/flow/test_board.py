"""What nodes ask for is read once for all of them, and is as the store has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow import board as board_module
from periderm.flow.board import Board
from periderm.model.baseline import Baseline
from periderm.model.effect import EffectState
from periderm.model.orders import Known, Orders
from periderm.model.policy import DEFAULT_POLICY
from tests.fleets import MovedClock
from tests.flow.test_control import SESSION
from tests.flow.test_work import request
from tests.ports.plugs import effect


class Lab:
    """A store and its board, whose clock the test moves."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovedClock()
        self.store = SqlStore(str(folder / "periderm.sqlite"), self.clock)
        self.board = Board(self.store, self.clock)

    def since(self, **known: Any) -> Orders:
        """What the node does not know, looked at anew."""
        self.clock.sleep(1)
        self.board.refresh()
        return self.board.since("nod-1", Known(**known))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """With an empty store."""
    made = Lab(tmp_path)
    yield made
    made.store.close()


def test_what_is_known_is_not_told_again(lab: Lab) -> None:
    """Each of policies, sessions and orders comes when it is new and not after; what ends is no longer told."""
    lab.store.put_policy(DEFAULT_POLICY)
    now = lab.clock.now()
    lab.store.put_announcement(msgspec.structs.replace(SESSION, since=now, until=now + 10**10))
    lab.store.put_effect(effect())
    first = lab.since()
    assert first.policies == (DEFAULT_POLICY,)
    assert [session.id for session in first.sessions or ()] == [SESSION.id]
    assert [each.id for each in first.effects] == ["eff-1"]
    known = {"policies": first.policies_version, "sessions": first.sessions_version, "taken": ("eff-1",)}
    assert not lab.since(**known).news
    lab.store.put_policy(msgspec.structs.replace(DEFAULT_POLICY, id="pol-2", changed=2))
    assert len(lab.since(**known).policies or ()) == 2
    lab.clock.sleep(20)
    assert lab.since(**known).sessions == ()
    lab.store.put_effect(msgspec.structs.replace(effect(time=200), state=EffectState.APPLIED))
    assert lab.since().effects == ()


def test_another_nodes_orders_are_not_told(lab: Lab) -> None:
    """Each gets its own."""
    lab.store.put_effect(effect())
    lab.clock.sleep(1)
    lab.board.refresh()
    assert lab.board.since("nod-2", Known()).effects == ()


def test_baselines_that_moved_are_told_to_who_has_them(lab: Lab) -> None:
    """Since the change that it knows; who knows nothing of it, or comes from another store, is told to look."""
    lab.store.put_baselines([Baseline(workload_id="wkl-1")])
    first = lab.since(workloads=("wkl-1",), baselines=0)
    assert first.learned
    known = {"policies": first.policies_version, "sessions": first.sessions_version}
    assert not lab.since(workloads=("wkl-1",), baselines=first.baselines, **known).news
    lab.store.put_baselines([Baseline(workload_id="wkl-2")])
    assert not lab.since(workloads=("wkl-1",), baselines=first.baselines).learned
    assert lab.since(workloads=("wkl-2",), baselines=first.baselines).learned
    assert not lab.since(workloads=("wkl-2",), baselines=-1).learned
    assert lab.since(workloads=("wkl-1",), baselines=10**9).learned


def test_a_quiet_store_is_asked_for_one_thing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing changes, only the list of changes is read, and not more often than it may be."""
    lab.since()
    asked: list[int] = []
    changes = lab.store.changes

    def counted(after: int, limit: int = 1000) -> object:
        asked.append(after)
        return changes(after, limit)

    monkeypatch.setattr(lab.store, "changes", counted)
    monkeypatch.setattr(lab.store, "policies", None)
    monkeypatch.setattr(lab.store, "effects", None)
    before = lab.board.version
    lab.since()
    lab.board.refresh()
    assert len(asked) == 1
    assert lab.board.version == before


def test_behind_more_than_it_looks_at_all_is_read_anew(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not read for ever what a flood wrote, and misses nothing."""
    first = lab.since()
    monkeypatch.setattr(board_module, "BATCH", 2)
    monkeypatch.setattr(board_module, "MOST_BATCHES", 2)
    lab.store.put_baselines([Baseline(workload_id=f"wkl-{n}") for n in range(9)])
    lab.store.put_policy(DEFAULT_POLICY)
    found = lab.since(workloads=("wkl-8",), baselines=first.baselines)
    assert found.learned
    assert found.policies == (DEFAULT_POLICY,)


def test_a_worker_is_told_that_the_queue_moved_and_nothing_else(lab: Lab) -> None:
    """Since the change that it knows, also over a restart of the server; what moves elsewhere does not wake it."""
    lab.store.put_policy(DEFAULT_POLICY)
    first = lab.since(scans=0)
    assert (first.queued, first.policies) == (True, None)
    assert not lab.since(scans=first.scans).news
    lab.store.put_policy(msgspec.structs.replace(DEFAULT_POLICY, id="pol-2", changed=2))
    assert not lab.since(scans=first.scans).news
    lab.store.put_scan_request(request("a"))
    then = lab.since(scans=first.scans)
    assert then.queued
    assert not lab.since(scans=then.scans).news
    other = Board(lab.store, lab.clock)
    other.refresh()
    assert other.since("nod-1", Known(scans=first.scans)).queued
    assert other.since("nod-1", Known()).scans == -1


def test_a_place_more_is_told_and_a_renewed_lease_is_not(lab: Lab) -> None:
    """An image that nobody here could read may now be read; workers at work do not wake those that wait."""
    lab.store.put_scan_request(request("a"))
    first = lab.since(scans=0)
    lab.store.put_scan_request(msgspec.structs.replace(request("a"), node_id="nod-9"))
    then = lab.since(scans=first.scans)
    assert then.queued
    assert lab.store.take_scan("w", 10**18, 5) is not None
    taken = lab.since(scans=then.scans)
    assert lab.store.renew_scan(request("a").image_digest, "w", 2 * 10**18)
    assert not lab.since(scans=taken.scans).news
