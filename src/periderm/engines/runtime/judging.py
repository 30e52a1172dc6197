"""What a detector is made of: what it wants to see, what it is told with it, and what it answers.

Detectors are pure functions of `Context`; the only state is the process table that the engine keeps.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from functools import cached_property

from periderm.engines.runtime import decoding, programs
from periderm.engines.runtime.facts import ImageFacts
from periderm.engines.runtime.needs import Need
from periderm.engines.runtime.process import Process, ProcessTable
from periderm.engines.runtime.scene import Scene
from periderm.engines.runtime.tallies import Tallies
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec
from periderm.model.event import Event, EventFlag, EventKind, Subject
from periderm.model.severity import Severity
from periderm.model.text import Text

NO_FLAGS = EventFlag(0)
STARTING_SECONDS = 60.0
EINPROGRESS = -115  # a connect that does not wait has not failed
GENERATIONS = 8
ACCESS_MODE = 3  # O_ACCMODE of open(2)
O_PATH = 0o10000000
BUILD_LABEL = "periderm.image-build"  # set by the runtimes' adapters on containers that are steps of a build
_ROOTS = frozenset({"sshd", "login", "cron", "crond", "atd", "systemd", "su", "sudo", "tmux: server", "screen", "init"})


class Where(enum.Enum):
    """For which subjects a detector wants rows."""

    ANYWHERE = 3
    CONTAINER = 2
    NODE = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Rows of these kinds for which any of the conditions holds; without a condition, all rows of these kinds.

    text, args, exe: regular expressions (Hyperscan's dialect, case counts unless `(?i)`), searched in the row's `text`
    or `raw`, in argv joined by NUL, in the acting executable; flags: any of EventFlag; arg0: any of these bits; ports;
    drifted, copied_shell: an exec of a file that the image did not bring, or that is a copy of a shell; with another kind,
    `drifted` is a row by a program that the image did not bring;
    secrets: a path in which the image scan found a secret. A match only offers the row: `judge` looks again.

    Besides, all `needs` must be met by the row; `writes` is one for its OPEN rows alone. With `actor`, rows of a process for
    which it says no are left out; it is asked once for each program that a process runs, and may look at what stays the
    same meanwhile: the executable, its arguments, its script, and what the image says of them.
    """

    kinds: tuple[EventKind, ...]
    text: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    exe: tuple[str, ...] = ()
    flags: EventFlag = NO_FLAGS
    arg0: int = 0
    ports: frozenset[int] = frozenset()
    drifted: bool = False
    copied_shell: bool = False
    secrets: bool = False
    where: Where = Where.ANYWHERE
    writes: bool = False
    needs: tuple[Need, ...] = ()
    actor: Callable[[Process], bool] | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The detector fires. `object` is what was acted on, part of the alert's identity; `fill` goes into the message;
    `severity` and `techniques` replace the specification's where given."""

    object: str
    severity: Severity | None = None
    fill: dict[str, str | Text] = dataclasses.field(default_factory=dict)
    evidence: dict[str, str] = dataclasses.field(default_factory=dict)
    techniques: tuple[str, ...] = ()


