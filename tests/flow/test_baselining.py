"""The stage of baselines: what the engine is given, what the kernel is told and when that is taken back, what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from periderm.engines.baseline.engine import BaselineEngine
from periderm.flow.baseline_memory import KEEP_NS, Keeper, Memory, from_bytes, take_up, to_bytes
from periderm.flow.baselining import NEWS_NS, WHOLE_NS, Baselining
from periderm.flow.news import Rules
from periderm.model.baseline import Baseline, Decision, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.envelope import Record
from periderm.model.event import EventBatch, EventKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.severity import Severity
from tests.flow.conftest import CONTAINER, NODE, T0, alert
from tests.flow.rows import batch
from tests.flow.test_control import Clock

WORKLOAD = CONTAINER.workload_id
START = {
    "kind": EventKind.EXEC,
    "process": 1,
    "pid": 4000,
    "text": "/usr/sbin/app",
    "exe": "/usr/sbin/app",
    "args": "app",
    "comm": "app",
    "subject": 1,
    "mntns": 7,
}
READ = {**START, "kind": EventKind.OPEN, "text": "/etc/app.conf", "args": ""}


class Kernel:
    """Notes what it is told; each row of a batch has its own number."""

    def __init__(self) -> None:
        self.behaviours: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.known: dict[str, set[int]] = {}

    def learn(self, workload_id: str, behaviours: npt.NDArray[np.uint64]) -> None:
        self.known.setdefault(workload_id, set()).update(behaviours.tolist())

    def unlearn(self, workload_id: str = "") -> None:
        for name in [workload_id] if workload_id else list(self.known):
            self.known.pop(name, None)

    def learned(self) -> int:
        return sum(map(len, self.known.values()))


class Lab:
    """The stage with a real engine."""

    def __init__(self) -> None:
        self.clock, self.kernel = Clock(), Kernel()
        self.sent: list[Record] = []
        self.kept: list[Memory] = []
        self.engine = BaselineEngine(NODE)
        self.stage = Baselining(
            self.engine, self.sent.extend, self.clock, kernel=self.kernel, keeper=Keeper(self.keep), node=NODE
        )

    def keep(self, data: bytes) -> None:
        """As a file would be written."""
        memory = from_bytes(data)
        assert memory is not None
        self.kept.append(memory)

    def step(self, time: int) -> None:
        """A second of the watch, and of the thread that writes."""
        self.stage.step(self.clock.monotonic(), time)
        assert self.stage.keeper is not None
        self.stage.keeper.write_waiting()

    def feed(self, *rows: dict[str, Any], alerts: Sequence[Any] = (), unwanted: bool = True) -> list[Any]:
        """One batch of the sensor."""
        made = batch(*rows)
        self.kernel.behaviours = np.arange(1, len(rows) + 1, dtype=np.uint64)
        return self.stage.judge(made, alerts, np.full(len(rows), unwanted))

    def live(self, minutes: int) -> None:
        """The container does the same all the time."""
        self.feed(START)
        for minute in range(minutes):
            self.clock.steady += 60 * 10**9
            self.feed({**READ, "at": 60 * minute})
            self.step(T0 + minute * 60 * 10**9)


@pytest.fixture
def lab() -> Lab:
    """A fresh one."""
    return Lab()


def test_what_is_confirmed_is_counted_in_the_kernel(lab: Lab) -> None:
    """A start of a program never is, nor what was learned only just now."""
    lab.feed(START, READ)
    assert lab.kernel.known == {}
    lab.live(60)
    assert lab.kernel.known == {WORKLOAD: {1}}
    assert lab.stage.figures() == {"baselines": 1.0, "known-behaviours": 1.0}


def test_what_a_rule_may_want_is_never_only_counted(lab: Lab) -> None:
    """However normal it is."""
    lab.live(60)
    lab.kernel.known.clear()
    lab.feed({**READ, "at": 4000}, unwanted=False)
    assert lab.kernel.known == {}
    lab.feed({**READ, "at": 4001})
    assert lab.kernel.known == {WORKLOAD: {1}}
    lab.stage.take(Rules(()))
    assert lab.kernel.known == {}


def test_a_batch_that_is_not_the_sensors_teaches_the_kernel_nothing(lab: Lab) -> None:
    """Its rows have no numbers; those that are there are another batch's."""
    lab.live(60)
    lab.kernel.known.clear()
    lab.stage.judge(batch({**READ, "at": 4000}), ())
    lab.kernel.behaviours = np.arange(1, 9, dtype=np.uint64)
    lab.stage.judge(batch({**READ, "at": 4001}), (), np.ones(1, np.bool_))
    assert lab.kernel.known == {}


def test_after_an_alert_its_workload_is_watched_whole(lab: Lab) -> None:
    """Nothing of it is only counted for a while; a hint of low severity changes nothing."""
    lab.live(60)
    hint = msgspec.structs.replace(alert(), asset_id=CONTAINER.id, severity=Severity.LOW)
    lab.feed({**READ, "at": 4000}, alerts=[hint])
    assert lab.kernel.known == {WORKLOAD: {1}}
    serious = msgspec.structs.replace(hint, severity=Severity.HIGH)
    lab.stage.distrust([serious], [NODE, CONTAINER])
    assert lab.kernel.known == {}
    lab.feed({**READ, "at": 4002})
    assert lab.kernel.known == {}
    lab.clock.steady += WHOLE_NS
    lab.feed({**READ, "at": 9000, "process": 9}, {**READ, "at": 9000})
    assert set(lab.kernel.known) <= {WORKLOAD}


