"""All workloads of a node."""

from __future__ import annotations

import pytest

from periderm.engines.baseline import workloads
from periderm.engines.baseline.evidence import SECOND_NS
from periderm.engines.baseline.workload import Workload
from periderm.engines.baseline.workloads import Workloads
from periderm.model.baseline import Baseline
from periderm.model.behaviour import Aspect, Behaviour
from tests.behaving import SHOP, batch, opens

READ = Behaviour(Aspect.READ, "/usr/sbin/nginx", "/etc/hosts")


def some(gone: list[Workload] | None = None) -> Workloads:
    """Nobody yet."""
    return Workloads("nod-1", (gone if gone is not None else []).append)


def test_a_batch_costs_what_acts_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand workloads the one that acted is asked at the end of the batch, once."""
    found = some()
    for number in range(1_000):
        found.of(f"wkl-{number}", "")
    turned: list[str] = []
    monkeypatch.setattr(Workload, "turn", lambda self: turned.append(self.id))
    found.acting("wkl-7")
    found.acts(found.of("wkl-7", ""))
    found.turn()
    found.turn()
    assert turned == ["wkl-7"]


def test_what_was_seen_counts_at_the_end_of_the_batch() -> None:
    """Also of one that only acts by a row that was judged before."""
    found = some()
    workload = found.of("wkl-1", "shop")
    workload.learn(READ, [5], 1, 1_000 * SECOND_NS, 1, news=False)
    workload.confirm(2_000)
    workload.see(READ, 4, 3_000 * SECOND_NS, 1)
    found.acts(workload)
    found.turn()
    (entry,) = workload.baseline().entries
    assert entry.evidence.counts == {"nod-1": 5}


def test_it_asks_until_it_is_told() -> None:
    """For those that it has, and for containers that it does not know."""
    found, rows = some(), batch(opens(1, "/x", at=1.0))
    assert found.needs(rows) == {SHOP.normal_id}
    found.of("wkl-2", "")
    assert found.needs(rows) == {SHOP.normal_id, "wkl-2"}
    found.know(Baseline(workload_id=SHOP.normal_id))
    found.know(Baseline(workload_id="wkl-2"))
    assert found.needs(rows) == frozenset()
    again = some()
    again.of("wkl-3", "")
    again.load([*again, *found], 0)
    assert again.needs(rows) == {"wkl-3"}


def test_the_quietest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was silent longest; it is told, and asked for no more."""
    monkeypatch.setattr(workloads, "MOST_WORKLOADS", 2)
    gone: list[Workload] = []
    found = some(gone)
    found.of("wkl-1", "").begin(50, "")
    found.of("wkl-2", "").begin(40, "")
    found.of("wkl-3", "")
    assert [each.id for each in gone] == ["wkl-2"]
    assert found.get("wkl-2") is None
    assert found.needs(batch()) == {"wkl-1", "wkl-3"}


def test_what_is_taken_back() -> None:
    """Only where these processes taught."""
    found = some()
    found.of("wkl-1", "").learn(READ, [5], 1, SECOND_NS, 1, news=False)
    found.of("wkl-2", "").learn(READ, [6], 1, SECOND_NS, 1, news=False)
    assert [each.id for each in found.withdraw(frozenset((5,)))] == ["wkl-1"]


def test_time_confirms_and_settles() -> None:
    """What was provisional becomes the baseline, and the watched seconds are counted."""
    found = some()
    workload = found.of("wkl-1", "")
    workload.begin(1_000, "")
    workload.learn(READ, [5], 1, 1_000 * SECOND_NS, 1, news=False)
    found.later(1_100)
    assert not workload.baseline().entries
    workload.pace.rows = 1_000_000
    changed = [each.id for now in (1_400, 90_000, 90_010) for each in found.later(now)]
    assert changed == ["wkl-1"]
    assert workload.baseline().entries
    assert workload.base.observed["nod-1"] == 301


def test_a_snapshot() -> None:
    """All of them again."""
    found, again = some(), some()
    found.of("wkl-1", "shop").begin(1_000, "sha256:1")
    again.load(again.decode(found.dump()), 9)
    assert [each.name for each in again] == ["shop"]
    assert (again.watched, again.dump()) == (9, found.dump())
