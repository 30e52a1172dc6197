"""The agent's side of the river: events of this node become alerts and effects, made durable, then sent.

The stages are listed once, in `Watch.stages`. What is slow or asks others (containers, policies, inventories, orders)
happens in `flow.control` on another thread and reaches this one as values through `give`.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable, Sequence

import numpy as np

from periderm.engines.runtime import response
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.flow.interpret import Interpreter
from periderm.flow.outbox import Outbox
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.effect import Effect
from periderm.model.envelope import Record
from periderm.model.event import EVENT_DTYPE, EventBatch, Subject, Tick
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.sensor import KernelPolicy, Recorder, Sensor

READ_SECONDS = 0.05
TICK_NS = 10**9
MOST_SUBJECTS = 20_000
MOST_ANSWERED = 10_000
FIRST_PAUSE_NS = 20 * 10**6
LONGEST_PAUSE_NS = 5 * 10**9


@dataclasses.dataclass(frozen=True, slots=True)
class Containers:
    """All running containers, as the control thread found them."""

    running: tuple[Container, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Policies:
    """All policies in force."""

    policies: tuple[Policy, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """A person decided an effect for this node."""

    effect: Effect


News = Containers | Policies | Order | ImageInventory


@dataclasses.dataclass(slots=True)
class Passing:
    """One batch on its way through the stages."""

    batch: EventBatch
    alerts: list[Alert] = dataclasses.field(default_factory=list)
    records: list[Record] = dataclasses.field(default_factory=list)


def kernel_policy(policy: Policy, inodes: tuple[tuple[int, int], ...]) -> KernelPolicy:
    """What the kernel side does under a policy: only mode `enforce` acts, `alert` computes what it would have done."""
    enforce = policy.mode.value == "enforce"
    return KernelPolicy(
        report=True,
        enforce=enforce,
        kill_drift=policy.kill_drift,
        kill_inodes=inodes if policy.kill_executables else (),
    )


class Watch:
    """One thread runs it; only `give` and the figures may be touched by others."""

    def __init__(
        self,
        *,
        node: Node,
        sensor: Sensor,
        engine: RuntimeEngine,
        outbox: Outbox,
        interpreter: Interpreter,
        runtimes: Sequence[ContainerRuntime],
        clock: Clock,
        recorder: Recorder | None = None,
        inodes_of: Callable[[Container, Sequence[str]], tuple[tuple[int, int], ...]] | None = None,
    ) -> None:
        self._node = node
        self._sensor = sensor
        self._engine = engine
        self._outbox = outbox
        self._interpreter = interpreter
        self._runtimes = runtimes
        self._clock = clock
        self._recorder = recorder
        self._inodes_of = inodes_of
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._subjects: dict[str, Container] = {}
        self._policies: tuple[Policy, ...] = ()
        self._programmed: dict[str, KernelPolicy] = {}
        self._strangers: dict[int, tuple[int, int]] = {}
        self._answered: dict[str, None] = {}
        self._ticked = 0
        self.wanted: frozenset[str] = frozenset()
        self.events = 0
        self.alerts = 0
        self.stages: tuple[Callable[[Passing], None], ...] = (
            self._attribute,
            self._record,
            self._detect,
            self._decide,
            self._publish,
        )

    def give(self, news: News) -> None:
        """Something that the control thread learned; used before the next batch. Any thread may call it."""
        self._news.put(news)

    def step(self) -> int:
        """Takes news, reads one batch and leads it through the stages; returns the number of rows."""
        self._take_news()
        passing = Passing(self._sensor.read(READ_SECONDS))
        self.events += len(passing.batch)
        if len(passing.batch):
            for stage in self.stages:
                stage(passing)
        self._tick()
        return len(passing.batch)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set, or EOFError at the end of a recording."""
        self._take_news()
        # The node is a subject before the first row is read, whether a container was found or not.
        self._program()
        try:
            while not stop.is_set():
                self.step()
        except EOFError:
            pass
        self._finish(self._engine.tick(Tick(self._clock.now())))

    # --- stages ---

    def _attribute(self, passing: Passing) -> None:
        """Rows of a mount namespace that nobody has told of yet: ask the runtimes at once, so that the first program of a
        new container is already judged as the container's, and its policy is in the kernel before its second one."""
        rows = passing.batch.rows
        unknown = (rows["subject"] == 0) & (rows["mntns"] != self._node.mount_namespace) & (rows["mntns"] != 0)
        if not unknown.any():
            return
        found = False
        now = self._clock.monotonic()
        for space in np.unique(rows["mntns"][unknown]).tolist():
            again, pause = self._strangers.get(space, (0, FIRST_PAUSE_NS))
            if now < again:
                continue
            here = rows[unknown & (rows["mntns"] == space)]
            container = self._identify(here)
            if container is None:
                # A runtime may write its record a moment after the first program; a private namespace of the host never
                # gets one. So it is asked again soon, and then ever more rarely.
                if len(self._strangers) > MOST_SUBJECTS:
                    self._strangers.clear()
                self._strangers[space] = (now + pause, min(LONGEST_PAUSE_NS, 2 * pause))
                continue
            self._strangers.pop(space, None)
            self._subjects[container.id] = container
            passing.records.append(container)
            found = True
        if found:
            self._program()
        self._patch(passing)

    def _identify(self, rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> Container | None:
        for pid in dict.fromkeys(rows["pid"].tolist()[-3:]):
            for runtime in self._runtimes:
                container = runtime.identify(pid)
                if container is not None:
                    return container
        return None

    def _patch(self, passing: Passing) -> None:
        """Gives the rows of this batch the subjects that were found meanwhile."""
        batch = passing.batch
        by_space = {c.mount_namespace: c for c in self._subjects.values() if c.mount_namespace}
        rows, subjects = batch.rows.copy(), list(batch.subjects)
        orphan = rows["subject"] == 0
        for space in np.unique(rows["mntns"][orphan]).tolist():
            container = by_space.get(space)
            if container is not None:
                rows["subject"][orphan & (rows["mntns"] == space)] = len(subjects)
                subjects.append(container)
        passing.batch = EventBatch(rows, batch.strings, tuple(subjects), batch.generation)

    def _record(self, passing: Passing) -> None:
        if self._recorder is not None:
            self._recorder.write(passing.batch)

    def _detect(self, passing: Passing) -> None:
        self.wanted = self._engine.needs(passing.batch) or self.wanted
        passing.alerts.extend(self._engine.feed(passing.batch))

    def _decide(self, passing: Passing) -> None:
        for alert in passing.alerts:
            passing.records.append(alert)
            passing.records.extend(self._respond(alert))

    def _publish(self, passing: Passing) -> None:
        self.alerts += len(passing.alerts)
        if passing.records:
            self._outbox.put(passing.records)

    # --- what stages use ---

    def _respond(self, alert: Alert) -> list[Record]:
        subject = self._subjects.get(alert.asset_id, self._node)
        records: list[Record] = []
        for effect in response.decide(alert, self._policies, subject, self._clock.now()):
            # Several alerts may ask for one effect, and an alert is said again when it grows: it is carried out once.
            if effect.id in self._answered:
                continue
            self._answered[effect.id] = None
            if len(self._answered) > MOST_ANSWERED:
                del self._answered[next(iter(self._answered))]
            records.append(self._interpreter.carry_out(effect, killed=alert.process.killed))
        return records

    def _take_news(self) -> None:
        program = False
        while True:
            try:
                news = self._news.get_nowait()
            except queue.Empty:
                break
            match news:
                case Containers(running=running):
                    program |= self._replace_subjects(running)
                case Policies(policies=policies):
                    program |= policies != self._policies
                    self._policies = policies
                case Order(effect=effect):
                    self._outbox.put([self._interpreter.carry_out(effect)])
                case ImageInventory():
                    self._engine.learn_image(news)
                    self.wanted -= {news.digest}
        if program:
            self._program()

    def _replace_subjects(self, running: Sequence[Container]) -> bool:
        subjects = {c.id: c for c in running[:MOST_SUBJECTS]}
        changed = subjects != self._subjects
        self._subjects = subjects
        return changed

    def _program(self) -> None:
        """Tells the kernel side who is who and what may be done to whom; only what changed."""
        self._sensor.set_subjects([self._node, *self._subjects.values()])
        programmed: dict[str, KernelPolicy] = {}
        subjects: list[Subject] = [self._node, *self._subjects.values()]
        for subject in subjects:
            policy = response.holding_policy(subject, self._policies)
            inodes: tuple[tuple[int, int], ...] = ()
            if policy.kill_executables and isinstance(subject, Container) and self._inodes_of is not None:
                inodes = self._inodes_of(subject, policy.kill_executables)
            wanted = kernel_policy(policy, inodes)
            if self._programmed.get(subject.id) != wanted:
                self._sensor.set_policy(subject, wanted)
            programmed[subject.id] = wanted
        self._programmed = programmed

    def _tick(self) -> None:
        now = self._clock.monotonic()
        if now - self._ticked < TICK_NS:
            return
        self._ticked = now
        self._sensor.heartbeat()
        self._finish(self._engine.tick(Tick(self._clock.now())))

    def _finish(self, alerts: Sequence[Alert]) -> None:
        if alerts:
            passing = Passing(EventBatch(np.zeros(0, EVENT_DTYPE), ("",), (self._node,)), alerts=list(alerts))
            self._decide(passing)
            self._publish(passing)
