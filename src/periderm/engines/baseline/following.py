"""Follows who runs what through a batch: keeps the table of processes, and says for each row in which role its actor was.

A role is all of an actor that a judgement asks, as a number; rows of one role that say the same are judged alike.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.engines.baseline.actor import Actor
from periderm.engines.baseline.actors import ActorTable
from periderm.model.asset import Container
from periderm.model.errors import FormatError
from periderm.model.event import EventBatch, EventFlag, EventKind, Rows, Subject
from periderm.model.session import AnnouncedSession
from periderm.model.text import encodable

MOST_ROLES = 100_000
_FAILED = int(EventFlag.FAILED)
_ENCODER = msgspec.msgpack.Encoder()
Processes = tuple[list[Actor], list[Actor], dict[int, str]]
_DECODER = msgspec.msgpack.Decoder(Processes)
_LIFE: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_LIFE[[EventKind.EXEC, EventKind.FORK, EventKind.EXIT]] = True
_COLUMNS = ("kind", "process", "parent", "pid", "uid", "time", "flags", "subject", "exe", "text", "args", "ret", "raw", "comm")


class Role(NamedTuple):
    """See Actor."""

    workload: str
    subject: str
    program: str
    above: str
    chain: str
    how: str
    distrust: str
    session: str
    service: str


class Following:
    """Processes and their roles. `health(subject)` is the argv of a container's health check."""

    def __init__(self, health: Callable[[Subject], tuple[str, ...]]) -> None:
        self.table = ActorTable()
        self.sessions: tuple[AnnouncedSession, ...] = ()
        self._health = health
        self._numbers: dict[Role, int] = {}
        self._roles: list[Role] = []

    def role(self, number: int) -> Role:
        """The role of this number."""
        return self._roles[number]

    def number(self, actor: Actor) -> int:
        """The number of the role that an actor is in now."""
        if actor.role < 0:
            role = Role(actor.workload, actor.subject, actor.program, actor.above, actor.chain, actor.how, actor.distrust,
                        actor.session, actor.service)  # fmt: skip
            number = self._numbers.get(role)
            if number is None:
                number = self._numbers[role] = len(self._roles)
                self._roles.append(role)
            actor.role = number
        return actor.role

    def crowded(self) -> bool:
        """Whether there are more roles than are worth remembering; then `forget_roles`, and whatever was remembered by them."""
        return len(self._roles) > MOST_ROLES

    def forget_roles(self) -> None:
        """All roles get new numbers."""
        self._numbers.clear()
        self._roles.clear()
        live, ended, _ = self.table.dump()
        for actor in (*live, *ended):
            actor.role = -1

    def dump(self) -> bytes:
        """All processes, as `decode` takes them. Numbers of roles are not told: they mean nothing elsewhere."""
        live, ended, expected = self.table.dump()
        numbers = [actor.role for actor in (*live, *ended)]
        for actor in (*live, *ended):
            actor.role = -1
        data = _ENCODER.encode((live, ended, expected))
        for actor, number in zip((*live, *ended), numbers, strict=True):
            actor.role = number
        return data

    @staticmethod
    def decode(data: bytes) -> Processes:
        """What `dump` gave. Raises FormatError if the bytes are damaged."""
        try:
            found: Processes = _DECODER.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError("The processes in the engine's state are damaged.", "Start without the state.") from error
        return found

    def load(self, processes: Processes) -> None:
        """Replaces all processes."""
        self.table.load(*processes)
        self._numbers.clear()
        self._roles.clear()

    def follow(self, batch: EventBatch) -> npt.NDArray[np.int64]:
        """The role of each row's actor at that row; of an EXEC row, the role that it begins."""
        rows = batch.rows
        processes, first, inverse = np.unique(rows["process"], return_index=True, return_inverse=True)
        life = np.flatnonzero(_LIFE[rows["kind"]])
        changes: list[tuple[int, int, int]] = []  # (place in processes, row, role)
        begun = np.full(len(processes), -1, np.int64)
        if life.size:
            picked = rows[life]
            columns = [picked[name].tolist() for name in _COLUMNS]
            for index, place, *fields in zip(life.tolist(), inverse[life].tolist(), *columns, strict=True):
                if begun[place] < 0 and first[place] < index:
                    begun[place] = self._acts(batch, rows, int(first[place]))
                actor = self._live(batch, fields)
                if actor is None:
                    continue
                number = self.number(actor)
                if begun[place] < 0:
                    begun[place] = number
                else:
                    changes.append((place, index, number))
        for place in np.flatnonzero(begun < 0).tolist():
            begun[place] = self._acts(batch, rows, int(first[place]))
        roles = begun[inverse]
        if changes:
            _change(roles, inverse, changes)
        return self._moved(batch, roles)

    def actor(self, key: int, role: int) -> Actor | None:
        """The process as it was in that role."""
        actor = self.table.get(key)
        if actor is None or actor.role == role:
            return actor
        wanted = self._roles[role]
        return msgspec.structs.replace(
            actor, workload=wanted.workload, subject=wanted.subject, program=wanted.program, above=wanted.above,
            chain=wanted.chain, how=wanted.how, distrust=actor.distrust or wanted.distrust, session=wanted.session,
            service=wanted.service, exe=wanted.program.partition(" ")[0],
        )  # fmt: skip

    def _acts(self, batch: EventBatch, rows: Rows, index: int) -> int:
        row = rows[index]
        strings = batch.strings
        actor = self.table.act(
            int(row["process"]), int(row["parent"]), pid=int(row["pid"]), uid=int(row["uid"]), time=int(row["time"]),
            subject=batch.subjects[int(row["subject"])], exe=encodable(strings[int(row["exe"])]), flags=int(row["flags"]),
            comm=strings[int(row["comm"])],
        )  # fmt: skip
        return self.number(actor)

    def _moved(self, batch: EventBatch, roles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """A row may be of another subject than its process was when the batch began: one that entered a container."""
        rows = batch.rows
        for number in np.unique(roles).tolist():
            role = self._roles[number]
            own = [place for place, subject in enumerate(batch.subjects) if subject.id == role.subject]
            strange = np.flatnonzero((roles == number) & ~np.isin(rows["subject"], own))
            for index in strange.tolist():
                roles[index] = self._acts(batch, rows, index)
        return roles

    def _live(self, batch: EventBatch, fields: Sequence[int]) -> Actor | None:
        kind, key, parent, pid, uid, time, flags, subject_index, exe, text, args, ret, raw, comm = fields
        strings, subject = batch.strings, batch.subjects[subject_index]
        if kind == EventKind.EXIT:
            return self.table.end(key, time)
        if kind == EventKind.FORK:
            if strings[comm].startswith("runc:[") and self.table.get(parent) is None:
                self.table.act(
                    key, parent, pid=pid, uid=uid, subject=subject, time=time, exe=strings[exe], flags=flags, comm=strings[comm]
                )
            return self.table.fork(key, parent, pid=pid, uid=uid, subject=subject, time=time, exe=encodable(strings[exe]))
        if flags & _FAILED and ret < 0:
            return None
        joined = encodable(strings[args])
        argv = tuple(joined.split("\0")) if joined else ()
        actor = self.table.start(
            key, parent=parent, pid=pid, uid=uid, subject=subject, time=time, exe=encodable(strings[text] or strings[exe]),
            argv=argv, flags=flags, script=strings[raw] if flags & EventFlag.SCRIPT else "",
        )  # fmt: skip
        self._session(actor, subject, argv, time)
        return actor

    def _session(self, actor: Actor, subject: Subject, argv: tuple[str, ...], time: int) -> None:
        """Who began a session: the container's own health check, an operator who said so, or somebody."""
        if actor.session or actor.distrust != "session":
            return
        contained = isinstance(subject, Container)
        if contained and actor.how == "exec" and argv and argv == self._health(subject):
            actor.how, actor.distrust = "health", ""
            return
        for session in self.sessions:
            until = min(session.until, session.ended) if session.ended else session.until
            if session.since <= time < until and fnmatch.fnmatchcase(subject.name, session.container):
                actor.session = actor.distrust = session.id
                return


def _change(roles: npt.NDArray[np.int64], inverse: npt.NDArray[np.intp], changes: Sequence[tuple[int, int, int]]) -> None:
    """From each of these rows on, the process has another role."""
    order = np.argsort(inverse, kind="stable")
    edges = np.searchsorted(inverse[order], np.arange(int(inverse.max()) + 2))
    for place, index, number in changes:
        own = order[edges[place] : edges[place + 1]]
        roles[own[np.searchsorted(own, index) :]] = number
