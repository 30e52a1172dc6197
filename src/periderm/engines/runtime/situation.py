"""In which situation a process acts: an intruder's, a person's session, a build, the container's own start or its service.

Detectors grade by it: the same program is an attack below a server and routine in a build. It judges no behaviour itself.
"""

from __future__ import annotations

import enum
import re

from periderm.engines.runtime import decoding, programs
from periderm.engines.runtime.judging import GENERATIONS, Context, Interest, Where
from periderm.engines.runtime.process import Process
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


def words(text: str) -> frozenset[str]:
    """The words of a text: how lists of program names are written."""
    return frozenset(text.split())


WRITABLE = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/", "/dev/mqueue/")  # noqa: S108 -- compared with, not written
_SYSTEM_MANAGERS = frozenset(
    {"apt", "apt-get", "aptitude", "dpkg", "unattended-upgrade", "unattended-upgrades", "yum", "dnf", "dnf5", "microdnf",
     "tdnf", "rpm", "zypper", "apk", "pacman", "emerge", "xbps-install", "opkg"}
)  # fmt: skip
_INSTALLING = words(
    """
    install i ci add update upgrade sync require wheel rebuild download get clean-install dlx reinstall develop restore fetch
    """
)


class Situation(enum.Enum):
    """From the worst to the most ordinary."""

    INTRUDER = "intruder"  # below a server's shell, or below a program that the image did not bring
    BUILD = "build"  # a step of an image build, or below a package manager that installs
    SESSION = "session"  # a person or a tool came into the container: exec, nsenter, a terminal
    START = "start"  # the container's first minute
    OWN = "own"  # the container's own work
    HOST = "host"  # the plain host


def stranger(process: Process) -> bool:
    """A program that the image did not bring, that has no file, or that lies where everybody may write."""
    if process.drifted or process.flags & EventFlag.MEMORY_BACKED:
        return not process.runtime
    return process.exe.startswith((*WRITABLE, "/memfd:"))


def may_be_told(process: Process) -> bool:
    """For interests in command lines: no for a shell or an interpreter that the image brought and that runs a script."""
    return process.copied_shell or stranger(process) or not programs.runs_file(process.exe, process.argv)


def script_of(process: Process) -> str:
    """The script that a shell or an interpreter was given, '' for none."""
    what = programs.command(process.exe, process.argv)
    if process.script:
        return process.script
    return programs.script(what) if programs.is_shell(what) or programs.interpreter(what.name) else ""


def installing(context: Context) -> Process | None:
    """The nearest process of the lineage that installs packages now (`npm start` and `pip list` do not), or None."""
    for process in context.lineage:
        what = programs.command(process.exe, process.argv)
        if process.drifted:
            continue
        if what.name in _SYSTEM_MANAGERS:
            return process
        if (
            programs.interpreter(what.name)
            and what.arguments[:1] == ("-m",)
            and what.arguments[1:2] in (("venv",), ("ensurepip",))
        ):
            return process
        if (what.name in programs.PACKAGE_MANAGERS or programs.installs(what)) and _INSTALLING.intersection(what.arguments[:5]):
            return process
        if programs.interpreter(what.name) and "setup.py" in {programs.base(a) for a in what.arguments[:3]}:
            return process
    return None


def situation(context: Context) -> Situation:
    """Where the acting process stands."""
    if context.server_shell or (context.contained and any(stranger(p) for p in context.lineage[: GENERATIONS + 1])):
        return Situation.INTRUDER
    if context.building or installing(context) is not None:
        return Situation.BUILD
    if not context.contained:
        return Situation.HOST
    if context.interactive:
        return Situation.SESSION
    return Situation.START if context.starting else Situation.OWN


def graded(
    context: Context,
    *,
    intruder: Severity | None = Severity.HIGH,
    session: Severity | None = Severity.MEDIUM,
    own: Severity | None = Severity.LOW,
    start: Severity | None = None,
    build: Severity | None = None,
    host: Severity | None = None,
) -> Severity | None:
    """The severity for the situation; None is quiet."""
    return {
        Situation.INTRUDER: intruder,
        Situation.SESSION: session,
        Situation.OWN: own,
        Situation.START: start,
        Situation.BUILD: build,
        Situation.HOST: host,
    }[situation(context)]


