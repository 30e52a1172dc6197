"""The process that answers: it alone holds the fanotify groups, so that its death lets everybody pass. It opens nothing
that it guards, and keeps a clock that the watchdog reads."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import re
import select
import socket
import struct
import time
from collections.abc import Sequence

from periderm.adapters.gate_fanotify import calls
from periderm.adapters.gate_fanotify.deciding import decide
from periderm.adapters.gate_fanotify.messages import Message, Problem, Program, Reader, Refused, send
from periderm.formats.mountinfo import parse_mountinfo
from periderm.model.errors import FormatError
from periderm.model.event import EventKind
from periderm.ports.guard import GuardPolicy, Refusal

BEAT_SECONDS = 0.1
MOST_TOLD = 1000  # refusals in one message
CLOCK_BYTES = 16


def set_clock(page: mmap.mmap, *, busy: bool) -> None:
    """Says that the handler goes round, and since when it works at one answer (0: it waits)."""
    now = time.monotonic_ns()
    struct.pack_into("<QQ", page, 0, now, now if busy else 0)


class _Group:
    """One container: a group of its own, so that a question needs no search."""

    def __init__(self, policy: GuardPolicy) -> None:
        self.policy = policy
        self.lowers = lowers_of(policy.pid, policy.overlay_upper)
        if policy.drift and not (policy.overlay_upper and self.lowers):
            raise OSError(errno.ENOENT, "its image's layers are out of reach")
        self.descriptor = calls.open_group()
        try:
            root = f"/proc/{policy.pid}/root"
            if policy.drift or policy.memory or policy.exec_inodes:
                calls.mark(self.descriptor, calls.MARK_FILESYSTEM, calls.OPEN_EXEC_PERM, root)
        except OSError:
            os.close(self.descriptor)
            raise


def lowers_of(pid: int, upper: str) -> tuple[str, ...]:
    """The image's layers of a container's root, the upmost first; empty where it is no overlay or one cannot be looked into.
    A runtime with many layers mounts them by names relative to the folder that holds them all."""
    try:
        with open(f"/proc/{pid}/mountinfo", "rb") as file:
            mounts = parse_mountinfo(file.read(1 << 20))
    except (OSError, FormatError):
        return ()
    root = next((m for m in reversed(mounts) if m.point == "/" and m.type == "overlay"), None)
    found: list[str] = []
    for option in root.options.split(",") if root is not None else ():
        name, _, value = option.partition("=")
        if name in ("lowerdir", "lowerdir+"):
            found += [part for part in re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), value).split(":") if part]
    base = os.path.dirname(os.path.dirname(upper))
    layers = tuple(os.path.join(base, each) for each in found)
    return layers if all(os.path.isdir(each) for each in layers) else ()


class Handler:
    """`told` goes to the watchdog; `page` is the clock that it reads."""

    def __init__(self, stream: socket.socket, page: mmap.mmap) -> None:
        self._stream = stream
        self._reader = Reader(stream)
        self._page = page
        self._groups: dict[int, _Group] = {}
        self._own: frozenset[int] = frozenset()

    def run(self) -> None:
        """Until the stream ends."""
        with contextlib.suppress(EOFError, BrokenPipeError):
            while True:
                set_clock(self._page, busy=False)
                waiting = select.poll()
                for descriptor in (self._stream.fileno(), *self._groups):
                    waiting.register(descriptor, select.POLLIN)
                for descriptor, _ in waiting.poll(BEAT_SECONDS * 1000):
                    set_clock(self._page, busy=True)
                    if descriptor == self._stream.fileno():
                        self._take()
                    elif descriptor in self._groups:
                        self._answer_all(self._groups[descriptor])

    def _take(self) -> None:
        for message in self._reader.take():
            if isinstance(message, Program):
                self._own = frozenset((*message.own, os.getpid(), os.getppid()))
                self._program(message.policies)

    def _program(self, policies: Sequence[GuardPolicy]) -> None:
        """New groups stand before old ones go, so that nothing slips through in between."""
        old = dict(self._groups)
        fresh: dict[int, _Group] = {}
        for policy in policies:
            kept = next((g for g in old.values() if g.policy == policy), None)
            if kept is not None:
                fresh[kept.descriptor] = kept
                continue
            try:
                group = _Group(policy)
                fresh[group.descriptor] = group
                self._mark_files(group)
            except OSError as error:
                self._say(f"Container {policy.subject_id} is not guarded by fanotify: {error.strerror}.")
            set_clock(self._page, busy=True)
        self._groups = fresh
        for descriptor in old.keys() - fresh.keys():
            os.close(descriptor)

    def _mark_files(self, group: _Group) -> None:
        """Listed files are asked for at every open, wherever they are linked."""
        wanted = {*group.policy.open_inodes, *group.policy.exec_inodes}
        for path in group.policy.paths:
            place = f"/proc/{group.policy.pid}/root{path}"
            with contextlib.suppress(OSError):
                found = os.stat(place)
                if (found.st_dev, found.st_ino) in wanted:
                    both = calls.OPEN_PERM | calls.OPEN_EXEC_PERM
                    only = (found.st_dev, found.st_ino) in group.policy.open_inodes
                    calls.mark(group.descriptor, calls.MARK_INODE, both if only else calls.OPEN_EXEC_PERM, place)

    def _answer_all(self, group: _Group) -> None:
        told: list[Refusal] = []
        for asked in calls.read(group.descriptor):
            allow = True
            set_clock(self._page, busy=True)
            try:
                if asked.pid not in self._own:
                    verdict = decide(asked, group.policy, group.lowers)
                    allow = not (verdict.cause and group.policy.enforce)
                    if verdict.cause and len(told) < MOST_TOLD:
                        told.append(
                            Refusal(
                                kind=EventKind.OPEN if verdict.cause == "open" else EventKind.EXEC,
                                subject_id=group.policy.subject_id,
                                time=time.time_ns(),
                                pid=asked.pid,
                                cause=verdict.cause,
                                refused=not allow,
                                path=verdict.path,
                                device=verdict.device,
                                inode=verdict.inode,
                            )
                        )
            except OSError as error:
                self._say(f"A file of container {group.policy.subject_id} could not be judged: {error.strerror}.")
            finally:
                with contextlib.suppress(OSError):
                    calls.answer(group.descriptor, asked.descriptor, allow=allow)
                os.close(asked.descriptor)
        if told:
            self._send(Refused(tuple(told)))

    def _say(self, text: str) -> None:
        self._send(Problem(text))

    def _send(self, message: Message) -> None:
        """The watchdog reads all the time; should it not, answers go before words."""
        try:
            send(self._stream, message, 0.2)
        except TimeoutError as error:
            raise EOFError from error
