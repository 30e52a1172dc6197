"""The node's baselines follow the server's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from periderm.flow.fetch_baselines import AT_ONCE, PERIOD_NS, FetchBaselines
from periderm.model.baseline import Baseline
from periderm.model.baseline_news import BaselineNews
from periderm.model.errors import ConnectError
from tests.flow.test_outbox import Server


class Uplink(Server):
    """A server whose versions the test decides."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = []
        self.version = "v1"

    def baselines(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        if self.away:
            raise ConnectError("nobody answers")
        self.asked.append(dict(known))
        return [BaselineNews(baseline=Baseline(workload_id=n), version=self.version) for n in known if known[n] != self.version]


def test_each_version_is_handed_on_once() -> None:
    """The whole at first, then what came after it; in between nothing is asked."""
    uplink, given = Uplink(), list[Baseline]()
    fetch = FetchBaselines(uplink, given.append)
    fetch.step(["w"], PERIOD_NS)
    fetch.step(["w"], PERIOD_NS + 1)
    assert uplink.asked == [{"w": ""}]
    uplink.version = "v2"
    fetch.step(["w"], 3 * PERIOD_NS)
    fetch.step(["w"], 5 * PERIOD_NS)
    assert uplink.asked == [{"w": ""}, {"w": "v1"}, {"w": "v2"}]
    assert given == [Baseline(workload_id="w")] * 2


def test_a_new_workload_is_asked_for_at_once() -> None:
    """So many at a time; one that left and came back comes whole."""
    uplink = Uplink()
    fetch = FetchBaselines(uplink, lambda _baseline: None)
    names = [f"w{n:03}" for n in range(AT_ONCE + 1)]
    fetch.step(names, 1)
    fetch.step(names, 2)
    assert [len(asked) for asked in uplink.asked] == [AT_ONCE, AT_ONCE + 1]
    fetch.step(names[1:], 2 * PERIOD_NS)
    fetch.step(names, 2 * PERIOD_NS + 1)
    assert uplink.asked[-1][names[0]] == ""


def test_nothing_runs_and_nothing_is_asked() -> None:
    """A node without workloads is quiet."""
    uplink = Uplink()
    FetchBaselines(uplink, lambda _baseline: None).step([], 10 * PERIOD_NS)
    assert uplink.asked == []


def test_a_server_that_is_away_is_asked_again() -> None:
    """With the version that was had before."""
    uplink = Uplink()
    fetch = FetchBaselines(uplink, lambda _baseline: None)
    fetch.step(["w"], 1)
    uplink.away = True
    with pytest.raises(ConnectError):
        fetch.step(["w"], 2 * PERIOD_NS)
    uplink.away = False
    fetch.step(["w"], 2 * PERIOD_NS + 1)
    assert uplink.asked[-1] == {"w": "v1"}
