"""Looks into files that came after the image when they are executed, dropped or written where a server serves them.

Off the hot path: `offer` only picks rows and returns; a thread of its own reads the files a moment later (they must have
been written to their end), has them looked at behind walls, and gives what was found back as CONTENT rows. Bounded in
files, bytes and time; what was not looked at is counted. Decides nothing: the runtime engine judges the rows.
"""

from __future__ import annotations

import collections
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from periderm.flow.observed import Observed
from periderm.model.asset import Container
from periderm.model.content import Inspected, Payload, Suspect
from periderm.model.errors import SandboxError
from periderm.model.event import Event, EventBatch, EventFlag, EventKind, Subject
from periderm.ports.clock import Clock
from periderm.ports.payloads import Payloads

MOST_WAITING = 256
MOST_BYTES = 16 << 20
MOST_TOGETHER = 64 << 20  # bytes that are looked at in one go
MOST_REMEMBERED = 4_096
SETTLE_NS = 1_500_000_000  # a file that is being written is looked at when this has passed
PAUSE_SECONDS = 0.5
A_MINUTE_NS = 60 * 10**9
MOST_A_MINUTE = 240

_EXECUTED = int(EventFlag.UPPER | EventFlag.MEMORY_BACKED | EventFlag.SCRIPT)
_O_WRITE = 3
_O_CREATES = 0o1100  # O_CREAT | O_TRUNC
_SCRIPT = re.compile(
    r"\.(php[3-8]?|phtml|phar|inc|jspx?|war|aspx?|ashx|asmx|cgi|pl|py|rb|sh|bash|lua|js|cjs|mjs|so|elf|bin)$|/authorized_keys$",
    re.IGNORECASE,
)
_INTERPRETED = re.compile(r"/(?:ba|da|z|k|a|mk)?sh$|/(?:python|perl|ruby|php|node|lua)[\d.]*$")
_KINDS = np.zeros(256, np.bool_)
_KINDS[[EventKind.EXEC, EventKind.OPEN, EventKind.CHMOD, EventKind.RENAME]] = True


# For each payload what the rules found, as `answer_of` encodes it. Raises SandboxError.
Inspect = Callable[[Sequence[bytes]], Sequence[bytes]]


class Looks:
    """`inspect` looks at bytes; `tell` is given what was found, and must be safe to call from this thread."""

    def __init__(
        self,
        payloads: Payloads,
        inspect: Inspect,
        clock: Clock,
        tell: Callable[[Observed], None],
        problem: Callable[[], str] = str,
    ) -> None:
        self._payloads = payloads
        self._inspect = inspect
        self._clock = clock
        self._tell = tell
        self._problem = problem
        self._lock = threading.Lock()
        self._waiting: collections.OrderedDict[tuple[str, str, int], tuple[Suspect, Subject]] = collections.OrderedDict()
        self._answers: collections.OrderedDict[str, bytes] = collections.OrderedDict()
        self._minute: collections.deque[int] = collections.deque()
        self.skipped = 0
        self.looked = 0

    @property
    def problem(self) -> str:
        """'' or what is wrong with the users' rules."""
        return self._problem()

    def offer(self, batch: EventBatch) -> None:
        """Picks what is worth a look. Cheap; any thread but the one that looks."""
        rows = batch.rows
        picked = np.flatnonzero(_KINDS[rows["kind"]] & ((rows["flags"] & int(EventFlag.FAILED)) == 0))
        if not picked.size:
            return
        kinds = rows["kind"][picked]
        flags = rows["flags"][picked]
        executed = (kinds == EventKind.EXEC) & ((flags & _EXECUTED) != 0)
        opened = (kinds == EventKind.OPEN) & ((rows["arg0"][picked] & _O_WRITE) != 0)
        marked = (kinds == EventKind.CHMOD) & ((rows["arg0"][picked] & 0o111) != 0)
        moved = kinds == EventKind.RENAME
        interpreted = (kinds == EventKind.EXEC) & ~executed
        for index in picked[executed | opened | marked | moved | interpreted].tolist():
            self._consider(batch, index)

    def _consider(self, batch: EventBatch, index: int) -> None:
        row = batch.rows[index]
        kind, flags = int(row["kind"]), int(row["flags"])
        path = batch.strings[int(row["text"])]
        memory = False
        if kind == EventKind.EXEC:
            if flags & EventFlag.SCRIPT:
                path = batch.strings[int(row["raw"])]
            elif flags & EventFlag.MEMORY_BACKED:
                memory = True
            elif not flags & EventFlag.UPPER:
                path = _script_of(path, batch.strings[int(row["args"])])
        elif kind in (EventKind.OPEN, EventKind.RENAME) and not _SCRIPT.search(path):
            return
        if not memory and not path.startswith("/"):
            return
        subject = batch.subjects[int(row["subject"])]
        contained = isinstance(subject, Container)
        root = subject.pid if isinstance(subject, Container) else 0
        suspect = Suspect(
            path=path,
            subject=subject.id,
            process=int(row["process"]),
            parent=int(row["parent"]),
            pid=int(row["pid"]),
            uid=int(row["uid"]),
            exe=batch.strings[int(row["exe"])],
            root=root or int(row["pid"]),
            time=int(row["time"]),
            memory=memory,
            host=not contained,
        )
        self._wait((subject.id, path, suspect.pid if memory else 0), suspect, subject)

    def _wait(self, key: tuple[str, str, int], suspect: Suspect, subject: Subject) -> None:
        with self._lock:
            if self._waiting.pop(key, None) is None and len(self._waiting) >= MOST_WAITING:
                self.skipped += 1
                return
            self._waiting[key] = (suspect, subject)

    def run(self, stop: threading.Event) -> None:
        """Looks at what waits, until `stop` is set."""
        while not stop.wait(PAUSE_SECONDS):
            self.step()

    def step(self) -> int:
        """Looks at what has settled; how many files that were."""
        ready = self._ready(self._clock.now())
        if not ready:
            return 0
        batch: list[tuple[Payload, Subject]] = []
        size = 0
        for suspect, subject in ready:
            payload = self._payloads.read(suspect, MOST_BYTES)
            if not payload.data:
                continue
            batch.append((payload, subject))
            size += len(payload.data)
            if size > MOST_TOGETHER:
                self._look(batch)
                batch, size = [], 0
        if batch:
            self._look(batch)
        return len(ready)

    def _ready(self, now: int) -> list[tuple[Suspect, Subject]]:
        """What was not touched lately. Programs in memory and those that run are taken at once: they may be gone soon."""
        while self._minute and self._minute[0] < now - A_MINUTE_NS:
            self._minute.popleft()
        taken: list[tuple[Suspect, Subject]] = []
        with self._lock:
            for key, (suspect, subject) in tuple(self._waiting.items()):
                if not suspect.memory and now - suspect.time < SETTLE_NS:
                    continue
                del self._waiting[key]
                if len(self._minute) >= MOST_A_MINUTE:
                    self.skipped += 1
                    continue
                self._minute.append(now)
                taken.append((suspect, subject))
        return taken

    def _look(self, batch: Sequence[tuple[Payload, Subject]]) -> None:
        digests = [payload.digest or hashlib.sha256(payload.data).hexdigest() for payload, _ in batch]
        # Kept apart: remembering new answers may push old ones out, and rules that have changed forget them all.
        known = {d: self._answers[d] for d in digests if d in self._answers}
        fresh = {d: p.data for d, (p, _) in zip(digests, batch, strict=True) if d not in known}
        try:
            answers = self._inspect(list(fresh.values())) if fresh else ()
        except SandboxError:
            # One of them broke the rule engine: it must not hide the others.
            answers = [self._alone(data) for data in fresh.values()]
        for digest, answer in zip(fresh, answers, strict=True):
            known[digest] = answer
            self._remember(digest, answer)
        self.looked += len(batch)
        found = []
        for digest, (payload, subject) in zip(digests, batch, strict=True):
            inspected = inspected_of(known[digest], payload)
            if inspected.matches or inspected.unfinished:
                found.append((inspected, subject))
        if found:
            self._tell(Observed(events_of(found)))

    def _alone(self, data: bytes) -> bytes:
        try:
            return self._inspect([data])[0]
        except SandboxError as error:
            return answer_of(Inspected(suspect=NOBODY, digest="", size=0, unfinished=error.what))

    def _remember(self, digest: str, answer: bytes) -> None:
        self._answers[digest] = answer
        if len(self._answers) > MOST_REMEMBERED:
            self._answers.popitem(last=False)

    def forget(self) -> None:
        """The rules have changed: what was looked at is looked at again."""
        self._answers.clear()


