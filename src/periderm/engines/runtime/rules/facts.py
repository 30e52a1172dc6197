"""The facts that runtime rules ask, made out of an event and its context one by one, when a condition asks for them: what no
rule reads costs nothing. Judges nothing.

What stands in the event's own row (path, arguments and program of an exec, the acting program of everything else) is taken
from there and not from the process table, so that what the prefilter sees in a row is what the condition sees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context
from periderm.engines.runtime.process import Process, ProcessTable
from periderm.model.asset import Container
from periderm.model.event import Event, EventFlag, EventKind, Origin
from periderm.model.event_facts import FAMILIES, WORDS, EventFacts
from periderm.model.text import encodable

NETWORK = frozenset(
    (EventKind.CONNECT, EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN, EventKind.DUP, EventKind.DNS, EventKind.SOCKET)
)
WITH_MODE = {EventKind.CHMOD: "arg0", EventKind.MKDIR: "arg0", EventKind.OPEN: "arg1"}
WITH_TARGET = frozenset((EventKind.PTRACE, EventKind.PROCESS_VM, EventKind.SIGNAL))
O_CREAT = 0o100  # asm-generic/fcntl.h
_TRANSPORTS = {1: "tcp", 2: "udp", 3: "raw"}  # SOCK_STREAM, SOCK_DGRAM, SOCK_RAW
_SOCK_TYPE = 0xF
# linux/capability.h, in the order of the bits
CAPABILITIES = tuple(
    f"CAP_{name}"
    for name in """
    CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST
    NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE
    SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG
    WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)


