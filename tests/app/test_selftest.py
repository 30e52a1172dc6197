"""The self-test believes only what the product stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.selftest import NOT_LET, WARM_UPS, Course, agent_lives, latest
from periderm.model.alert import Alert
from periderm.model.envelope import Heartbeat
from periderm.model.errors import ContainerRuntimeError, DeniedError
from periderm.model.exercise import Exercise, ExerciseResult, Outcome
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.ports.stage import Done
from tests.ports.plugs import alert, container

READER = Principal("user:reader", frozenset({Permission.READ}))
BOX = "c0ffee" * 10 + "c0ff"
WORDS = Text("Do it", "执行")


class Clock:
    """Time that passes only by sleeping; what is planned happens on the way."""

    def __init__(self) -> None:
        self.time = 10**18
        self.plans: list[tuple[int, Callable[[], None]]] = []

    def now(self) -> int:
        return self.time

    def monotonic(self) -> int:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += int(seconds * 1e9)
        for due in [plan for plan in self.plans if plan[0] <= self.time]:
            self.plans.remove(due)
            due[1]()


class Stage:
    """A stage on which an exercise may be followed by an alert, a while later."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.missing = ""
        self.stopped = 0
        self.breaks = False
        self.late = 0
        self.status: dict[str, int] = {}
        self.done: list[Exercise] = []

    def available(self) -> str:
        return self.missing

    def start(self) -> str:
        self.lab.app.store.put_assets([msgspec.structs.replace(container(1), container_id=BOX)])
        return BOX

    def has(self, program: str) -> bool:
        return program != "gcc"

    def perform(self, exercise: Exercise) -> Done:
        if self.breaks:
            raise ContainerRuntimeError("the container ended")
        self.done.append(exercise)
        for detector, box in self.lab.answers.get(exercise.id, ()):
            self.lab.alert(detector, box)
        if exercise.id == "WARM-UP" and len(self.done) > self.late:
            self.lab.alert("RUN-002", BOX)
        return Done(self.status.get(exercise.id, 0), "no such call")

    def stop(self) -> None:
        self.stopped += 1


