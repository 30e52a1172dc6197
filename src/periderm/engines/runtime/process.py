"""A bounded table of the processes of one node, so that judgement can ask who started whom.

It only remembers. Ended processes stay for a while, since their children still name them as parent; a bomb of
processes pushes out the oldest ones and nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec

from periderm.algorithms.container_runtime import is_container_runtime
from periderm.engines.runtime import programs
from periderm.model.alert import ProcessRecord
from periderm.model.asset import Container
from periderm.model.event import EventFlag, Subject
from periderm.model.text import encodable

MOST_LIVE = 65_536
MOST_ENDED = 16_384
MOST_GENERATIONS = 32
MOST_PIPES = 4_096
MOST_ARGUMENT_CHARACTERS = 4_096
MOST_ARGUMENTS = 64
_KEPT_FLAGS = int(EventFlag.UPPER | EventFlag.MEMORY_BACKED | EventFlag.STDIO_SOCKET | EventFlag.FOREIGN)


class Process(msgspec.Struct, kw_only=True):
    """A process as the engine knows it; changed in place. `subject` is the asset id of its container or node.

    `previous` is the executable before the last exec in the same process. `runtime` marks the container runtime's own
    processes on their way into a container: they come from the host and have not yet become the container's program.
    `foreign`: the image has no such program, or it lies in the upper layer; `drifted`: and no volume explains it.
    `stdio` has bit n set if a socket was put on descriptor n, `peer` is that socket's other end ('address:port').
    `caps` are the effective capability bits at the last exec (-1 unknown), `born_caps` and `born_uid` those with which the
    process was first seen. `stdin_pipe`, `stdout_pipe` are inodes of pipes at exec. `script` is the file that began with
    `#!`. `variables` are those of the environment that change what programs load. `session`: id of an announced session.
    `silent`: bits of the prefilter that are nothing in this process; -1 until they are asked for.
    """

    key: int
    parent: int
    pid: int
    subject: str
    exe: str = ""
    args: str = ""
    uid: int = 0
    started: int = 0
    ended: int = 0
    how: str = ""
    tty: bool = False
    flags: int = 0
    previous: str = ""
    runtime: bool = False
    drifted: bool = False
    foreign: bool = False
    killed: bool = False
    package: str = ""
    copied_shell: bool = False
    listening: bool = False
    was_listening: bool = False
    stdio: int = 0
    peer: str = ""
    connected: str = ""
    caps: int = -1
    born_caps: int = -1
    born_uid: int = -1
    stdin_pipe: int = 0
    stdout_pipe: int = 0
    script: str = ""
    variables: dict[str, str] = {}
    session: str = ""
    silent: int = -1

    @property
    def argv(self) -> tuple[str, ...]:
        """The arguments, the program's name first."""
        return _words(self.args) if self.args else ()

    def record(self) -> ProcessRecord:
        """As an alert carries it: strings that any encoding takes."""
        return ProcessRecord(
            key=self.key,
            parent=self.parent,
            pid=self.pid,
            exe=encodable(self.exe),
            argv=tuple(encodable(argument) for argument in self.argv),
            user_id=self.uid,
            started=self.started,
            ended=self.ended,
            how=self.how,
            tty=self.tty,
            drifted=self.drifted,
            killed=self.killed,
            package=self.package,
        )


@functools.lru_cache(maxsize=2048)
def _words(args: str) -> tuple[str, ...]:
    """Each judgement asks for them several times, of each process above."""
    return tuple(args.split("\0")[:MOST_ARGUMENTS])


