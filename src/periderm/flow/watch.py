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
from periderm.flow.attribute import Attribution
from periderm.flow.baseline_memory import Keeper
from periderm.flow.baselining import Baselining
from periderm.flow.budget import Budget
from periderm.flow.enforcing import Enforcing, nobody
from periderm.flow.guarding import Guarding
from periderm.flow.interpret import Interpreter
from periderm.flow.news import Containers, Exempt, News, Order, Policies, Rules, Samples, Sessions
from periderm.flow.observed import FIRST_GENERATION, Meeting, Observed, batch_of
from periderm.flow.outbox import Outbox
from periderm.flow.programming import Programming
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Baseline
from periderm.model.envelope import Record
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventKind, Tick
from periderm.model.image import ImageInventory
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.sensor import Recorder, Sensor

READ_SECONDS = 0.1
TICK_NS = 10**9
KEEP_NS = 60 * 10**9
MOST_ANSWERED = 10_000
MOST_PROGRAMS = 5_000  # of one image, between two looks


@dataclasses.dataclass(slots=True)
class Passing:
    """One batch on its way through the stages."""

    batch: EventBatch
    sensed: bool = False  # the sensor's last batch, and no other's
    alerts: list[Alert] = dataclasses.field(default_factory=list)
    records: list[Record] = dataclasses.field(default_factory=list)


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
        baselining: Baselining | None = None,
        at_hand: Callable[[str], ImageInventory | None] = lambda _: None,
    ) -> None:
        self._node = node
        self._sensor = sensor
        self._engine = engine
        self._outbox = outbox
        self._interpreter = interpreter
        self._guarding = guarding
        self._clock = clock
        self._recorder = recorder
        self._keep = keep
        self._remember = remember
        self._look = look
        self._budget = budget
        self._baselining = baselining
        self._at_hand = at_hand
        self._looked_for: frozenset[str] = frozenset()  # images of which nothing was at hand
        self._enforcing = Enforcing(nobody if baselining is None else baselining.strangers, inodes_of)
        self._kept = clock.monotonic()
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._attribution = Attribution(node, runtimes, clock)
        self._programming = Programming(
            sensor, self._attribution, self._enforcing, inodes_of=inodes_of, guarding=guarding, exempt=exempt
        )
        interpreter.held_back = self._programming.held_back
        self._meeting = Meeting()
        self._observed: list[Event] = []
        self._generation = FIRST_GENERATION
        self._begun = False  # containers of the first list ran before we came
        self._answered: dict[str, None] = {}
        self._ticked = 0
        self.wanted: frozenset[str] = frozenset()
        self.wanted_baselines: frozenset[str] = frozenset()  # ids of workloads, for `flow.fetch_baselines`
        self.events = 0
        self.alerts = 0
        self.turned = 0  # when the loop last turned, monotonic nanoseconds
        self.programs: dict[str, set[str]] = {}
        self.stages: tuple[Callable[[Passing], None], ...] = (
            self._attribute,
            self._record,
            self._know_images,
            self._detect,
            self._judge_by_baseline,
            self._look_into,
            self._note_programs,
            self._return_to_alerting,
            self._decide,
            self._publish,
            self._keep_history,
        )

    @property
    def keeper(self) -> Keeper | None:
        """Where what baselines know waits for whoever may write it."""
        return self._baselining.keeper if self._baselining is not None else None

    def figures(self) -> dict[str, float]:
        """For the heartbeat. Any thread may call it."""
        learned = self._baselining.figures() if self._baselining is not None else {}
        return {"events": float(self.events), "alerts": float(self.alerts), **learned}

    def give(self, news: News) -> None:
        """Something that the control thread learned; used before the next batch. Any thread may call it."""
        self._news.put(news)

    def step(self) -> int:
        """Takes news, reads one batch and leads it through the stages; returns the number of rows."""
        self.turned = self._clock.monotonic()
        self._take_news()
        passing = Passing(self._sensor.read(READ_SECONDS), sensed=True)
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
        self._programming.program()
        self._observe()
        try:
            while not stop.is_set():
                self.step()
        except EOFError:
            pass
        self._finish(self._passed())
        self._keep(self._engine.snapshot())
        if self._baselining is not None:
            self._baselining.finish()

    # --- stages ---

    def _attribute(self, passing: Passing) -> None:
        """New containers become subjects at their first row."""
        passing.batch, found = self._attribution.apply(passing.batch)
        if found:
            passing.records.extend(found)
            self._observed.extend(self._meeting.meet(found, self._clock.now()))
            self._programming.program()

    def _record(self, passing: Passing) -> None:
        if self._recorder is not None:
            self._recorder.write(passing.batch)

    def _know_images(self, passing: Passing) -> None:
        """What is at hand of a new container's image is known before its first row; `flow.control` asks for the rest."""
        needed = self._engine.needs(passing.batch)
        looked_for, self._looked_for = self._looked_for, needed
        for digest in needed - looked_for:
            if (inventory := self._at_hand(digest)) is not None:
                needed -= {digest}
                self._take(inventory)
                if self._baselining is not None:
                    self._finish(self._baselining.take(inventory))
        self.wanted = needed or self.wanted

    def _detect(self, passing: Passing) -> None:
        passing.alerts.extend(self._engine.feed(passing.batch))

    def _judge_by_baseline(self, passing: Passing) -> None:
        """What no rule knows and is not normal for its workload. What a rule called an attack is learned nothing from."""
        if self._baselining is None:
            return
        unwanted = self._engine.unwanted if passing.sensed else None
        passing.alerts.extend(self._baselining.judge(passing.batch, tuple(passing.alerts), unwanted))
        self.wanted_baselines = self._baselining.wanted

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

    def _return_to_alerting(self, passing: Passing) -> None:
        """Where enforcing a baseline hurts, it ends by itself."""
        gaps = self._enforcing.look(passing.batch, self._programming.policy_of)
        if gaps:
            passing.records.extend(gaps)
            self._programming.program()

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
        policies = [self._enforcing.told(policy, subject) for policy in self._programming.policies]
        for effect in response.decide(alert, policies, subject, self._clock.now()):
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
            program |= self._take(news)
            if self._baselining is not None:
                self._finish(self._baselining.take(news))
        if program:
            self._programming.program()

    def _take(self, news: News) -> bool:
        """Whether the kernel side must be told."""
        match news:
            case Containers(running=running):
                changed = self._attribution.replace(running)
                self._observed.extend(self._meeting.meet(running, self._clock.now(), existing=not self._begun))
                self._begun = True
                return changed
            case Policies(policies=policies):
                return self._programming.use(policies)
            case Exempt(names=names):
                return self._programming.spare(names)
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
            case Baseline() | Samples():
                pass  # of baselines only
        return False

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
            if self._enforcing.again():
                self._programming.program()
        self._finish(self._passed())

    def _passed(self) -> list[Alert]:
        """What is to be said because time has passed."""
        alerts = self._engine.tick(Tick(self._clock.now()))
        if self._baselining is not None:
            self._baselining.distrust(alerts, self._attribution.subjects())
            alerts.extend(self._baselining.step(self._clock.monotonic(), self._clock.now()))
        return alerts

    def _finish(self, alerts: Sequence[Alert]) -> None:
        if alerts:
            passing = Passing(EventBatch(np.zeros(0, EVENT_DTYPE), ("",), (self._node,)), alerts=list(alerts))
            self._decide(passing)
            self._publish(passing)
