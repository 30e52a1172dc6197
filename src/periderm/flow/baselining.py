"""The agent's stage of baselines: gives batches, alerts, samples and news to the engine, sends what it learned, keeps it across
restarts, and tells the kernel what is normal. It judges nothing; `engines.baseline` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from periderm.correlate.coverage import full_baseline_gap
from periderm.engines.baseline.enforcing import Strangers, strangers
from periderm.flow.baseline_memory import KEEP_NS, Keeper, remembered
from periderm.flow.baseline_sending import Sending
from periderm.flow.news import News, Rules, Samples, Sessions
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Baseline
from periderm.model.envelope import Record
from periderm.model.event import EventBatch, Subject, Tick
from periderm.model.image import ImageInventory
from periderm.model.severity import Severity
from periderm.ports.clock import Clock
from periderm.ports.sensor import KnownBehaviour

if TYPE_CHECKING:
    from periderm.engines.baseline.engine import BaselineEngine

NEWS_NS = 5 * 10**9
WHOLE_NS = 10 * 60 * 10**9
LEAST = Severity.MEDIUM  # of an alert after which nothing of its workload is only counted
MOST_WANTED = 10_000
Mask = npt.NDArray[np.bool_]


class Baselining:
    """One thread calls it. `own_pid` is the agent's own process, which is no workload. `keeper` is given what a later agent
    takes up, every minute and at the end; `kernel` is None where nothing can be known below (a replay); `workloads` are those
    that `engine` was given before (`baseline_memory.take_up`)."""

    def __init__(
        self,
        engine: BaselineEngine,
        put: Callable[[Sequence[Record]], object],
        clock: Clock,
        *,
        kernel: KnownBehaviour | None = None,
        keeper: Keeper | None = None,
        node: Node | None = None,
        workloads: Sequence[str] = (),
        own_pid: int = 0,
    ) -> None:
        self._engine = engine
        self._own_pid = own_pid
        self._clock = clock
        self._kernel = kernel
        self.keeper = keeper
        self._node_id, self._boot_id = (node.id, node.boot_id) if node is not None else ("", "")
        self._whole: dict[str, int] = {}  # workloads that the kernel tells everything of, until when
        self._put = put
        self._full: dict[str, tuple[int, int, int]] = {}  # workloads without room: how often, since when, told when (Unix ns)
        self._sending = Sending(put)
        self._kept = self._told = clock.monotonic()
        self._workloads = set(workloads)
        self.wanted: frozenset[str] = frozenset()  # workloads that the engine asked for, for as long as the agent runs

    def take(self, news: News) -> list[Alert]:
        """What others learned, as far as baselines need it; alerts that follow from it."""
        match news:
            case Baseline():
                self._know(news)
            case Samples(samples=samples):
                return self._engine.sample(samples)
            case ImageInventory():
                self._engine.learn_image(news)
            case Sessions(sessions=sessions):
                self._engine.announce(sessions)
            case Rules():
                # Other rules want to see other rows: the kernel tells everything again until it is known anew.
                if self._kernel is not None:
                    self._kernel.unlearn()
            case _:
                pass
        return []

    def _know(self, baseline: Baseline) -> None:
        """A decision that is new may have made abnormal what was normal: all is told again."""
        self._workloads.add(baseline.workload_id)
        if self._engine.know(baseline) and self._kernel is not None:
            self._kernel.unlearn(baseline.workload_id)
            self._kernel.unlearn(self._node_id)  # services of the plain host are told apart by the engine only

    # --- the stage ---

    def judge(self, batch: EventBatch, alerts: Sequence[Alert], unwanted: Mask | None = None) -> list[Alert]:
        """Deviations in the batch. `alerts` are what rules said of it: who caused them is learned nothing from. `unwanted` are
        its rows that no rule looks at, None for a batch that did not come from the kernel: only they may be known there."""
        batch = self._without_own(batch)
        self.distrust(alerts, batch.subjects)
        if (needed := self._engine.needs(batch)) - self.wanted and len(self.wanted) < MOST_WANTED:
            self.wanted |= needed
        found = self._engine.feed(batch)
        if found:
            self._tell_all_again(found, batch.subjects)
        if unwanted is not None:
            self._teach(batch, unwanted)
        return found

    def distrust(self, alerts: Sequence[Alert], subjects: Sequence[Subject]) -> None:
        """Those processes and all below them are learned nothing from, and their workloads are watched whole again."""
        if alerts:
            self._engine.quarantine(list(alerts))
            self._tell_all_again(alerts, subjects)

    def step(self, now: int, time: int) -> list[Alert]:
        """About once a second. `now`: monotonic ns, `time`: Unix ns. What deviates because time has passed."""
        found = self._engine.tick(Tick(time))
        if now - self._told >= NEWS_NS:
            self._told = now
            self._send(now)
        if now - self._kept >= KEEP_NS:
            self._save()
        return found

    def strangers(self, container: Container) -> Strangers | None:
        """Which programs of its image its workload never starts, for policies that enforce the baseline."""
        baseline = self._engine.baseline(container.normal_id)
        inventory = self._engine.image(container.image_digest)
        return None if baseline is None or inventory is None else strangers(baseline, inventory)

    def finish(self) -> None:
        """The agent ends: nothing that was learned is lost."""
        self._send(self._clock.monotonic(), everything=True)
        self._save(ended=True)
        if self.keeper is not None:
            self.keeper.write_waiting()

    def _save(self, *, ended: bool = False) -> None:
        self._kept = self._clock.monotonic()
        if self.keeper is not None:
            self.keeper.give(remembered(self._engine, self._boot_id, self._workloads, ended=ended))

    def figures(self) -> Mapping[str, float]:
        """For the heartbeat."""
        known = self._kernel.learned() if self._kernel is not None else 0
        return {"baselines": float(len(self._workloads)), "known-behaviours": float(known)}

    # --- what these use ---

    def _without_own(self, batch: EventBatch) -> EventBatch:
        """The same rows, where those of the agent itself are of no kind: before the kernel side can be told to leave them out,
        it sees how it is loaded or taken up, and no workload does that."""
        own = batch.rows["pid"] == self._own_pid if self._own_pid else None
        if own is None or not own.any():
            return batch
        rows = batch.rows.copy()
        rows["kind"][own] = 0
        return EventBatch(rows, batch.strings, batch.subjects, batch.generation)

    def _send(self, now: int, *, everything: bool = False) -> None:
        news = self._engine.news()
        self._workloads.update(delta.workload_id for delta in news)
        self._sending.send(news, now, everything=everything)
        self._tell_full()

    def _tell_full(self) -> None:
        """What found no room in a baseline any more is not learned, and each time is judged anew: a person must know."""
        time = self._clock.now()
        for workload, count in self._engine.full().items():
            before, since, told = self._full.get(workload, (0, time, time - WHOLE_NS))
            if count > before and time - told >= WHOLE_NS:
                self._full[workload] = (count, since, time)
                filled = self._engine.baseline(workload)
                self._put([full_baseline_gap(workload, time, count=count, since=since, baseline=filled)])

    def _teach(self, batch: EventBatch, unwanted: Mask) -> None:
        """Rows that are normal by the baseline and wanted by no rule are from now on counted in the kernel."""
        if self._kernel is None:
            return
        keys = self._kernel.behaviours
        if len(keys) != len(batch):
            return
        mask = unwanted & self._engine.known(batch) & (keys != 0)
        if not mask.any():
            return
        # One subject may be many workloads (the plain host's services), but its behaviours go together: who acts is in them.
        owners = batch.rows["subject"]
        now = self._clock.monotonic()
        for index in np.unique(owners[mask]).tolist():
            workload = batch.subjects[index].normal_id
            if self._whole.get(workload, 0) <= now:
                self._whole.pop(workload, None)
                self._kernel.learn(workload, np.unique(keys[mask & (owners == index)]))

    def _tell_all_again(self, alerts: Sequence[Alert], subjects: Sequence[Subject]) -> None:
        """After an alert its workload is watched whole for a while: what else happened there must not be only counted."""
        struck = {alert.asset_id for alert in alerts if alert.severity >= LEAST}
        if self._kernel is None or not struck:
            return
        now = self._clock.monotonic()
        for workload in {subject.normal_id for subject in subjects if subject.id in struck}:
            if self._whole.get(workload, 0) <= now:
                self._kernel.unlearn(workload)
            self._whole[workload] = now + WHOLE_NS