class ProcessTable:
    """Processes by key. `live` and `ended` bound it."""

    def __init__(self, live: int = MOST_LIVE, ended: int = MOST_ENDED) -> None:
        self._live: dict[int, Process] = {}
        self._ended: dict[int, Process] = {}
        self._writers: dict[int, int] = {}
        self._readers: dict[int, int] = {}
        self._most_live = live
        self._most_ended = ended
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._live) + len(self._ended)

    def get(self, key: int) -> Process | None:
        """The process, alive or ended, while it is remembered."""
        return self._live.get(key) or self._ended.get(key)

    def add(self, process: Process) -> Process:
        """Remembers a process, and forgets the oldest if there are too many."""
        self._live[process.key] = process
        if len(self._live) > self._most_live:
            self._retire(next(iter(self._live)))
        return process

    def fork(self, key: int, *, parent: int, pid: int, uid: int, subject: Subject, time: int, exe: str = "") -> Process:
        """A child that still runs its parent's program. A thread (its own parent) changes nothing."""
        known = self._live.get(key)
        if known is not None:
            return known
        above = self.get(parent) if parent != key else None
        child = Process(key=key, parent=parent, pid=pid, subject=subject.id, uid=uid, started=time, exe=encodable(exe))
        if above is not None:
            child.exe, child.args, child.tty, child.flags = above.exe, above.args, above.tty, above.flags
            child.runtime, child.package, child.drifted = above.runtime, above.package, above.drifted
            child.listening, child.stdio, child.peer = above.listening, above.stdio, above.peer
            child.copied_shell, child.foreign = above.copied_shell, above.foreign
            child.caps, child.script, child.variables = above.caps, above.script, above.variables
            child.born_caps, child.session, child.silent = above.caps, above.session, above.silent
            if above.subject == subject.id:
                child.how = above.how
        child.born_uid = uid
        if not child.how and not isinstance(subject, Container):
            child.how = "host"
        return self.add(child)

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
        args: str,
        flags: int,
        caps: int = -1,
        pipes: int = 0,
        script: str = "",
    ) -> Process:
        """A program was started in a process (exec). `caps`, `pipes` and `script` as an EXEC row has them."""
        process = self._live.get(key)
        if process is None:
            process = self.add(Process(key=key, parent=parent, pid=pid, subject=subject.id, started=time))
            above = self.get(parent)
            came_from_runtime = above is not None and above.runtime
            process.session = above.session if above is not None and above.subject == subject.id else ""
        else:
            above = self.get(process.parent)
            came_from_runtime = process.runtime
            process.previous, process.was_listening = process.exe, process.listening
        contained = isinstance(subject, Container)
        process.subject = subject.id
        process.exe, process.args, process.uid = encodable(exe), encodable(args[:MOST_ARGUMENT_CHARACTERS]), uid
        process.flags = flags & _KEPT_FLAGS
        process.tty = bool(flags & EventFlag.TTY)
        process.killed = bool(flags & EventFlag.KILLED)
        process.listening = False
        if not flags & EventFlag.STDIO_SOCKET:
            process.stdio, process.peer = 0, ""  # what was there has been put elsewhere
        process.caps, process.script, process.variables = caps, encodable(script), {}
        process.silent = -1
        if process.born_uid < 0:
            process.born_uid = uid
        if process.born_caps < 0:
            process.born_caps = caps
        self._plumb(process, pipes)
        process.runtime = is_container_runtime(
            process.exe, programs.base(process.exe), programs.CONTAINER_RUNTIMES, contained=contained, came=came_from_runtime
        )
        process.how = self._how(process, above, subject, flags, came_from_runtime)
        return process

    def _plumb(self, process: Process, pipes: int) -> None:
        """Remembers who writes into and who reads from a pipe; the latest of each counts."""
        process.stdin_pipe, process.stdout_pipe = pipes & 0xFFFFFFFF, (pipes >> 32) & 0xFFFFFFFF
        for pipe, ends in ((process.stdin_pipe, self._readers), (process.stdout_pipe, self._writers)):
            if pipe:
                ends.pop(pipe, None)
                ends[pipe] = process.key
                if len(ends) > MOST_PIPES:
                    del ends[next(iter(ends))]

    def writer(self, pipe: int) -> Process | None:
        """The process whose standard output is this pipe (its inode; 0 is none)."""
        return self.get(self._writers.get(pipe, 0)) if pipe else None

    def reader(self, pipe: int) -> Process | None:
        """The process whose standard input is this pipe."""
        return self.get(self._readers.get(pipe, 0)) if pipe else None

    def _how(self, process: Process, above: Process | None, subject: Subject, flags: int, came: bool) -> str:
        if not isinstance(subject, Container):
            return "host"
        if flags & EventFlag.FOREIGN and not process.runtime:
            return "nsenter"
        if flags & EventFlag.EXEC_SESSION:
            return "exec"
        if subject.pid and process.pid == subject.pid:
            return "entrypoint"
        if above is not None and above.subject == subject.id:
            return above.how or process.how
        # What the runtime brings later is not the container's first process.
        return "exec" if came and subject.pid else process.how.replace("host", "")

    def rehome(self, process: Process, subject: Container, flags: int) -> None:
        """A process acts in a container that was not known yet when it started: it was the container's all along."""
        above = self.get(process.parent)
        if above is not None and above.subject != subject.id and subject.pid and above.pid == subject.pid:
            above.subject, above.how = subject.id, "entrypoint"
        process.subject = subject.id
        process.how = self._how(process, above, subject, flags, came=above is not None and above.runtime)

    def end(self, key: int, time: int) -> Process | None:
        """The process ended; it is remembered among the ended ones."""
        process = self._live.get(key)
        if process is None:
            return None
        process.ended = time
        self._retire(key)
        return process

    def _retire(self, key: int) -> None:
        self._ended[key] = self._live.pop(key)
        if len(self._ended) > self._most_ended:
            del self._ended[next(iter(self._ended))]
            self.forgotten += 1

    def lineage(self, process: Process, subject: Subject) -> tuple[Process, ...]:
        """From the process up to the subject's first one, at most MOST_GENERATIONS; loops end it. A first process that was
        seen before its container was known still counts as the container's."""
        first = subject.pid if isinstance(subject, Container) else 1
        chain = [process]
        seen = {process.key}
        while len(chain) < MOST_GENERATIONS and chain[-1].pid != first:
            above = self.get(chain[-1].parent)
            if above is None or above.key in seen:
                break
            if above.subject != process.subject and above.pid != first:
                break
            chain.append(above)
            seen.add(above.key)
        return tuple(chain)

    def unsilence(self) -> None:
        """What is nothing in a process is asked again: the prefilter's bits have other meanings now."""
        for process in (*self._live.values(), *self._ended.values()):
            process.silent = -1

    def dump(self) -> tuple[list[Process], list[Process], int]:
        """All that is remembered, oldest first: alive, ended, and how many were forgotten. What is only remembered for speed
        is not told."""
        self.unsilence()
        return list(self._live.values()), list(self._ended.values()), self.forgotten

    def load(self, live: Iterable[Process], ended: Iterable[Process], forgotten: int) -> None:
        """Replaces what is remembered."""
        self._live = {process.key: process for process in live}
        self._ended = {process.key: process for process in ended}
        self.unsilence()
        known = (*self._ended.values(), *self._live.values())
        self._writers = {process.stdout_pipe: process.key for process in known if process.stdout_pipe}
        self._readers = {process.stdin_pipe: process.key for process in known if process.stdin_pipe}
        self.forgotten = forgotten