class Lab:
    """A real store, a clock and a stage."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        settings = Settings(state=str(folder), cache=str(folder / "cache"))
        self.app = Application(store=SqlStore(settings.database, self.clock), clock=self.clock, settings=settings)
        self.answers: dict[str, list[tuple[str, str]]] = {}
        self.stage = Stage(self)
        self.told: list[ExerciseResult] = []
        self.made = 0

    def alert(self, detector: str, box: str) -> None:
        """An alert that reaches the store a second from now."""
        self.made += 1
        made: Alert = msgspec.structs.replace(alert(self.made), detector=detector, container_id=box)

        def put() -> None:
            self.app.store.put_alerts([msgspec.structs.replace(made, time=self.clock.time, last_time=self.clock.time)])

        self.clock.plans.append((self.clock.time + 10**9, put))

    def course(self) -> Course:
        return Course(self.app, self.stage, tell=self.told.append, alive=lambda: None, sign=lambda data: f"signed {len(data)}")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """All of it."""
    made = Lab(tmp_path)
    yield made
    made.app.store.close()


def exercise(identity: str, *detectors: str, needs: tuple[str, ...] = ()) -> Exercise:
    """One that does nothing here."""
    return Exercise(id=identity, title=WORDS, detectors=detectors, script="true", needs=needs)


def test_seen_missed_and_not_run(lab: Lab) -> None:
    """An alert of an expected detector about this container counts; another detector's or another container's does not."""
    lab.answers = {"A": [("RUN-054", BOX)], "B": [("RUN-001", BOX)], "C": [("RUN-054", "another")]}
    run = lab.course().run(
        LOCAL_ADMIN,
        [
            exercise("A", "RUN-002", "RUN-054"),
            exercise("B", "RUN-054"),
            exercise("C", "RUN-054"),
            exercise("D", "RUN-047", needs=("gcc",)),
        ],
    )
    assert [r.outcome for r in run.results] == [Outcome.SEEN, Outcome.MISSED, Outcome.MISSED, Outcome.NOT_RUN]
    assert run.results[0].seen_by == ("RUN-054",)
    assert 0.9 < run.results[0].seconds < 1.5
    assert run.results[0].techniques[-1] == "T1496.001"
    assert run.results[1].seen_by == ("RUN-001",)
    assert "RUN-054" in run.results[1].reason.en
    assert "gcc" in run.results[3].reason.en
    assert (run.seen, run.run) == (1, 3)
    assert lab.told == list(run.results)
    assert lab.stage.stopped == 1


def test_what_a_machine_does_not_let_is_not_missed(lab: Lab) -> None:
    """A script that ends with 77 could not be done, and says why."""
    lab.stage.status = {"A": NOT_LET}
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    assert run.results[0].outcome is Outcome.NOT_RUN
    assert "no such call" in run.results[0].reason.en


def test_it_begins_when_the_product_tells_of_the_container(lab: Lab) -> None:
    """Something uncounted is done first, each time otherwise, until an alert of it came; what is silent does not hang."""
    lab.stage.late = 3
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    warm = [e.script for e in lab.stage.done if e.id == "WARM-UP"]
    assert len(warm) == len(set(warm)) == 4
    assert [r.exercise for r in run.results] == ["A"]
    lab.stage.late = 1000
    lab.stage.done.clear()
    lab.course().run(LOCAL_ADMIN, [])
    assert len(lab.stage.done) == WARM_UPS


def test_a_miss_says_what_the_sensor_gave_up_meanwhile(lab: Lab) -> None:
    """A gap of now is named; one that had ended before is no reason."""
    old = CoverageGap(
        id="old",
        kind=GapKind.EVENTS_LOST,
        asset_id="n",
        message=Text("Long ago.", "早先。"),
        next_step=Text("", ""),
        since=1,
        until=2,
    )
    lab.app.store.put_gaps([old])
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    assert "Long ago" not in run.results[0].reason.en
    now = msgspec.structs.replace(
        old, id="new", kind=GapKind.DETAIL_SHED, message=Text("Given up.", "已放弃。"), until=2 * 10**18
    )
    lab.app.store.put_gaps([now])
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    assert run.results[0].reason.en.endswith("Given up.")
    assert run.results[0].reason.zh.endswith("已放弃。")


def test_a_run_is_kept_and_signed(lab: Lab) -> None:
    """What came of it can be read later, with the signature over everything else."""
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    assert list(latest(lab.app, READER)) == [run]
    unsigned = msgspec.structs.replace(run, signature="")
    assert run.signature == f"signed {len(msgspec.json.encode(unsigned))}"


def test_the_container_is_always_removed(lab: Lab) -> None:
    """Also when it dies in the middle; then nothing is called missed that could not be done."""
    lab.stage.breaks = True
    run = lab.course().run(LOCAL_ADMIN, [exercise("A", "RUN-054")])
    assert run.results[0].outcome is Outcome.NOT_RUN
    assert lab.stage.stopped == 1


def test_who_may_and_where(lab: Lab) -> None:
    """A reader may not, and without podman it says what is missing."""
    with pytest.raises(DeniedError):
        lab.course().run(READER, [])
    lab.stage.missing = "podman is missing"
    with pytest.raises(ContainerRuntimeError, match="podman is missing"):
        lab.course().run(LOCAL_ADMIN, [])


def test_an_agent_that_was_stopped_does_not_live(lab: Lab) -> None:
    """A heartbeat of some seconds ago is not enough: the next one must come."""
    assert not agent_lives(lab.app)

    def beat() -> None:
        lab.app.store.put_heartbeat(Heartbeat(role="agent", node_id="n", pid=1, time=lab.clock.time, version="1"))

    beat()
    lab.clock.sleep(1)
    assert not agent_lives(lab.app)
    beat()
    lab.clock.plans.append((lab.clock.time + 2 * 10**9, beat))
    assert agent_lives(lab.app)