def test_a_decision_takes_everything_back(lab: Lab) -> None:
    """What somebody rejected or forgot must be told again at once; news without decisions changes nothing."""
    lab.live(60)
    lab.stage.take(Baseline(workload_id=WORKLOAD))
    assert lab.kernel.known == {WORKLOAD: {1}}
    behaviour = Behaviour(Aspect.READ, "/usr/sbin/app", "/etc/app.conf")
    decision = Decision(id="d1", verdict=Verdict.REJECT, time=T0, author="eve", reason="x", behaviours=(behaviour,))
    lab.stage.take(Baseline(workload_id=WORKLOAD, decisions=(decision,)))
    assert lab.kernel.known == {}


def test_a_workload_that_nobody_told_of_is_asked_for(lab: Lab) -> None:
    """For as long as the agent runs, so that the control thread fetches what is new of it."""
    lab.feed(START)
    assert WORKLOAD in lab.stage.wanted
    lab.stage.take(Baseline(workload_id=WORKLOAD))
    lab.feed({**READ, "at": 1})
    assert WORKLOAD in lab.stage.wanted


def test_what_was_learned_is_sent_and_kept(lab: Lab) -> None:
    """Deltas soon, the memory every minute, and both at the end."""
    lab.live(60)
    told = [record for record in lab.sent if isinstance(record, Baseline)]
    assert told
    assert {record.workload_id for record in told} == {WORKLOAD}
    assert len(lab.kept) >= 59
    lab.clock.steady += NEWS_NS
    lab.stage.finish()
    assert lab.kept[-1].boot_id == NODE.boot_id
    assert not any(memory.baselines for memory in lab.kept[:-1])
    assert [baseline.workload_id for baseline in lab.kept[-1].baselines] == [WORKLOAD]


@pytest.mark.parametrize("same_boot", [True, False])
def test_the_next_agent_goes_on(lab: Lab, same_boot: bool) -> None:
    """With processes within one boot, and with the baselines alone after it."""
    lab.live(60)
    kept = msgspec.structs.replace(lab.kept[-1], boot_id="boot-1")
    memory = from_bytes(to_bytes(kept))
    assert memory == kept
    engine = BaselineEngine(NODE)
    boot = "boot-1" if same_boot else "boot-2"
    assert take_up(engine, memory, boot, lambda: BaselineEngine(NODE)) == (WORKLOAD,)
    before, after = lab.engine.baseline(WORKLOAD), engine.baseline(WORKLOAD)
    assert before is not None
    assert after is not None
    assert {entry.behaviour for entry in after.entries} >= {e.behaviour for e in before.entries if e.evidence.observed}


def test_memory_of_another_version_is_none() -> None:
    """Nor is what is cut off, or nothing at all."""
    whole = to_bytes(Memory(boot_id="b", state=b""))
    assert from_bytes(whole) is not None
    assert from_bytes(to_bytes(Memory(boot_id="b", state=b"", version=99))) is None
    assert all(from_bytes(whole[:end]) is None for end in range(len(whole)))


def test_a_snapshot_of_another_engine_leaves_the_baselines() -> None:
    """What an engine of another version wrote is not read, and what it had learned is not lost."""
    engine = BaselineEngine(NODE)
    memory = Memory(boot_id="b", state=b"not ours", baselines=(Baseline(workload_id="w"),))
    assert take_up(engine, memory, "b", lambda: BaselineEngine(NODE)) == ("w",)
    assert engine.baseline("w") is not None


def test_it_is_kept_once_a_minute(lab: Lab) -> None:
    """Not at every step."""
    for _ in range(10):
        lab.clock.steady += KEEP_NS // 5
        lab.step(T0)
    assert len(lab.kept) == 2


def test_nothing_to_judge_is_fine(lab: Lab) -> None:
    """An empty batch."""
    empty = EventBatch(batch().rows, ("",), (NODE,))
    lab.kernel.behaviours = np.zeros(0, np.uint64)
    assert lab.stage.judge(empty, (), np.zeros(0, np.bool_)) == []


def test_the_agent_itself_is_no_workload() -> None:
    """How it loads the kernel side is seen before it can be left out; nobody is alarmed by that, others' loading is told."""
    loading = {"kind": EventKind.BPF, "process": 9, "pid": 77, "exe": "/usr/sbin/loader", "comm": "loader", "arg0": 5}
    for own, told in ((77, 0), (0, 1), (78, 1)):
        lab = Lab()
        stage = Baselining(lab.engine, lab.sent.extend, lab.clock, own_pid=own)
        started = {**START, "process": 9, "pid": 77, "text": "/usr/sbin/loader", "exe": "/usr/sbin/loader", "args": "loader"}
        stage.judge(batch({**started, "subject": 0}), (), None)
        found = stage.judge(batch({**loading, "subject": 0}), (), None)
        assert len(found) == told


def test_a_baseline_without_room_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, and again after a while if it went on; nothing is said of one that has room."""
    monkeypatch.setattr("periderm.engines.baseline.workload.MOST_ENTRIES", 2)
    lab = Lab()
    for number in range(4):
        lab.stage.judge(batch({**START, "time": T0 + number}, {**READ, "text": f"/etc/app/{chr(97 + number)}.conf"}), (), None)
        lab.stage.finish()
    (gap,) = [record for record in lab.sent if isinstance(record, CoverageGap)]
    assert (gap.kind, gap.asset_id) == (GapKind.NOT_EXAMINED, WORKLOAD)
    assert gap.count >= 1
