"""The baseline engine: the same kernel events as the runtime engine sees; out come deviations, and what was learned.

Pure and streaming: time comes from the rows and ticks. It opens nothing and waits for nothing; the baselines that it would like
to have it names in `needs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from periderm.engines.baseline import state
from periderm.engines.baseline.actor import NAMELESS
from periderm.engines.baseline.belief import disbelieved, no_lesson
from periderm.engines.baseline.births import Births
from periderm.engines.baseline.calls import RareCalls, watched
from periderm.engines.baseline.evidence import SECOND_NS, replica_bit
from periderm.engines.baseline.following import Following
from periderm.engines.baseline.images import ImageFiles
from periderm.engines.baseline.judging import Judge
from periderm.engines.baseline.memo import Memo, Remembered
from periderm.engines.baseline.observe import KINDS, observe, program_pattern
from periderm.engines.baseline.sampling import actor_of, measure
from periderm.engines.baseline.workloads import Workloads, settle
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Baseline, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EventBatch, EventFlag, EventKind, Tick
from periderm.model.image import ImageInventory
from periderm.model.resource_sample import ResourceSample
from periderm.model.session import AnnouncedSession

TOGETHER_NS = 30 * SECOND_NS
NOTHING = NOT_KNOWN = Remembered(None, clean=False)
Indexes = npt.NDArray[np.int64]
_FROM_PROC = int(EventFlag.FROM_PROC)
_TOLD: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_TOLD[[int(kind) for kind in KINDS]] = True
_NEVER_COUNTED: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_NEVER_COUNTED[[EventKind.EXEC, EventKind.FORK, EventKind.EXIT]] = True
Mask = npt.NDArray[np.bool_]


class BaselineEngine:
    """Learns and judges one node's events. Not thread-safe."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._births = Births()
        self._following = Following(self._births.health)
        self._memo = Memo()
        self._workloads = Workloads(node.id, self._memo.forget)
        self._calls = RareCalls()
        self._judge = Judge(node, self._following)
        self._fed: tuple[EventBatch, Mask] | None = None
        self._now = 0  # Unix nanoseconds, the newest that was seen

    # --- what others know ---

    def know(self, baseline: Baseline) -> bool:
        """What the server knows of a workload: learned on other nodes, decided by people, born with the image. Whether a
        decision in it is new."""
        workload = self._workloads.of(baseline.workload_id, baseline.name)
        decided = workload.base.decisions
        before = workload.base.last_of(Verdict.RELEASE)
        self._workloads.know(baseline)
        if (until := workload.base.last_of(Verdict.RELEASE)) > before:
            self._following.table.release(workload.id, until)
        self._memo.forget(workload)
        return workload.base.decisions != decided

    def learn_image(self, inventory: ImageInventory) -> None:
        """From now on the owners of this image's files are known."""
        self._births.keep(ImageFiles.of(inventory))
        self._memo.forget()

    def announce(self, sessions: Sequence[AnnouncedSession]) -> None:
        """Sessions that operators announced, in place of those given before. What runs already keeps what it was."""
        self._following.sessions = tuple(sessions)

    def needs(self, batch: EventBatch) -> frozenset[str]:
        """Ids of workloads that run here and of which nobody told us (`know`)."""
        return self._workloads.needs(batch)

    # --- the river ---

    def quarantine(self, alerts: Iterable[Alert]) -> None:
        """What rules said of the batch that is fed next: those processes and all below them teach nothing, and what they taught
        lately is taken back."""
        for alert in alerts:
            if disbelieved(alert):
                self._take_back(self._following.table.distrust(alert.process.key, alert.id, alert.time))
            elif no_lesson(alert):
                self._judge.no_lessons |= {(alert.process.key, time // SECOND_NS) for time in (alert.time, alert.last_time)}

    def _take_back(self, keys: frozenset[int]) -> None:
        for workload in self._workloads.withdraw(keys):
            self._memo.forget(workload)

    def feed(self, batch: EventBatch) -> list[Alert]:
        """Judges and learns from the rows in their order; the deviations that are new or have changed."""
        rows = batch.rows
        mask = np.zeros(len(rows), np.bool_)
        self._fed = (batch, mask)
        if not len(rows):
            return []
        if self._following.crowded():
            self._following.forget_roles()
            self._memo.forget()
        self._memo.enter(batch)
        roles = self._following.follow(batch)
        chosen = np.flatnonzero(_TOLD[rows["kind"]])
        said: list[Alert] = []
        if chosen.size:
            self._begin(batch, chosen, roles)
            self._rows(batch, chosen, roles, mask, said)
        self._runs(batch, roles, said)
        self._turn()
        mask &= ~watched(batch)
        self._pass(int(rows["time"].max()))
        return said

    def _turn(self) -> None:
        """The batch has ended: what was normal in it is counted, and whoever was told in it taught nothing."""
        self._workloads.turn()
        self._judge.no_lessons = frozenset()
        struck, self._judge.struck = self._judge.struck, frozenset()
        if struck:
            self._take_back(struck)

    def _begin(self, batch: EventBatch, chosen: Indexes, roles: Indexes) -> None:
        """Workloads that act in this batch, some for the first time."""
        rows = batch.rows
        live = rows["flags"][chosen] & _FROM_PROC == 0
        earliest = int(rows["time"].min()) // SECOND_NS
        # Of each role the first row that was seen to happen, else the first of those that were read from /proc.
        order = np.argsort(~live, kind="stable")
        _, first = np.unique(roles[chosen[order]], return_index=True)
        for place in order[np.sort(first)].tolist():
            index = int(chosen[place])
            role = self._following.role(int(roles[index]))
            if not role.workload or role.how == "login":
                continue
            subject = batch.subjects[int(rows["subject"][index])]
            contained = isinstance(subject, Container)
            workload = self._workloads.acting(role.workload, subject.name if contained else f"service:{role.service}")
            image = subject.image_digest if isinstance(subject, Container) else ""
            settles = bool(live[place]) and role.distrust != NAMELESS
            workload.begin(int(rows["time"][index]) // SECOND_NS, image, live=settles)
            if settle(workload, earliest):
                self._memo.forget(workload)
            if isinstance(subject, Container) and self._births.promise(workload, subject):
                self._memo.forget(workload)

    def _rows(self, batch: EventBatch, chosen: Indexes, roles: Indexes, mask: Mask, said: list[Alert]) -> None:
        """Rows that were judged before are counted together; the others are judged one by one."""
        rows, memo = batch.rows, self._memo
        acting = roles[chosen]
        keys = memo.keys_of(batch, rows[chosen], acting)
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        numbers = unique.tolist()
        counts = np.maximum(rows["count"][chosen], 1)
        # What was told is told in the order of the rows, as a new engine would.
        was = {key: each for key in numbers if (each := memo.get(key)) is not None}  # what is forgotten meanwhile still was
        known = np.array([key in was and not was[key].told for key in numbers], np.bool_)
        apart = int(np.ptp(rows["time"])) > TOGETHER_NS
        if apart:
            known[:] = False  # when each of them happened is part of the evidence
        if known.any():
            totals = np.bincount(inverse, weights=counts, minlength=len(numbers)).astype(np.int64).tolist()
            times = rows["time"][chosen]
            latest, earliest = np.zeros(len(numbers), np.int64), np.full(len(numbers), times.max(), np.int64)
            np.maximum.at(latest, inverse, times)
            np.minimum.at(earliest, inverse, times)
            for place in np.flatnonzero(known).tolist():
                role = int(acting[first[place]])
                self._again(was[numbers[place]], role, totals[place], int(earliest[place]), int(latest[place]))
        for place in np.flatnonzero(~known[inverse]).tolist():
            index, key = int(chosen[place]), numbers[int(inverse[place])]
            found, time = memo.get(key), int(rows["time"][index])
            if found is not None and all(cause in self._judge.causes for cause in found.told):
                self._again(found, int(acting[place]), int(counts[place]), time)
                self._told_again(found, int(counts[place]), time, said)
            else:
                self._judge_row(batch, index, key, int(acting[place]), said)
                was[key] = memo.get(key) or NOT_KNOWN
            if apart and (workload := self._workloads.get(self._following.role(int(acting[place])).workload)) is not None:
                workload.count()
        clean = np.array([self._confirmed(was.get(key)) for key in numbers], np.bool_)
        mask[chosen] = clean[inverse] & ~_NEVER_COUNTED[rows["kind"][chosen]]

    def _runs(self, batch: EventBatch, roles: Indexes, said: list[Alert]) -> None:
        """The order of rare calls: what a row is depends on those before it, so it is judged each time."""
        for run in self._calls.follow(batch):
            event = batch.event(run.row)
            actor = self._following.actor(event.process, int(roles[run.row]))
            if actor is None or not actor.workload or actor.how == "login":
                continue
            behaviours = (Behaviour(Aspect.CALLS, program_pattern(actor.program), run.value),)
            workload = self._workloads.acting(actor.workload)
            image = self._births.of(event.subject)
            believed = not self._following.role(int(roles[run.row])).distrust
            self._judge.judge(event, actor, behaviours, workload=workload, image=image, said=said, believed=believed)

    def _again(self, found: Remembered, role: int, count: int, time: int, until: int = 0) -> None:
        """Rows like one that was judged, the first and the last of them at these times."""
        if found.workload is None:
            return
        actor = self._following.role(role)
        if not actor.distrust:
            replica = replica_bit(actor.subject)
            self._workloads.acts(found.workload)
            for entry in found.entries:
                found.workload.see(entry, count, time, replica, until)

    def _told_again(self, found: Remembered, count: int, time: int, said: list[Alert]) -> None:
        again = (self._judge.causes.again(cause, None, count, time) for cause in found.told)
        said.extend(alert for alert in again if alert is not None)

    def _judge_row(self, batch: EventBatch, index: int, key: int, number: int, said: list[Alert]) -> None:
        event = batch.event(index)
        actor = self._following.actor(event.process, number)
        if actor is None or not actor.workload or actor.how == "login":
            self._memo.put(key, NOTHING)
            return
        behaviours = observe(event, actor)
        if not behaviours:
            self._memo.put(key, NOTHING)
            return
        workload = self._workloads.acting(actor.workload)
        image = self._births.of(event.subject)
        believed = not self._following.role(number).distrust
        outcome = self._judge.judge(event, actor, behaviours, workload=workload, image=image, said=said, believed=believed)
        if outcome.folded or self._judge.changed:
            self._judge.changed = False
            self._memo.forget(workload)
        own = event.text.startswith(f"/proc/{event.pid}/")
        if not own and outcome.sure and actor.distrust == self._following.role(number).distrust:
            self._memo.put(key, Remembered(workload, outcome.entries, outcome.told, clean=outcome.clean))

    def sample(self, samples: Sequence[ResourceSample]) -> list[Alert]:
        """What processes use; deviations of it."""
        said: list[Alert] = []
        for each in samples:
            actor = actor_of(each, self._following)
            workload = self._workloads.get(actor.workload) if actor.workload and actor.how != "login" else None
            if workload is not None:
                measure(each, actor, workload, self._judge, said)
        return said

    def tick(self, tick: Tick) -> list[Alert]:
        """Time has passed: what is provisional is confirmed, and who has been learned."""
        self._pass(tick.time)
        return []

    def known(self, batch: EventBatch) -> Mask:
        """Rows of the batch just fed that are wholly normal by what is confirmed: the kernel may count them from now on.
        What keeps the table of processes never may."""
        if self._fed is None or self._fed[0] is not batch:
            return np.zeros(len(batch), np.bool_)
        return self._fed[1]

    def _confirmed(self, found: Remembered | None) -> bool:
        if found is None or not found.clean or found.workload is None:
            return False
        return all(found.workload.confirmed(entry) for entry in found.entries)

    def _pass(self, time: int) -> None:
        """It is this late (Unix nanoseconds)."""
        if time < self._now + SECOND_NS:
            return
        self._now = time
        for workload in self._workloads.later(time // SECOND_NS):
            self._memo.forget(workload)

    # --- what was learned ---

    def news(self) -> list[Baseline]:
        """What changed since the last call, one delta for each workload that it changed in; nothing provisional."""
        return self._workloads.news(self._now // SECOND_NS)

    def full(self) -> dict[str, int]:
        """Workloads with more behaviour than there is room for, and how often something was not learned for that reason."""
        return self._workloads.full()

    def baseline(self, workload_id: str) -> Baseline | None:
        """The whole of one workload, nothing provisional."""
        workload = self._workloads.get(workload_id)
        return None if workload is None else workload.baseline()

    def image(self, digest: str) -> ImageInventory | None:
        """What is kept of an image. Costs time: it is unpacked each time."""
        return self._births.inventory(digest)

    def snapshot(self) -> bytes:
        """All state, as `restore` takes it."""
        told = {workload: list(programs) for workload, programs in self._judge.told.items()}
        return state.encode(
            state.State(
                actors=self._following.dump(),
                workloads=self._workloads.dump(),
                images=self._births.dump(),
                causes=self._judge.causes.dump(),
                calls=self._calls.dump(),
                told=told,
                now=self._now,
                watched=self._workloads.watched,
            )
        )

    def restore(self, data: bytes) -> None:
        """Continues where the snapshot was taken. Raises FormatError if it is damaged or of another version; then nothing has
        changed."""
        found = state.decode(data)
        processes, calls = self._following.decode(found.actors), self._calls.decode(found.calls)
        workloads = self._workloads.decode(found.workloads)
        images = self._births.decode(found.images)
        self._memo.forget()
        self._following.load(processes)
        self._calls.load(calls)
        self._workloads.load(workloads, found.watched)
        self._births.load(images)
        self._judge.causes.load(found.causes)
        self._judge.told = {workload: dict.fromkeys(programs) for workload, programs in found.told.items()}
        self._now = found.now
