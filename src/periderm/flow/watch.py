"""The agent's side of the river: events of this node become alerts and effects, made durable, then sent.

The stages are listed once, in `Watch.stages`. What is slow or asks others (containers, policies, inventories, orders)
happens in `flow.control` on another thread and reaches this one as values through `give`.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from periderm.engines.runtime import response
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.guards import exempted
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.prefilter import Prefilter
from periderm.flow.attribute import Attribution
from periderm.flow.budget import Budget
from periderm.flow.guarding import Guarding
from periderm.flow.interpret import Interpreter
from periderm.flow.observed import FIRST_GENERATION, Meeting, Observed, batch_of
from periderm.flow.outbox import Outbox
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.effect import Effect
from periderm.model.envelope import Record
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventKind, Subject, Tick
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.sensor import KernelPolicy, Recorder, Sensor

READ_SECONDS = 0.05
TICK_NS = 10**9
KEEP_NS = 60 * 10**9
MOST_ANSWERED = 10_000
MOST_PROGRAMS = 5_000  # of one image, between two looks


@dataclasses.dataclass(frozen=True, slots=True)
class Containers:
    """All running containers, as the control thread found them."""

    running: tuple[Container, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Policies:
    """All policies in force."""

    policies: tuple[Policy, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Sessions:
    """All announced sessions that are not over."""

    sessions: tuple[AnnouncedSession, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """Detectors out of the rule packs that are in force, in place of those before."""

    detectors: tuple[Detector, ...]
    prepared: Prefilter | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """A person decided an effect for this node."""

    effect: Effect


News = Containers | Policies | Sessions | Order | Rules | ImageInventory | Observed


@dataclasses.dataclass(slots=True)
class Passing:
    """One batch on its way through the stages."""

    batch: EventBatch
    alerts: list[Alert] = dataclasses.field(default_factory=list)
    records: list[Record] = dataclasses.field(default_factory=list)


def kernel_policy(policy: Policy, inodes: tuple[tuple[int, int], ...]) -> KernelPolicy:
    """What the kernel side does under a policy: only mode `enforce` acts, `alert` computes what it would have done."""
    enforce = policy.mode.value == "enforce" and not policy.exempt
    return KernelPolicy(
        report=True,
        enforce=enforce,
        kill_drift=policy.kill_drift,
        kill_inodes=inodes if policy.kill_executables else (),
        kill_memory=policy.kill_memory,
    )


class Watch:
    """One thread runs it; only `give` and the figures may be touched by others. `keep` is given the engine's state every
    minute and at the end."""

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
        keep: Callable[[bytes], None] = lambda _: None,
        guarding: Guarding | None = None,
        exempt: Sequence[str] = (),
        remember: Callable[[EventBatch], None] | None = None,
        look: Callable[[EventBatch], None] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._node = node
        self._sensor = sensor
        self._engine = engine
        self._outbox = outbox
        self._interpreter = interpreter
        interpreter.held_back = self._held_back
        self._guarding = guarding
        self._exempt = tuple(exempt)
        self._clock = clock
        self._recorder = recorder
        self._inodes_of = inodes_of
        self._keep = keep
        self._remember = remember
        self._look = look
        self._budget = budget
        self._kept = clock.monotonic()
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._attribution = Attribution(node, runtimes, clock)
        self._meeting = Meeting()
        self._observed: list[Event] = []
        self._generation = FIRST_GENERATION
        self._begun = False  # containers of the first list ran before we came
        self._policies: tuple[Policy, ...] = ()
        self._programmed: dict[str, KernelPolicy] = {}
        self._answered: dict[str, None] = {}
        self._ticked = 0
        self.wanted: frozenset[str] = frozenset()
        self.events = 0
        self.alerts = 0
        self.programs: dict[str, set[str]] = {}
        self.stages: tuple[Callable[[Passing], None], ...] = (
            self._attribute,
            self._record,
            self._detect,
            self._look_into,
            self._note_programs,
            self._decide,
            self._publish,
            self._keep_history,
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
        self._observe()
        self._tick()
        return len(passing.batch)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set, or EOFError at the end of a recording."""
        self._take_news()
        # The node is a subject before the first row is read, whether a container was found or not.
        self._program()
        self._observe()
        try:
            while not stop.is_set():
                self.step()
        except EOFError:
            pass
        self._finish(self._engine.tick(Tick(self._clock.now())))
        self._keep(self._engine.snapshot())

    # --- stages ---

    def _attribute(self, passing: Passing) -> None:
        """New containers become subjects at their first row."""
        passing.batch, found = self._attribution.apply(passing.batch)
        if found:
            passing.records.extend(found)
            self._observed.extend(self._meeting.meet(found, self._clock.now()))
            self._program()

    def _record(self, passing: Passing) -> None:
        if self._recorder is not None:
            self._recorder.write(passing.batch)

    def _detect(self, passing: Passing) -> None:
        self.wanted = self._engine.needs(passing.batch) or self.wanted
        passing.alerts.extend(self._engine.feed(passing.batch))

    def _look_into(self, passing: Passing) -> None:
        """Offers files that came after the image to those who look into them, later and elsewhere."""
        if self._look is not None:
            self._look(passing.batch)

    def _note_programs(self, passing: Passing) -> None:
        """Programs that a container started, however short they lived: they are files of its image in use."""
        batch = passing.batch
        rows = batch.rows[batch.rows["kind"] == EventKind.EXEC]
        if not len(rows):
            return
        for subject, text in set(zip(rows["subject"].tolist(), rows["text"].tolist(), strict=True)):
            container = batch.subjects[subject]
            if isinstance(container, Container) and container.image_digest:
                programs = self.programs.setdefault(container.image_digest, set())
                if len(programs) < MOST_PROGRAMS:
                    programs.add(batch.strings[text].lstrip("/"))

    def take_programs(self) -> dict[str, set[str]]:
        """Programs by image digest since the last call. Any thread may call it: the two assignments are one each."""
        taken, self.programs = self.programs, {}
        return taken

    def _decide(self, passing: Passing) -> None:
        for alert in passing.alerts:
            passing.records.append(alert)
            passing.records.extend(self._respond(alert))

    def _publish(self, passing: Passing) -> None:
        self.alerts += len(passing.alerts)
        if passing.records:
            self._outbox.put(passing.records)

    def _observe(self) -> None:
        """What others than the sensor saw goes through the same stages, as a batch of its own."""
        if not self._observed:
            return
        self._generation += 1
        passing = Passing(batch_of(self._node, self._observed, self._generation))
        self._observed.clear()
        self.events += len(passing.batch)
        for stage in self.stages:
            stage(passing)

    def _keep_history(self, passing: Passing) -> None:
        """Last, and handed to another thread: an alert never waits for it."""
        if self._remember is not None:
            self._remember(passing.batch)

    # --- what stages use ---

    def _respond(self, alert: Alert) -> list[Record]:
        subject = self._attribution.running.get(alert.asset_id, self._node)
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
                    program |= self._attribution.replace(running)
                    self._observed.extend(self._meeting.meet(running, self._clock.now(), existing=not self._begun))
                    self._begun = True
                case Policies(policies=policies):
                    program |= policies != self._policies
                    self._policies = policies
                case Sessions(sessions=sessions):
                    self._engine.announce(sessions)
                case Rules(detectors=detectors, prepared=prepared):
                    self._engine.use(prepared or self._engine.prepare(detectors))
                case Order(effect=effect):
                    self._outbox.put([self._interpreter.carry_out(effect)])
                case Observed(events=events):
                    self._observed.extend(events)
                case ImageInventory():
                    self._engine.learn_image(news)
                    self.wanted -= {news.digest}
        if program:
            self._program()

    def _program(self) -> None:
        """Tells the kernel side who is who and what may be done to whom; only what changed."""
        subjects = self._attribution.subjects()
        self._sensor.set_subjects(subjects)
        programmed: dict[str, KernelPolicy] = {}
        for subject in subjects:
            policy = self._policy_of(subject)
            inodes: tuple[tuple[int, int], ...] = ()
            if policy.kill_executables and isinstance(subject, Container) and self._inodes_of is not None:
                inodes = self._inodes_of(subject, policy.kill_executables)
            wanted = kernel_policy(policy, inodes)
            if self._programmed.get(subject.id) != wanted:
                self._sensor.set_policy(subject, wanted)
            programmed[subject.id] = wanted
        self._programmed = programmed
        if self._guarding is not None:
            self._guarding.program([(s, self._policy_of(s)) for s in subjects])

    def _policy_of(self, subject: Subject) -> Policy:
        """The policy that holds; an exempt workload's lets nothing be done."""
        policy = response.holding_policy(subject, self._policies)
        if exempted(subject, policy, self._exempt) is None:
            return policy
        return msgspec.structs.replace(policy, exempt=True, on_alert={})

    def _held_back(self, effect: Effect) -> Text | None:
        """Why nothing may be done to the effect's subject."""
        subject: Subject = self._attribution.running.get(effect.asset_id, self._node)
        return exempted(subject, response.holding_policy(subject, self._policies), self._exempt)

    def _tick(self) -> None:
        now = self._clock.monotonic()
        if now - self._ticked < TICK_NS:
            return
        self._ticked = now
        self._sensor.heartbeat()
        if self._budget is not None and (short := self._budget.step(now, self._clock.now())):
            self._outbox.put(short)
        if self._guarding is not None:
            events, gaps = self._guarding.look()
            self._observed.extend(events)
            if gaps:
                self._outbox.put(gaps)
        if now - self._kept >= KEEP_NS:
            # Who came by which way is not in /proc: after a restart the engine goes on with what it knew.
            self._kept = now
            self._keep(self._engine.snapshot())
        self._finish(self._engine.tick(Tick(self._clock.now())))

    def _finish(self, alerts: Sequence[Alert]) -> None:
        if alerts:
            passing = Passing(EventBatch(np.zeros(0, EVENT_DTYPE), ("",), (self._node,)), alerts=list(alerts))
            self._decide(passing)
            self._publish(passing)