class Facts:
    """The facts of one event by the names of `model.event_facts.EventFacts`; each is made once, when it is asked for."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def __getattr__(self, name: str) -> Any:
        maker = MAKERS.get(name)
        if maker is None:
            raise AttributeError(name)
        value = self.__dict__[name] = maker(self)
        return value


def whole(facts: Facts) -> EventFacts:
    """All facts at once, for what prints or keeps them."""
    return EventFacts(**{name: getattr(facts, name) for name in EventFacts.__struct_fields__})


def of_event(event: Event) -> Facts:
    """The facts of an event of which no more is known than itself, as it is read back from history: nothing of its
    ancestors, and of its process what the row says."""
    executed = event.kind is EventKind.EXEC
    process = Process(
        key=event.process,
        parent=event.parent,
        pid=event.pid,
        subject=event.subject.id,
        exe=encodable(event.text or event.exe if executed else event.exe),
        args=encodable("\0".join(event.argv)) if executed else "",
        uid=event.uid,
        tty=event.has(EventFlag.TTY),
        how="" if isinstance(event.subject, Container) else "host",
    )
    return Facts(Context(event, process, ProcessTable(), None))


def capabilities(bits: int) -> tuple[str, ...]:
    """Names of capability bits; () for what is unknown (-1)."""
    return tuple(name for bit, name in enumerate(CAPABILITIES) if bits >> bit & 1) if bits > 0 else ()


def image_name(reference: str) -> tuple[str, str]:
    """An image reference as its repository and its tag ('' if it has none): 'localhost:5000/shop:1' is
    ('localhost:5000/shop', '1')."""
    bare = reference.partition("@")[0]
    name, colon, tag = bare.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (bare, "")


def _event(name: str) -> Callable[[Facts], Any]:
    return lambda facts: getattr(facts.context.event, name)


def _flag(flag: EventFlag) -> Callable[[Facts], bool]:
    return lambda facts: bool(facts.context.event.flags & flag)


def _process(name: str) -> Callable[[Facts], Any]:
    return lambda facts: getattr(facts.context.process, name)


def _context(name: str) -> Callable[[Facts], Any]:
    return lambda facts: getattr(facts.context, name)


def _container(name: str, otherwise: Any = "") -> Callable[[Facts], Any]:
    def fact(facts: Facts) -> Any:
        subject = facts.context.event.subject
        return getattr(subject, name) if isinstance(subject, Container) else otherwise

    return fact


def _exe(facts: Facts) -> str:
    event = facts.context.event
    return (event.text or event.exe) if event.kind is EventKind.EXEC else event.exe


def _argv(facts: Facts) -> tuple[str, ...]:
    context = facts.context
    if context.event.kind is EventKind.EXEC:
        return context.event.argv
    return context.process.argv if context.process.exe == encodable(facts.exe) else ()


def _command(facts: Facts) -> programs.Command:
    return programs.command(facts.exe, facts.argv)


def _readings(facts: Facts) -> tuple[str, ...]:
    context = facts.context
    return (facts.line, *context.readings[1:]) if facts.argv else (facts.line,)


def _script(facts: Facts) -> str:
    context = facts.context
    if context.event.kind is EventKind.EXEC and context.event.has(EventFlag.SCRIPT):
        return context.event.raw
    if context.process.script:
        return context.process.script
    what = facts.command
    return programs.script(what) if programs.is_shell(what) or programs.interpreter(what.name) else ""


def _tty(facts: Facts) -> bool:
    context = facts.context
    return context.event.has(EventFlag.TTY) if context.event.kind is EventKind.EXEC else context.process.tty


def _named(process: Process | None) -> str:
    return programs.command(process.exe, process.argv).name if process is not None else ""


def _said(process: Process | None) -> str:
    if process is None:
        return ""
    what = programs.command(process.exe, process.argv)
    return " ".join((what.name, *what.arguments))


def _server(facts: Facts) -> str:
    found = facts.context.server
    return (programs.server(found.exe, found.argv) or _named(found)) if found is not None else ""


def _open(what: int) -> Callable[[Facts], bool]:
    """Whether a file was opened in one of three ways: 0 read, 1 write, 2 create."""

    def fact(facts: Facts) -> bool:
        context = facts.context
        if context.event.kind is not EventKind.OPEN:
            return False
        return (context.reads, context.writes, bool(context.event.arg0 & O_CREAT))[what]

    return fact


def _mode(facts: Facts) -> int:
    column = WITH_MODE.get(facts.context.event.kind)
    return getattr(facts.context.event, column) & 0o7777 if column else 0


def _makes(bits: int) -> Callable[[Facts], bool]:
    """Whether a file gets any of these mode bits: by chmod, or by being created so."""

    def fact(facts: Facts) -> bool:
        changed = facts.context.event.kind is EventKind.CHMOD or facts.creates
        return changed and bool(facts.mode & bits)

    return fact


def _transport(facts: Facts) -> str:
    event = facts.context.event
    if event.kind is EventKind.CONNECT:
        return _TRANSPORTS.get(event.arg0 & _SOCK_TYPE, "") if event.family in (2, 10) else ""
    if event.kind is EventKind.SOCKET:
        return _TRANSPORTS.get(event.arg1 & _SOCK_TYPE, "") if event.arg0 in (2, 10) else ""
    if event.kind is EventKind.DNS:
        return "udp"
    return "tcp" if event.kind in (EventKind.ACCEPT, EventKind.LISTEN) and event.family in (2, 10) else ""


def _caps(facts: Facts) -> tuple[str, ...]:
    event = facts.context.event
    executed = event.kind is EventKind.EXEC and not event.has(EventFlag.FROM_PROC)
    return capabilities(event.arg0 if executed else facts.context.process.caps)


def _package_manager(facts: Facts) -> str:
    return _named(facts.context.package_manager)


def _seconds(facts: Facts) -> float:
    seconds = facts.context.seconds
    return -1.0 if seconds is None else seconds


def _of_image(part: int) -> Callable[[Facts], str]:
    return lambda facts: image_name(facts.image)[part]


def _acted(facts: Facts) -> str:
    event = facts.context.event
    return event.text if event.kind in NETWORK else ""


MAKERS: dict[str, Callable[[Facts], Any]] = {
    "command": _command,
    "kind": lambda facts: WORDS.get(facts.context.event.kind, ""),
    "path": _event("text"),
    "file": lambda facts: programs.base(facts.path),
    "folder": lambda facts: facts.path.rpartition("/")[0],
    "raw": _event("raw"),
    "address": _acted,
    "port": _event("port"),
    "peer_port": lambda facts: facts.context.event.arg1 if facts.context.event.kind is EventKind.ACCEPT else 0,
    "family": lambda facts: FAMILIES.get(facts.context.event.family, ""),
    "transport": _transport,
    "writes": _open(1),
    "reads": _open(0),
    "creates": _open(2),
    "mode": _mode,
    "makes_executable": _makes(0o111),
    "makes_setuid": _makes(0o6000),
    "number": _event("arg0"),
    "target": lambda facts: facts.context.event.arg1 if facts.context.event.kind in WITH_TARGET else 0,
    "result": _event("ret"),
    "count": _event("count"),
    "filesystem": lambda facts: "".join(facts.context.event.argv[:1]) if facts.context.event.kind is EventKind.MOUNT else "",
    "exe": _exe,
    "name": lambda facts: facts.command.name,
    "comm": _event("comm"),
    "argv": _argv,
    "args": lambda facts: facts.command.arguments,
    "line": lambda facts: " ".join(facts.argv),
    "cmdline": lambda facts: " ".join((facts.command.name, *facts.command.arguments)),
    "readings": _readings,
    "script": _script,
    "pid": _event("pid"),
    "user": _event("uid"),
    "group": _event("gid"),
    "born_user": _process("born_uid"),
    "caps": _caps,
    "variables": _process("variables"),
    "tty": _tty,
    "how": _process("how"),
    "interactive": _context("interactive"),
    "session": _process("session"),
    "drifted": _process("drifted"),
    "foreign": _process("foreign"),
    "copied_shell": _process("copied_shell"),
    "system_program": _context("system_program"),
    "package": _process("package"),
    "package_manager": _package_manager,
    "listening": _process("listening"),
    "server": _server,
    "server_shell": _context("server_shell"),
    "feeder": lambda facts: _named(facts.context.feeder),
    "fed": lambda facts: _named(facts.context.fed),
    "parent": lambda facts: _named(facts.context.parent),
    "parent_exe": lambda facts: facts.context.parent.exe if facts.context.parent is not None else "",
    "parent_cmdline": lambda facts: _said(facts.context.parent),
    "ancestors": lambda facts: tuple(map(_named, facts.context.ancestors)),
    "ancestor_exes": lambda facts: tuple(process.exe for process in facts.context.ancestors),
    "contained": _context("contained"),
    "container": _container("name"),
    "container_id": _container("container_id"),
    "image": _container("image_name"),
    "repository": _of_image(0),
    "tag": _of_image(1),
    "digest": _container("image_digest"),
    "labels": lambda facts: facts.context.event.subject.labels,
    "privileged": _container("privileged", otherwise=False),
    "entrypoint": _container("command", otherwise=()),
    "mounts": _container("mounts", otherwise=()),
    "runtime": _container("runtime"),
    "workload": _container("workload_id"),
    "host": lambda facts: "" if facts.context.contained else facts.context.event.subject.name,
    "seconds": _seconds,
    "starting": _context("starting"),
    "building": _context("building"),
    "failed": _context("failed"),
    "absent": _context("absent"),
    "upper": _flag(EventFlag.UPPER),
    "memory_backed": _flag(EventFlag.MEMORY_BACKED),
    "setuid_file": _flag(EventFlag.SETUID_FILE),
    "stdio_socket": _flag(EventFlag.STDIO_SOCKET),
    "came_in": _flag(EventFlag.FOREIGN),
    "killed": _flag(EventFlag.KILLED),
    "refused": _flag(EventFlag.REFUSED),
    "compat32": lambda facts: facts.context.event.origin is Origin.COMPAT32,
    "io_uring": lambda facts: facts.context.event.origin is Origin.IO_URING,
}
