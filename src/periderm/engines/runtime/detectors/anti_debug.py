"""RUN-031: a program asks to be traced by its own parent, so that no debugger can look at it.

A debugger's child does the same before it starts what is to be debugged, and is known by the debugger that it still is.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_TRACEME = 0  # PTRACE_TRACEME (sys/ptrace.h)
_TRACERS = programs.DEBUGGERS | frozenset(
    {"proot", "fakechroot", "fakeroot", "debugserver", "wine", "wine64", "wineserver", "wine-preloader", "wine64-preloader",
     "bear", "delve", "criu", "linux", "edb", "radare2", "r2", "rizin", "scanmem", "lurk", "cntr", "afl-fuzz", "runsc",
     "reptyr", "stress-ng", "kcov", "tup"}
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.PTRACE or event.arg0 != _TRACEME or context.process.runtime:
        return None
    bad = context.server_shell or stranger(context.process)
    if not bad:
        if context.command.name in _TRACERS:
            return None
        above = context.parent
        if above is not None and programs.command(above.exe, above.argv).name in _TRACERS:
            return None
    if not context.contained:
        severity = Severity.MEDIUM if bad else Severity.LOW
    else:
        severity = Severity.HIGH if bad else Severity.MEDIUM
    return Verdict(object=context.process.exe, severity=lower(severity) if context.failed else severity)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-031",
        title=Text("Keep debuggers away with PTRACE_TRACEME", "用 PTRACE_TRACEME 规避调试器"),
        message=Text(
            "{process} in {subject} made itself traced so that nobody else can look at it.",
            "{subject} 中的 {process} 让自己处于被跟踪状态，以阻止他人查看。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Servers have no reason to. Find where the file came from, and look at it on a machine where nothing else is.",
            "服务程序没有理由这样做。请查明该文件的来源，并在隔离的机器上分析。",
        ),
        techniques=("T1622",),
        behaviours=(31,),
        references=("man:ptrace(2)",),
        fires=(
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=0)), "a program in a container"),
            Example(
                scene(runs(2, 1, "/tmp/x", "x", flags=EventFlag.UPPER), row(EventKind.PTRACE, 2, arg0=0)),
                "one that was dropped",
            ),
            Example(
                scene(runs(2, 1, "/tmp/gdb", "gdb", flags=EventFlag.UPPER), row(EventKind.PTRACE, 2, arg0=0)),
                "one that calls itself gdb",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "-c", "x"), row(EventKind.PTRACE, 2, arg0=0)), "from a script"
            ),
            Example(scene(runs(20, 10, "/tmp/x", "x", on=HOST), row(EventKind.PTRACE, 20, on=HOST, arg0=0)), "on the host"),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/strace", "strace", "ls"),
                    row(EventKind.FORK, 3, parent=2, exe="/usr/bin/strace"),
                    row(EventKind.PTRACE, 3, arg0=0, parent=2, exe="/usr/bin/strace"),
                ),
                "strace's child, before it starts what is traced",
            ),
            Example(
                scene(
                    runs(20, 10, "/usr/bin/gdb", "gdb", on=HOST),
                    row(EventKind.FORK, 21, parent=20, on=HOST),
                    runs(21, 20, "/bin/bash", "bash", on=HOST),
                    row(EventKind.PTRACE, 21, on=HOST, arg0=0),
                ),
                "gdb starts its program by a shell",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=3)), "another request"),
        ),
    ),
    interests=(Interest(kinds=(EventKind.PTRACE,)),),
    judge=_judge,
)