class Context:
    """One event with all that is known around it. Made for one judgement and then forgotten."""

    def __init__(
        self,
        event: Event,
        process: Process,
        table: ProcessTable,
        facts: ImageFacts | None,
        tallies: Tallies | None = None,
    ) -> None:
        self.event = event
        self.process = process
        self.facts = facts
        self._table = table
        self._tallies = Tallies() if tallies is None else tallies

    @property
    def subject(self) -> Subject:
        """The container, or the node for the plain host."""
        return self.event.subject

    @property
    def contained(self) -> bool:
        """Whether this happens in a container."""
        return isinstance(self.event.subject, Container)

    @cached_property
    def command(self) -> programs.Command:
        """What the acting process really runs."""
        return programs.command(self.process.exe, self.process.argv)

    @cached_property
    def lineage(self) -> tuple[Process, ...]:
        """The acting process, its parent, and so on up to the subject's first process."""
        return self._table.lineage(self.process, self.event.subject)

    @property
    def ancestors(self) -> tuple[Process, ...]:
        """The lineage without the acting process."""
        return self.lineage[1:]

    @property
    def parent(self) -> Process | None:
        """The parent, also where it belongs to another subject."""
        return self._table.get(self.process.parent)

    @property
    def seconds(self) -> float | None:
        """Since the container started; None where that is not known, and on the host."""
        subject = self.event.subject
        if not isinstance(subject, Container) or not subject.started:
            return None
        return (self.event.time - subject.started) / 1e9

    @property
    def starting(self) -> bool:
        """The container's own first program is still setting things up, and no server has been started above."""
        seconds = self.seconds
        if self.login is not None or self.process.how != "entrypoint" or seconds is None or seconds > STARTING_SECONDS:
            return False
        return self.server is None

    @cached_property
    def server(self) -> Process | None:
        """The nearest network server that the acting process descends from (within a few generations), or was."""
        acting = self.process
        if acting.previous and (programs.server(acting.previous, ()) or acting.was_listening) and not _lets_in(acting.previous):
            return acting
        for ancestor in self.ancestors[:GENERATIONS]:
            if (ancestor.listening and not _logs_in(ancestor)) or programs.server(ancestor.exe, ancestor.argv):
                return ancestor
        return None

    @cached_property
    def login(self) -> Process | None:
        """The nearest SSH server that the acting process descends from: it starts shells because somebody logged in."""
        return next((process for process in self.ancestors if _logs_in(process)), None)

    @cached_property
    def server_shell(self) -> bool:
        """The acting process is, or descends from, a shell or a foreign program that a server started."""
        for index, process in enumerate(self.lineage[: GENERATIONS + 1]):
            what = programs.command(process.exe, process.argv)
            if programs.is_shell(what) or process.drifted:
                above = self.lineage[index + 1 : index + 1 + GENERATIONS]
                if any(self._serves(p) for p in above):
                    return True
        return False

    def _serves(self, process: Process) -> bool:
        """A network server; a language's runtime that is the first program may be a mere launcher (`npm start`)."""
        name = programs.server(process.exe, process.argv)
        if name in programs.RUNTIMES_OF_SERVERS and process is self.lineage[-1]:
            return process.listening
        return (process.listening and not _logs_in(process)) or bool(name)

    @cached_property
    def line(self) -> str:
        """The acting process's command line, arguments joined by blanks."""
        return " ".join(self.process.argv)

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """The command line as written, then what it says once quotes, `$IFS`, base64 and hex are undone."""
        return (self.line, *decoding.decoded(self.line))

    @cached_property
    def feeder(self) -> Process | None:
        """In a pipeline: the process whose output is our input (if it was started before us)."""
        return self._table.writer(self.process.stdin_pipe)

    def feeder_of(self, process: Process) -> Process | None:
        """The same for another process: further back in the pipeline."""
        return self._table.writer(process.stdin_pipe)

    @cached_property
    def fed(self) -> Process | None:
        """In a pipeline: the process whose input is our output (if it was started before us)."""
        return self._table.reader(self.process.stdout_pipe)

    def fed_of(self, process: Process) -> Process | None:
        """The same for another process: further on in the pipeline."""
        return self._table.reader(process.stdout_pipe)

    @cached_property
    def interactive(self) -> bool:
        """A person types here: a terminal, a login, or a session that was brought into the container."""
        return self.process.tty or self.process.how in ("exec", "nsenter") or (self.contained and self.login is not None)

    @cached_property
    def package_manager(self) -> Process | None:
        """The nearest process of the lineage (the acting one included) that installs packages, or None. Only system
        programs count: a file that merely calls itself `apt` is none."""
        for process in self.lineage:
            what = programs.command(process.exe, process.argv)
            if not process.drifted and (what.name in programs.PACKAGE_MANAGERS or programs.installs(what)):
                return process
        return None

    @property
    def building(self) -> bool:
        """The container is a step of an image build, not a workload."""
        subject = self.event.subject
        if isinstance(subject, Container):
            return subject.labels.get(BUILD_LABEL) == "true"
        # A step that was over before anybody could look for its container still hangs below the builder.
        return any(process.runtime and process.args.startswith("buildah-chroot-") for process in self.lineage)

    @cached_property
    def session_root(self) -> Process:
        """The oldest process of the lineage that came the same way and is not the container's or host's first one: the
        login, the exec session, the child of the server. Bursts are counted below it."""
        chain = self.lineage
        root = chain[0]
        for process in chain[1:]:
            what = programs.command(process.exe, process.argv)
            if process is chain[-1] and process.pid in (1, getattr(self.event.subject, "pid", 1)):
                break
            if process.how != chain[0].how or programs.server(process.exe, process.argv) or what.name in _ROOTS:
                break
            root = process
        return root

    def distinct(self, bucket: str, member: str, seconds: float, *, per: str = "process") -> int:
        """Counts `member` and says how many different members this bucket had within the last `seconds` of events.
        `per` is 'process', 'parent', 'session' (everything below `session_root`) or 'subject' (the container or node).
        Call it once for each event that counts: it is what a detector remembers."""
        scopes = {"process": self.process.key, "parent": self.process.parent, "session": 0, "subject": self.event.subject.id}
        scope = self.session_root.key if per == "session" else scopes[per]
        return self._tallies.add(bucket, f"{per}:{scope}", member, self.event.time, seconds)

    @property
    def failed(self) -> bool:
        """The call was refused or went wrong."""
        event = self.event
        return (event.has(EventFlag.FAILED) or event.ret < 0) and event.ret != EINPROGRESS

    @property
    def absent(self) -> bool:
        """The call went wrong because there is no such thing (ENOENT, ENOTDIR): nothing was to be had."""
        return self.failed and self.event.ret in (-2, -20)

    @property
    def system_program(self) -> bool:
        """The acting executable lies where the system's own programs lie and was not brought later. Its name can then
        be believed as far as the file system can."""
        process = self.process
        return not process.drifted and not process.flags & EventFlag.MEMORY_BACKED and process.exe.startswith(SYSTEM_FOLDERS)

    @property
    def writes(self) -> bool:
        """For OPEN: the file was opened for writing."""
        return self.event.arg0 & ACCESS_MODE in (1, 2)

    @property
    def reads(self) -> bool:
        """For OPEN: content can be read (not O_PATH, not write-only)."""
        return not self.event.arg0 & O_PATH and self.event.arg0 & ACCESS_MODE != 1


