"""Detail is given up in the declared order, only under pressure, and every loss is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.budget import CALM_NS, MIB, SECOND, WINDOW_NS, Budget, levels
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.shedding import MOST_SHED, SHED_LEVELS, Detail, Pressure, ShedCount


class PaperShedder:
    """A sensor of paper: its use is what a test says."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.cpu = 0.0
        self.memory = 100 * MIB
        self.lost = 0
        self.ring = 0.0
        self.counts: dict[tuple[str, Detail], int] = {}

    def shed(self, level: int) -> None:
        """Notes it."""
        self.told.append(level)

    def shed_counts(self) -> list[ShedCount]:
        """What a test put there."""
        return [ShedCount(asset_id=asset, detail=detail, count=n) for (asset, detail), n in self.counts.items()]

    def pressure(self) -> Pressure:
        """What a test put there."""
        return Pressure(cpu_seconds=self.cpu, memory_bytes=self.memory, lost=self.lost, ring=self.ring)


class Run:
    """Seconds that pass."""

    def __init__(self, cpu: float = 50.0, memory: int = 200) -> None:
        self.sensor = PaperShedder()
        self.budget = Budget(self.sensor, "node", cpu=cpu, memory=memory)
        self.now = 0
        self.gaps: list[CoverageGap] = []
        self.step()

    def step(self) -> None:
        """One look."""
        self.gaps += self.budget.step(self.now, self.now + 10**18)

    def seconds(self, count: int, cpu: float) -> None:
        """So many seconds at so many percent of a core."""
        for _ in range(count):
            self.now += SECOND
            self.sensor.cpu += cpu / 100
            self.step()


def test_within_the_budget_nothing_is_given_up() -> None:
    """And what an earlier agent had set is taken back at the start."""
    run = Run()
    run.seconds(120, 49.0)
    assert run.sensor.told == [0]
    assert run.gaps == []


def test_over_the_budget_it_goes_down_step_by_step_to_the_end() -> None:
    """In order, each told once as a gap of the node, and no further than the last."""
    run = Run()
    run.seconds(60, 90.0)
    assert run.sensor.told == list(range(MOST_SHED + 1))
    assert [gap.detail for gap in run.gaps] == [f"level-{level}" for level in range(1, MOST_SHED + 1)]
    assert {(gap.kind, gap.asset_id) for gap in run.gaps} == {(GapKind.DETAIL_SHED, "node")}
    assert run.gaps[0].since >= 10**18


def test_memory_counts_too() -> None:
    """More than the budget is pressure, whatever the CPU does."""
    run = Run()
    run.sensor.memory = 201 * MIB
    run.seconds(int(WINDOW_NS // SECOND) + 1, 0.0)
    assert run.budget.level >= 1


def test_lost_records_and_a_full_ring_do_not_wait() -> None:
    """One step at each look, without the window."""
    run = Run()
    run.sensor.lost = 1
    run.seconds(1, 0.0)
    run.sensor.ring = 0.9
    run.seconds(1, 0.0)
    assert run.budget.level == 2


def test_when_it_is_calm_detail_is_taken_up_again() -> None:
    """One step for each half minute, to nothing."""
    run = Run()
    run.seconds(60, 90.0)
    run.seconds(int(CALM_NS // SECOND) * (MOST_SHED + 1) + 30, 5.0)
    assert run.budget.level == 0
    assert run.sensor.told[-MOST_SHED:] == list(range(MOST_SHED - 1, -1, -1))


def test_each_lost_detail_is_a_gap_of_its_asset_that_grows() -> None:
    """With its time and its container; what an earlier agent counted is not told again; after calm a new one begins."""
    run = Run()
    run.sensor.counts = {("c1", Detail.DNS): 5}
    run.budget._begin()
    run.seconds(10, 90.0)
    began = run.now
    run.sensor.counts = {("c1", Detail.DNS): 8, ("c2", Detail.READS): 2}
    run.seconds(1, 90.0)
    run.sensor.counts[("c1", Detail.DNS)] = 9
    run.seconds(1, 90.0)
    told = [(gap.asset_id, gap.detail, gap.count) for gap in run.gaps if not gap.detail.startswith("level")]
    assert told == [("c1", "dns", 3), ("c2", "reads", 2), ("c1", "dns", 4)]
    first, _, second = [gap for gap in run.gaps if not gap.detail.startswith("level")]
    assert first.id == second.id
    assert first.since == second.since == began + SECOND + 10**18
    assert second.until == second.since + SECOND


@given(st.lists(st.tuples(st.floats(0, 400), st.integers(0, 400), st.integers(0, 3), st.floats(0, 1)), max_size=60))
def test_any_load(load: list[tuple[float, int, int, float]]) -> None:
    """The level moves by one and stays within its bounds."""
    run = Run()
    for cpu, memory, lost, ring in load:
        run.sensor.memory, run.sensor.ring = memory * MIB, ring
        run.sensor.lost += lost
        before = run.budget.level
        run.seconds(1, cpu)
        assert abs(run.budget.level - before) <= 1
        assert 0 <= run.budget.level <= MOST_SHED


def test_the_order_is_said_and_nothing_important_is_in_it() -> None:
    """Every detail has its place once; programs, connections and credentials have none."""
    details = [detail for level in SHED_LEVELS for detail in level.details]
    assert sorted(details) == sorted(Detail)
    assert not {"exec", "connect", "credentials", "setuid", "rename", "unlink"} & {detail.value for detail in details}
    assert len(levels()) == MOST_SHED


@pytest.mark.parametrize("level", range(MOST_SHED + 1))
def test_levels_are_numbered(level: int) -> None:
    """As they are counted."""
    assert SHED_LEVELS[level].level == level


def test_another_budget_counts_from_the_next_step() -> None:
    """It may be given while the agent runs: what was too much is enough, and the other way round."""
    run = Run(memory=50)
    run.budget.limit(cpu=50.0, memory=200)
    for _ in range(10):
        run.now += SECOND
        run.budget.step(run.now, run.now)
    assert run.budget.level == 0
    run.budget.limit(cpu=50.0, memory=50)
    for _ in range(10):
        run.now += SECOND
        run.budget.step(run.now, run.now)
    assert run.budget.level > 0