def from_runtime(process: Process) -> bool:
    """A container runtime's own process on its way into the container, also one that was seen only after its start."""
    return process.runtime or (not process.args and programs.base(process.exe) in programs.CONTAINER_RUNTIMES)


def first(context: Context) -> bool:
    """The acting process is what the container was started for: its first program, or started by its start script."""
    above = context.ancestors
    return context.process.how == "entrypoint" and all(
        programs.is_shell(programs.command(p.exe, p.argv)) or programs.base(p.exe) in _INITS
        for p in above
        if not from_runtime(p)
    )


_INITS = frozenset(
    {"tini", "dumb-init", "s6-svscan", "s6-supervise", "s6-overlay-suexec", "supervisord", "catatonit", "docker-init", "init",
     "podman-init", "runsvdir", "runsv", "gosu", "su-exec", "systemd"}
)  # fmt: skip


def called(context: Context) -> tuple[str, ...]:
    """The names of the acting program in small letters: the file's, the one it was called by, and for a stranger its first
    argument, since a renamed busybox is told there what to be."""
    what = context.command
    names = (what.name.lower(), programs.base(what.called.lstrip("-")).lower())
    return (*names, what.arguments[0].lower()) if what.arguments and stranger(context.process) else names


def burst_scope(context: Context) -> str:
    """Over what a burst is counted (`per` of Context.distinct): commands below a server, and those of a loop in the container's
    own script, are a session of their own each and belong together all the same."""
    if context.server_shell:
        return "subject"
    parent = context.parent
    alone = context.session_root is context.process and parent is not None and parent.subject == context.process.subject
    if alone and parent is not None:
        what = programs.command(parent.exe, parent.argv)
        if programs.is_shell(what) or programs.interpreter(what.name):
            return "parent"
    return "session"


def named(context: Context, words: frozenset[str]) -> str:
    """By which of these names the program goes, or ''."""
    return next((name for name in called(context) if name in words), "")


_CODE_OPTION = re.compile(r"-[a-zA-Z]*[cerE]|-p|--eval|--print|--command")
_AWKS = words("awk gawk mawk nawk")


def code_of(context: Context) -> str:
    """The argument that a shell or an interpreter is given as code, '' for none. What follows it is data."""
    what = context.command
    arguments = what.arguments
    if what.name in _AWKS:
        return next((a for a in arguments if not a.startswith("-")), "")
    for index, argument in enumerate(arguments[:12]):
        if _CODE_OPTION.fullmatch(argument):
            return arguments[index + 1] if index + 1 < len(arguments) else ""
        if argument.startswith(("--eval=", "--command=")):
            return argument.partition("=")[2]
        if argument.startswith(("-c", "-e", "-r")) and len(argument) > 8:
            return argument[2:]
        if not argument.startswith(("-", "+")) and index and not arguments[index - 1].startswith(("-", "+")):
            break  # the script's own arguments
    return ""


def code_readings(context: Context) -> tuple[str, ...]:
    """The code as written, then what it says once quotes, `$IFS`, base64 and hex are undone; () without code."""
    code = code_of(context)
    return (code, *decoding.decoded(code)) if code else ()


def speaks(context: Context) -> bool:
    """The program only speaks of others: it searches, prints or edits, or it starts what its arguments name (which is then
    judged by itself)."""
    return context.command.name in programs.TEXT_TOOLS or context.command.name in _WRAPPERS


_WRAPPERS = words(
    """
    timeout env nohup nice ionice setsid stdbuf time xargs taskset chrt flock watch strace ltrace setpriv runuser chroot unshare
    nsenter script parallel systemd-run gosu su-exec tini dumb-init catatonit faketime numactl prlimit setarch linux64 eatmydata
    """
)


def tool_interest(
    words: frozenset[str], *, where: Where = Where.ANYWHERE, args: tuple[str, ...] = (), kinds: tuple[EventKind, ...] = ()
) -> Interest:
    """Execs of programs of these names: as file, as called, as applet, behind the dynamic loader; and lines like `args`."""
    some = programs.names(words)
    return Interest(
        kinds=(EventKind.EXEC, *kinds),
        text=(rf"(?i)(^|/)({some})$",),
        args=(rf"(?i)(^|/|\x00)({some})(\x00|$)", *args),
        where=where,
    )