UNFINISHED = "unfinished"  # in place of a rule
NOBODY = Suspect(path="", subject="", process=0, pid=0, root=0, time=0)
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Inspected)


def answer_of(inspected: Inspected) -> bytes:
    """As an inspector gives it."""
    return _encode(inspected)


def inspected_of(answer: bytes, payload: Payload) -> Inspected:
    """The answer, about this payload."""
    told = _decoder.decode(answer)
    return msgspec.structs.replace(told, suspect=payload.suspect, digest=payload.digest, size=payload.size)


def _script_of(exe: str, args: str) -> str:
    """The script that an interpreter was given on its command line, if it lies at an absolute path."""
    if not _INTERPRETED.search(exe):
        return ""
    for argument in args.split("\0")[1:4]:
        if argument.startswith("-"):
            if "c" in argument or "e" in argument:
                return ""
            continue
        return argument if argument.startswith("/") else ""
    return ""


def events_of(found: Iterable[tuple[Inspected, Subject]]) -> tuple[Event, ...]:
    """One CONTENT event for each match (for an unfinished look one without a rule): argv = digest, severity, techniques,
    title, source, then the matched pieces."""
    made: list[Event] = []
    for inspected, subject in found:
        for match in inspected.matches:
            about = (inspected.digest, match.severity.name.lower(), " ".join(match.techniques), match.title, match.source)
            made.append(_event(inspected, subject, match.rule, (*about, *match.found)))
        if inspected.unfinished:
            made.append(_event(inspected, subject, UNFINISHED, (inspected.digest, "", "", inspected.unfinished, "")))
    return tuple(made)


def _event(inspected: Inspected, subject: Subject, rule: str, words: tuple[str, ...]) -> Event:
    suspect = inspected.suspect
    return Event(
        kind=EventKind.CONTENT,
        subject=subject,
        time=suspect.time,
        process=suspect.process,
        parent=suspect.parent,
        pid=suspect.pid,
        uid=suspect.uid,
        text=suspect.path,
        raw=rule,
        argv=tuple(word.replace("\0", " ") for word in words),
        arg0=inspected.size,
        flags=EventFlag.MEMORY_BACKED if suspect.memory else EventFlag(0),
        exe=suspect.exe,
    )
