"""Who acts: the programs that run now, below whom, for which workload, and who of them must not be believed.

A small table of processes out of EXEC, FORK and EXIT rows. It judges no behaviour; it only knows who is whose child.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from periderm.engines.baseline.actor import NAMELESS, Actor
from periderm.engines.baseline.placing import place
from periderm.engines.baseline.programs import is_runtime, program_of
from periderm.model.asset import Container
from periderm.model.event import EventFlag, Subject

MOST_LIVE = 65_536
MOST_ENDED = 16_384
MOST_GENERATIONS = 64
MOST_EXPECTED = 1_024
MOST_ARGUMENTS = 64


class ActorTable:
    """Processes by key, alive and lately ended; both bounded."""

    def __init__(self, live: int = MOST_LIVE, ended: int = MOST_ENDED) -> None:
        self._live: dict[int, Actor] = {}
        self._ended: dict[int, Actor] = {}
        self._below: dict[int, dict[int, None]] = {}  # keys of children that are remembered
        self._expected: dict[int, str] = {}  # distrusted before they were seen
        self._most_live = live
        self._most_ended = ended

    def __len__(self) -> int:
        return len(self._live) + len(self._ended)

    def get(self, key: int) -> Actor | None:
        """The process while it is remembered."""
        return self._live.get(key) or self._ended.get(key)

    def fork(self, key: int, parent: int, *, pid: int, uid: int, subject: Subject, time: int, exe: str) -> Actor:
        """A child that still runs its parent's program."""
        known = self._live.get(key)
        if known is not None:
            return known
        above = self.get(parent) if parent != key else None
        if above is None:
            return self._add(self._stranger(key, parent, pid=pid, uid=uid, subject=subject, time=time, exe=exe, flags=0))
        child = msgspec.structs.replace(above, key=key, parent=parent, pid=pid, uid=uid, started=time, ended=0)
        if above.subject != subject.id:
            self._move(child, subject)
        return self._add(child)

    def act(
        self, key: int, parent: int, *, pid: int, uid: int, subject: Subject, time: int, exe: str, flags: int, comm: str
    ) -> Actor:
        """A process that acts; it may not have been seen to start."""
        known = self.get(key)
        if known is None:
            known = self._stranger(key, parent, pid=pid, uid=uid, subject=subject, time=time, exe=exe, flags=flags)
            if comm.startswith("runc:[") and exe.endswith("/runc"):  # its way here was not seen
                known.runtime, known.workload = True, ""
            return self._add(known)
        if known.uid != uid:
            known.uid = uid
        if known.subject != subject.id:
            self._move(known, subject)
        return known

    def start(
        self,
        key: int,
        *,
        parent: int,
        pid: int,
        uid: int,
        subject: Subject,
        time: int,
        exe: str,
        argv: tuple[str, ...],
        flags: int,
        script: str = "",
    ) -> Actor:
        """A program was started in a process (exec)."""
        before = self._live.get(key)
        above = self.get(parent) if parent != key else None
        contained = isinstance(subject, Container)
        came = before.runtime if before is not None else above is not None and above.runtime
        actor = before or self._add(Actor(key=key, parent=parent, pid=pid, subject=subject.id, started=time))
        if before is None and above is not None:
            if not actor.distrust and above.subject == subject.id:
                actor.distrust, actor.distrusted = above.distrust, above.distrusted
            actor.session = above.session if above.subject == subject.id else ""
            actor.service = above.service
        argv = argv[:MOST_ARGUMENTS]
        actor.subject, actor.exe, actor.argv, actor.uid, actor.flags = subject.id, exe, argv, uid, flags
        actor.tty, actor.listening, actor.role = bool(flags & EventFlag.TTY), False, -1
        actor.runtime = is_runtime(exe, contained=contained, came=came)
        actor.program = program_of(exe, argv, script)
        place(actor, above, subject, came=came, seen=not flags & EventFlag.FROM_PROC)
        return actor

    def end(self, key: int, time: int) -> Actor | None:
        """The process ended; it is remembered for a while, since its children name it."""
        actor = self._live.pop(key, None)
        if actor is None:
            return None
        actor.ended = time
        self._retire(actor)
        return actor

    def distrust(self, key: int, by: str, time: int = 0) -> frozenset[int]:
        """Marks a process and all that are below it now (children to come inherit it); the keys of those marked by this call
        or before by the same."""
        marked: set[int] = set()
        first = self.get(key)
        if first is None:  # it starts in the batch that comes next
            self._expected[key] = by
            if len(self._expected) > MOST_EXPECTED:
                del self._expected[next(iter(self._expected))]
            return frozenset((key,))
        waiting = [first]
        while waiting:
            actor = waiting.pop()
            if actor.key in marked:
                continue
            marked.add(actor.key)
            if not actor.distrust:
                actor.distrust, actor.distrusted = by, time
            actor.role = -1
            for below in self._below.get(actor.key, ()):
                child = self.get(below)
                # A container that somebody distrusted starts is judged by what it does itself, like any other of its workload.
                if child is not None and (child.subject == actor.subject or child.how != "entrypoint"):
                    waiting.append(child)
        return frozenset(marked)

    def release(self, workload: str, until: int) -> int:
        """Whoever of this workload was distrusted by an alert up to then (Unix nanoseconds) may teach again; how many they are.
        Sessions and programs without a name stay what they are."""
        found = [
            actor
            for actor in (*self._live.values(), *self._ended.values())
            if actor.workload == workload and actor.distrust not in ("", "session", NAMELESS, actor.session)
        ]
        freed = [actor for actor in found if actor.distrusted <= until]
        for actor in freed:
            actor.distrust, actor.distrusted, actor.role = "", 0, -1
        return len(freed)

    def lineage(self, actor: Actor) -> tuple[Actor, ...]:
        """From the process up to the first of its subject; loops end it."""
        chain, seen = [actor], {actor.key}
        while len(chain) < MOST_GENERATIONS:
            above = self.get(chain[-1].parent)
            if above is None or above.key in seen or above.subject != actor.subject:
                break
            chain.append(above)
            seen.add(above.key)
        return tuple(chain)

    def dump(self) -> tuple[list[Actor], list[Actor], dict[int, str]]:
        """All that is remembered, oldest first: alive, ended, and who is distrusted before it was seen."""
        return list(self._live.values()), list(self._ended.values()), dict(self._expected)

    def load(self, live: Iterable[Actor], ended: Iterable[Actor], expected: Mapping[int, str] | None = None) -> None:
        """Replaces what is remembered."""
        self._expected = dict(expected or {})
        self._live = {actor.key: actor for actor in live}
        self._ended = {actor.key: actor for actor in ended}
        self._below = {}
        for actor in (*self._ended.values(), *self._live.values()):
            if actor.parent != actor.key:
                self._below.setdefault(actor.parent, {})[actor.key] = None

    def _add(self, actor: Actor) -> Actor:
        self._live[actor.key] = actor
        if self._expected and actor.key in self._expected:
            actor.distrust = self._expected.pop(actor.key)
        if actor.parent != actor.key:
            self._below.setdefault(actor.parent, {})[actor.key] = None
        if len(self._live) > self._most_live:
            self._retire(self._live.pop(next(iter(self._live))))
        return actor

    def _retire(self, actor: Actor) -> None:
        self._ended[actor.key] = actor
        if len(self._ended) > self._most_ended:
            gone = self._ended.pop(next(iter(self._ended)))
            children = self._below.get(gone.parent)
            if children is not None:
                children.pop(gone.key, None)
                if not children:
                    del self._below[gone.parent]

    def _stranger(
        self, key: int, parent: int, *, pid: int, uid: int, subject: Subject, time: int, exe: str, flags: int
    ) -> Actor:
        """A process whose start was not seen."""
        above = self.get(parent) if parent != key else None
        actor = Actor(key=key, parent=parent, pid=pid, subject=subject.id, exe=exe, uid=uid, started=time, flags=flags)
        actor.program = program_of(exe, (), "")
        actor.tty = bool(flags & EventFlag.TTY)
        if above is not None:
            actor.service = above.service
            if above.subject == subject.id:
                actor.distrust, actor.distrusted, actor.session = above.distrust, above.distrusted, above.session
        place(actor, above, subject, came=False)
        return actor

    def _move(self, actor: Actor, subject: Subject) -> None:
        """It acts for another subject than it was seen in: a container that was not known yet, or one that it entered."""
        actor.subject, actor.role = subject.id, -1
        place(actor, self.get(actor.parent), subject, came=actor.runtime)
        if isinstance(subject, Container) and actor.how == "entrypoint":
            actor.distrust = actor.session = ""  # of whoever started the container
