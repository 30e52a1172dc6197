"""The runtime engine: batches of kernel events in, alerts out. Pure and streaming: time comes from the rows.

It keeps the process table, the facts of images and the causes of alerts; it opens nothing, waits for nothing, and what
it would like to know of an image it names in `needs`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from periderm.engines.runtime import alerting, programs, state
from periderm.engines.runtime.causes import Causes
from periderm.engines.runtime.detectors import DETECTORS
from periderm.engines.runtime.facts import ImageFacts, facts_of, in_step, in_volume, step_path
from periderm.engines.runtime.judging import Context, Detector
from periderm.engines.runtime.moving import Homes
from periderm.engines.runtime.patterns import Kept
from periderm.engines.runtime.prefilter import Prefilter
from periderm.engines.runtime.process import Process, ProcessTable
from periderm.engines.runtime.sessions import label, session_of
from periderm.engines.runtime.tallies import Tallies
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.event import Event, EventBatch, EventFlag, EventKind, Subject, Tick
from periderm.model.image import ImageInventory
from periderm.model.session import AnnouncedSession
from periderm.model.text import encodable

MOST_IMAGES = 256
AF_INET6 = 10
_INTERNET = (2, AF_INET6)
_COLUMNS = (
    "kind",
    "process",
    "parent",
    "pid",
    "uid",
    "time",
    "flags",
    "subject",
    "exe",
    "text",
    "args",
    "ret",
    "arg0",
    "arg1",
    "raw",
)
_PROCESS_KINDS: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_PROCESS_KINDS[[EventKind.EXEC, EventKind.FORK, EventKind.EXIT, EventKind.LISTEN, EventKind.ENVIRONMENT]] = True
_OF_PROCESS = EventFlag.TTY | EventFlag.EXEC_SESSION | EventFlag.FOREIGN
_NOT_STARTED = int(EventFlag.FAILED)


class RuntimeEngine:
    """Judges one node's events. Not thread-safe."""

    def __init__(self, node: Node, detectors: Sequence[Detector] = DETECTORS, *, kept: Kept | None = None) -> None:
        """`kept` holds patterns that were compiled before."""
        self._node = node
        self._kept = kept
        self._own = Prefilter(detectors, kept=kept)
        self._filter = self._own
        self._sessions: tuple[AnnouncedSession, ...] = ()
        self._table = ProcessTable()
        self._causes = Causes()
        self._images: dict[str, ImageFacts] = {}
        self._tallies = Tallies()
        self._homes = Homes()
        self.unwanted: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)  # rows of the batch fed last that no detector may want

    def learn_image(self, inventory: ImageInventory) -> None:
        """From now on executables and secrets of this image are known."""
        self._keep(facts_of(inventory))

    def use_rules(self, rules: Sequence[Detector]) -> None:
        """From now on these judge beside the detectors, in place of those given before."""
        self.use(self.prepare(rules))

    def prepare(self, rules: Sequence[Detector]) -> Prefilter:
        """What `use` takes: compiled patterns, which takes a while. Any thread may call it while others feed."""
        return Prefilter(rules, base=self._own, kept=self._kept) if rules else self._own

    def use(self, prefilter: Prefilter) -> None:
        """As `use_rules`, with rules that were prepared."""
        for facts in self._images.values():
            prefilter.watch_secrets(facts.secrets)
        self._filter = prefilter
        self._table.unsilence()

    def announce(self, sessions: Sequence[AnnouncedSession]) -> None:
        """Sessions that operators announced, in place of those given before. What runs already keeps its label."""
        self._sessions = tuple(sessions)

    def _keep(self, facts: ImageFacts) -> None:
        self._images.pop(facts.digest, None)
        self._images[facts.digest] = facts
        if len(self._images) > MOST_IMAGES:
            del self._images[next(iter(self._images))]
        self._filter.watch_secrets(facts.secrets)

    def needs(self, batch: EventBatch) -> frozenset[str]:
        """Digests of images that run here and whose inventory is not known yet."""
        digests = {s.image_digest for s in batch.subjects if isinstance(s, Container) and s.image_digest}
        return frozenset(digests.difference(self._images))

    def feed(self, batch: EventBatch) -> list[Alert]:
        """Judges the rows in their order; the alerts that are new or have changed, in the order of what caused them."""
        rows = batch.rows
        if not len(rows):
            self.unwanted = np.zeros(0, np.bool_)
            return []
        hot = self._filter.select(batch)
        hot = hot | (_PROCESS_KINDS | self._filter.drift_kinds)[rows["kind"]]
        hot |= self._homes.moved(batch, hot, self._table)
        self.unwanted = ~hot
        chosen = np.flatnonzero(hot)
        if not chosen.size:
            return []
        said: list[Alert] = []
        picked = rows[chosen]
        columns = [picked[name].tolist() for name in _COLUMNS]
        masks, actor_bits = self._filter.bits(batch, chosen), self._filter.actor_bits
        for index, mask, *fields in zip(chosen.tolist(), masks, *columns, strict=True):
            process, extra = self._follow(batch, fields)
            wanted = mask | extra
            if wanted & actor_bits and process is not None:
                if process.silent < 0:
                    process.silent = self._filter.silent(process)
                wanted &= ~process.silent
            if wanted:
                event = in_step(batch.event(index))
                self._judge(event, wanted, process or self._actor(event), said)
        return said

    def tick(self, tick: Tick) -> list[Alert]:
        """Says again what has grown in silence, and forgets what is long over."""
        return self._causes.tick(tick.time)

    def _follow(self, batch: EventBatch, fields: Sequence[int]) -> tuple[Process | None, int]:
        """Keeps the process table; the process if it is known by this, and interests that only the table can tell."""
        kind, key, parent, pid, uid, time, flags, subject_index, exe, text, args, ret, arg0, arg1, raw = fields
        table = self._table
        if kind == EventKind.EXEC:
            if flags & _NOT_STARTED and ret < 0:
                return table.get(key), 0
            subject = batch.subjects[subject_index]
            path = step_path(batch.strings[text] or batch.strings[exe], subject)
            process = table.start(
                key,
                parent=parent,
                pid=pid,
                uid=uid,
                subject=subject,
                time=time,
                exe=path,
                args=batch.strings[args],
                flags=flags,
                caps=-1 if flags & EventFlag.FROM_PROC and not arg0 else arg0,
                pipes=arg1,
                script=batch.strings[raw] if flags & EventFlag.SCRIPT else "",
            )
            if self._sessions and not process.session:
                process.session = session_of(self._sessions, process, subject, time)
            return process, self._weigh(process, subject)
        if kind == EventKind.FORK:
            subject = batch.subjects[subject_index]
            forked = table.fork(key, parent=parent, pid=pid, uid=uid, subject=subject, time=time, exe=batch.strings[exe])
            return forked, 0
        if kind == EventKind.EXIT:
            return table.end(key, time), 0
        process_or_none = table.get(key)
        if process_or_none is None:
            return None, 0
        if kind == EventKind.LISTEN and ret >= 0:
            process_or_none.listening = True
        elif kind == EventKind.ENVIRONMENT:
            name, _, value = encodable(batch.strings[text]).partition("=")
            process_or_none.variables = {**process_or_none.variables, name: value}
        subject = batch.subjects[subject_index]
        if subject.id != process_or_none.subject and isinstance(subject, Container):
            table.rehome(process_or_none, subject, flags)
            self._weigh(process_or_none, subject)
        # Only the table knows that whoever connects is nobody of the image's.
        strange = process_or_none.foreign and self._filter.drift_kinds[kind]
        return process_or_none, self._filter.drift_bits & self._filter.allowed(
            EventKind(kind), contained=True
        ) if strange else 0

    def _weigh(self, process: Process, subject: Subject) -> int:
        """What the image says of a program that was started."""
        path = process.exe
        process.silent = -1
        if not isinstance(subject, Container):
            process.drifted = process.foreign = process.copied_shell = False
            process.package = ""
            return 0
        facts = self._images.get(subject.image_digest)
        upper = bool(process.flags & EventFlag.UPPER)
        absent = facts is not None and facts.complete and bool(path) and not facts.brought(path)
        process.foreign = not process.runtime and (absent or upper)
        process.drifted = process.foreign and (upper or not in_volume(path, subject))
        process.package = facts.package(path) if facts is not None else ""
        process.copied_shell = facts is not None and path in facts.shells
        extra = self._filter.drift_bits if process.foreign else 0
        if process.copied_shell:
            extra |= self._filter.shell_bits
        return extra & self._filter.allowed(EventKind.EXEC, contained=True) if extra else 0

    def _actor(self, event: Event) -> Process:
        """A process that acts without having been seen to start (before the sensor, or its start was lost). The time of
        the event then stands for its start: it began at that moment at the latest."""
        known = self._table.get(event.process)
        if known is not None:
            return known
        process = self._table.start(
            event.process,
            parent=event.parent,
            pid=event.pid,
            uid=event.uid,
            subject=event.subject,
            time=event.time,
            exe=event.exe,
            args="",
            flags=event.flags & _OF_PROCESS,
        )
        self._weigh(process, event.subject)
        # Its way here was not seen: a runtime on its way into a container can only be known by what it calls itself.
        if event.comm.startswith("runc:[") and event.exe.endswith("/runc"):
            process.runtime = True
        return process

    def _judge(self, event: Event, mask: int, process: Process, said: list[Alert]) -> None:
        if event.kind is EventKind.EXEC and event.has(EventFlag.FAILED):
            return  # nothing was started
        if event.uid != process.uid and event.kind not in (EventKind.FORK, EventKind.EXIT):
            process.uid = event.uid
        _note(event, process)
        subject = event.subject
        facts = self._images.get(subject.image_digest) if isinstance(subject, Container) else None
        context = Context(event, process, self._table, facts, self._tallies)
        existing = event.has(EventFlag.FROM_PROC)
        for detector in self._filter.detectors(mask):
            if existing and not detector.existing:
                continue
            verdict = detector.judge(context)
            if verdict is not None:
                alert = alerting.alert_of(detector, verdict, context, self._node)
                alert = label(alert, process, self._sessions)
                told = self._causes.fire(alert, process.exe, max(1, event.count))
                if told is not None:
                    said.append(told)

    def snapshot(self) -> bytes:
        """All state, as `restore` takes it."""
        live, ended, forgotten = self._table.dump()
        causes, grown = self._causes.dump()
        return state.encode(
            state.State(
                live=live,
                ended=ended,
                forgotten=forgotten,
                causes=causes,
                grown=grown,
                images=list(self._images.values()),
                tallies=self._tallies.dump(),
            )
        )

    def restore(self, data: bytes) -> None:
        """Continues where the snapshot was taken. Raises FormatError if it is damaged or of another version; then
        nothing has changed."""
        found = state.decode(data)
        self._table.load(found.live, found.ended, found.forgotten)
        self._homes = Homes()
        self._causes.load(found.causes, found.grown)
        self._tallies.load(found.tallies)
        self._images = {}
        for facts in found.images:
            self._keep(facts)


def _note(event: Event, process: Process) -> None:
    """Remembers a process's sockets, as far as reverse shells are told by them."""
    if event.family not in _INTERNET:
        return
    peer = encodable(f"[{event.text}]:{event.port}" if event.family == AF_INET6 else f"{event.text}:{event.port}")
    if event.kind is EventKind.DUP and 0 <= event.arg0 <= 2:
        process.stdio |= 1 << event.arg0
        process.peer = peer
    elif event.kind in (EventKind.CONNECT, EventKind.ACCEPT):
        what = programs.command(process.exe, process.argv)
        if what.name in programs.NET_TOOLS or programs.is_shell(what):
            process.connected = peer
