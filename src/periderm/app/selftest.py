"""Recall, measured where it counts: harmless exercises in a throwaway container, and what the product told of each.

Each exercise is done by a real process in a real container; whether it was seen is read where an analyst would read it, in
the store. The incidents that it makes are resolved afterwards, the run is signed and kept. Judges nothing itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm import __version__
from periderm.app.application import Application, require
from periderm.app.explain import list_detectors
from periderm.app.incidents import change_state
from periderm.model.alert import Alert
from periderm.model.asset import Asset
from periderm.model.errors import ContainerRuntimeError, PeridermError
from periderm.model.exercise import Exercise, ExerciseResult, Outcome, SelfTest
from periderm.model.gap import GapKind
from periderm.model.ids import stable_id
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.text import Text
from periderm.ports.stage import Stage

PAYLOAD_TYPE = "application/vnd.periderm.selftest+json"
WAIT_SECONDS = 4.0
CONTENT_SECONDS = 8.0  # files are looked into a moment later
LOOK_SECONDS = 0.05
FRESH_NS = 30 * 10**9
BEAT_SECONDS = 8.0  # an agent says so every five
WARM_UPS = 12  # some 36 seconds on a busy machine
WARM_SECONDS = 3.0
NOT_LET = 77  # a script ends so where the machine does not let it

Tell = Callable[[ExerciseResult], None]
Sign = Callable[[bytes], str]
NO_WORDS = Text("", "")
_NEEDS = Text("The container lacks {programs}.", "容器中缺少 {programs}。")
_BROKEN = Text("It could not be done: {why}", "未能执行：{why}")
_NOT_LET = Text("This machine does not let it: {why}", "此机器不允许：{why}")
_UNSEEN = Text("No alert of {detectors} came within {seconds} s.", "{seconds} 秒内未收到 {detectors} 的告警。")

_WARM_UP = Exercise(id="WARM-UP", title=Text("Start a shell", "启动 shell"), detectors=("RUN-002",), script=":")


def latest(app: Application, who: Principal, limit: int = 20) -> Sequence[SelfTest]:
    """Earlier runs, newest first."""
    require(who, Permission.READ)
    return app.store.selftests(limit)


def agent_lives(app: Application) -> bool:
    """Whether an agent of this store says, now, that it is alive: one that has just been stopped says so no more, and a
    run without an agent would call everything missed. Takes up to BEAT_SECONDS."""

    def last() -> int:
        return max((beat.time for beat in app.store.heartbeats() if beat.role == "agent"), default=0)

    before = last()
    if app.clock.now() - before > FRESH_NS:
        return False
    deadline = app.clock.monotonic() + int(BEAT_SECONDS * 1e9)
    while app.clock.monotonic() < deadline:
        if last() > before:
            return True
        app.clock.sleep(LOOK_SECONDS)
    return False


class Course:
    """One run. `alive` is called while waiting; `sign` gives a signature over bytes as a DSSE envelope, or ''."""

    def __init__(self, app: Application, stage: Stage, *, tell: Tell, alive: Callable[[], None], sign: Sign) -> None:
        self._app = app
        self._stage = stage
        self._tell = tell
        self._alive = alive
        self._sign = sign
        self._techniques = {d.id: tuple(t.id for t in d.techniques) for d in list_detectors()}

    def run(self, who: Principal, exercises: Iterable[Exercise]) -> SelfTest:
        """Does all exercises and keeps the result. The container is removed whatever happens. Raises ContainerRuntimeError
        if there is none to be had."""
        require(who, Permission.RESPOND)
        missing = self._stage.available()
        if missing:
            raise ContainerRuntimeError(missing)
        started = self._app.clock.now()
        results: list[ExerciseResult] = []
        try:
            container = self._stage.start()
            self._known(container)
            self._warm(container)
            for exercise in exercises:
                results.append(self._one(container, exercise))
                self._tell(results[-1])
        finally:
            self._stage.stop()
        self._resolve(who, container, started)
        nodes = sorted({a.node_id for a in self._alerts(container, started)})
        run = SelfTest(
            id=stable_id("slf", who.name, started),
            started=started,
            ended=self._app.clock.now(),
            node_id=nodes[0] if nodes else "",
            container_id=container,
            author=who.name,
            version=__version__,
            results=tuple(results),
        )
        run = msgspec.structs.replace(run, signature=self._sign(msgspec.json.encode(run)))
        with self._app.store.transaction():
            self._app.store.put_selftest(run)
        return run

    def _known(self, container: str) -> None:
        """Waits until the product knows the container: what happens before is told of the node."""
        self._until(30.0, lambda: any(getattr(a, "container_id", "") == container for a in self._containers()))

    def _warm(self, container: str) -> None:
        """Until a first, uncounted deed was told, the sensor or the engine is still getting to know the container. Each try
        differs: what was seen a moment ago is only counted."""
        for number in range(WARM_UPS):
            began = self._app.clock.now()
            try:
                self._stage.perform(msgspec.structs.replace(_WARM_UP, script=f": {number}"))
            except ContainerRuntimeError:
                return  # each exercise will say so
            if self._until(WARM_SECONDS, functools.partial(self._told, container, began, _WARM_UP)):
                return

    def _one(self, container: str, exercise: Exercise) -> ExerciseResult:
        lacking = [name for name in exercise.needs if not self._stage.has(name)]
        if lacking:
            return self._result(exercise, Outcome.NOT_RUN, reason=_NEEDS.fill(programs=", ".join(lacking)))
        began = self._app.clock.now()
        try:
            done = self._stage.perform(exercise)
        except ContainerRuntimeError as error:
            return self._result(exercise, Outcome.NOT_RUN, reason=_BROKEN.fill(why=error.what))
        if done.status == NOT_LET:
            return self._result(exercise, Outcome.NOT_RUN, reason=_NOT_LET.fill(why=done.said.strip()[-200:]))
        seconds = CONTENT_SECONDS if "RUN-161" in exercise.detectors else WAIT_SECONDS
        seen = self._until(seconds, lambda: self._told(container, began, exercise))
        took = (self._app.clock.now() - began) / 1e9
        by = tuple(sorted({a.detector for a in self._alerts(container, began)}))
        if seen:
            return self._result(exercise, Outcome.SEEN, seconds=took, seen_by=by)
        reason = exercise.misses
        if not reason.en:
            reason = _UNSEEN.fill(detectors=", ".join(exercise.detectors), seconds=round(seconds))
            reason = self._with_gap(reason, began)
        return self._result(exercise, Outcome.MISSED, seen_by=by, reason=reason)

    def _result(
        self,
        exercise: Exercise,
        outcome: Outcome,
        *,
        seconds: float = -1.0,
        seen_by: tuple[str, ...] = (),
        reason: Text = NO_WORDS,
    ) -> ExerciseResult:
        named = dict.fromkeys(t for d in exercise.detectors for t in self._techniques.get(d, ()))
        return ExerciseResult(
            exercise=exercise.id,
            title=exercise.title,
            variant=exercise.variant,
            techniques=tuple(named),
            behaviours=exercise.behaviours,
            expected=exercise.detectors,
            outcome=outcome,
            seconds=round(seconds, 3),
            seen_by=seen_by,
            reason=reason,
        )

    def _with_gap(self, reason: Text, since: int) -> Text:
        """Says what the sensor gave up or lost meanwhile, if it did: on a busy machine that is why."""
        for kind in (GapKind.DETAIL_SHED, GapKind.EVENTS_LOST):
            for gap in self._app.store.gaps(Query(kind=kind.value, limit=100)).items:
                if gap.until == 0 or max(gap.since, gap.until) >= since:
                    return Text(f"{reason.en} {gap.message.en}", f"{reason.zh}{gap.message.zh}")
        return reason

    def _told(self, container: str, since: int, exercise: Exercise) -> bool:
        return any(a.detector in exercise.detectors for a in self._alerts(container, since))

    def _alerts(self, container: str, since: int) -> list[Alert]:
        page = self._app.store.alerts(Query(since=since, limit=1000))
        return [a for a in page.items if a.container_id == container and a.last_time > since]

    def _containers(self) -> Sequence[Asset]:
        return self._app.store.assets(Query(kind="container", limit=1000)).items

    def _until(self, seconds: float, holds: Callable[[], bool]) -> bool:
        deadline = self._app.clock.monotonic() + int(seconds * 1e9)
        while not holds():
            if self._app.clock.monotonic() > deadline:
                return False
            self._alive()
            self._app.clock.sleep(LOOK_SECONDS)
        return True

    def _resolve(self, who: Principal, container: str, since: int) -> None:
        """What the exercises caused needs nobody's attention."""
        ids = {a.incident_id for a in self._alerts(container, since) if a.incident_id}
        for identity in sorted(ids):
            try:
                change_state(self._app, who, identity, IncidentState.RESOLVED)
            except PeridermError:  # it was merged meanwhile: what it became is resolved by its own alerts
                continue