SYSTEM_FOLDERS = ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/lib/", "/lib/", "/lib64/", "/usr/lib64/", "/usr/libexec/")

Judge = Callable[[Context], Verdict | None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A specification, what it wants to see, and its judgement. `existing` tells whether it also judges processes that
    ran before the sensor came (rows FROM_PROC)."""

    spec: DetectorSpec[Scene]
    interests: tuple[Interest, ...]
    judge: Judge
    existing: bool = False


_LOGINS = frozenset({"sshd", "sshd-session", "dropbear"})


def _lets_in(exe: str) -> bool:
    return programs.base(exe) in _LOGINS and exe.startswith(SYSTEM_FOLDERS)


def _logs_in(process: Process) -> bool:
    """An SSH server, where the system's programs lie."""
    return _lets_in(process.exe) and not process.drifted and not process.flags & EventFlag.MEMORY_BACKED


def lower(severity: Severity, steps: int = 1) -> Severity:
    """A severity some steps down, but at least LOW."""
    return Severity(max(Severity.LOW, severity - steps))


def shell_interest(*, where: Where = Where.ANYWHERE, actor: Callable[[Process], bool] | None = None) -> Interest:
    """Execs that may be shells: by path, by the name called, behind a loader or an applet, or as a copy."""
    shells = programs.names(programs.SHELLS)
    return Interest(
        kinds=(EventKind.EXEC,),
        text=(rf"(^|/)({shells}|busybox[.a-z]*|toybox)$", r"(^|/)ld[-.\w]*\.so(\.[0-9]+)*$"),
        args=(rf"^-?([^\n\x00]*/)?({shells})(\x00|$)",),
        copied_shell=True,
        where=where,
        actor=actor,
    )
