"""RUN-007: a program is run that has no file: from memory, or from one that was deleted before it ran.

Creating a memory file is not bad (many do); running one is. The container runtime does so itself, and is known by
where it comes from, not by the name that it gives to the file.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_MEMORY = EventFlag.MEMORY_BACKED
_DESCRIPTOR = re.compile(r"/(?:dev|proc/(?:self|thread-self|\d+)(?:/task/\d+)?)/fd/\d+")


def _judge(context: Context) -> Verdict | None:
    process, event = context.process, context.event
    if event.kind is not EventKind.EXEC or process.runtime:
        return None
    memory = process.exe.startswith(("/memfd:", "memfd:")) or (
        event.has(_MEMORY) and not event.has(EventFlag.FROM_PROC)  # upgrades leave old programs running without a file
    )
    if memory:
        return Verdict(object=process.exe or event.raw, fill={"thing": context.command.name or "?"})
    what = context.command
    given = programs.script(what)
    if context.contained and _DESCRIPTOR.fullmatch(given) and (programs.is_shell(what) or programs.interpreter(what.name)):
        return Verdict(object=given, severity=Severity.MEDIUM, fill={"thing": f"{what.name} {given}"})
    if programs.is_loader(process.exe) and any(_DESCRIPTOR.fullmatch(a) for a in process.argv[1:]):
        return Verdict(object=what.path, fill={"thing": what.path})
    return None


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-007",
        title=Text("Run a program that has no file", "运行没有文件的程序"),
        message=Text(
            "{thing} runs in {subject} from memory: no file holds it.",
            "{thing} 正在 {subject} 中从内存运行：没有任何文件保存它。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Programs are run from memory so that nothing is found on disk. Keep a copy of /proc/PID/exe before you kill the "
            "process, then look at what loaded it.",
            "从内存运行程序是为了不在磁盘留下痕迹。终止进程前先保存 /proc/PID/exe 的副本，再查明是什么加载了它。",
        ),
        techniques=("T1620",),
        behaviours=(7,),
        fires=(
            Example(
                scene(runs(2, 1, "/memfd:x (deleted)", "[kworker/0:1]", raw="/proc/self/fd/3", flags=_MEMORY)),
                "memfd_create, then execve of /proc/self/fd/3",
            ),
            Example(scene(runs(2, 1, "/memfd:", "sh", raw="", flags=_MEMORY)), "execveat with an empty path"),
            Example(scene(runs(2, 1, "/tmp/.x (deleted)", "x", raw="/dev/fd/5", flags=_MEMORY)), "deleted, then run"),
            Example(
                scene(runs(2, 1, "/memfd:runc_cloned:/proc/self/exe", "runc", "init", flags=_MEMORY, comm="runc:[2:INIT]")),
                "a container's process takes the runtime's names",
            ),
            Example(
                scene(runs(2, 1, "/usr/lib64/ld-linux-x86-64.so.2", "ld.so", "/proc/self/fd/3")),
                "memory given to the dynamic loader",
            ),
            Example(scene(runs(2, 1, "/usr/bin/python3.11", "python3", "/dev/fd/3")), "a script that exists as descriptor"),
        ),
        quiet=(
            Example(
                scene(
                    runs(90, 80, "/usr/bin/runc", "runc", "create", on=HOST),
                    runs(91, 90, "/memfd:runc_cloned:/proc/self/exe", "runc", "init", on=HOST, flags=_MEMORY),
                    runs(91, 90, "/memfd:runc_cloned:/proc/self/exe", "runc", "init", flags=_MEMORY, comm="runc:[2:INIT]"),
                ),
                "runc starts a container from its sealed copy",
            ),
            Example(scene(runs(2, 1, "/usr/bin/id", "id", raw="/proc/self/fd/4")), "fexecve of a file of the image"),
            Example(
                scene(runs(2, 1, "/usr/sbin/nginx (deleted)", "nginx", flags=_MEMORY | EventFlag.FROM_PROC)),
                "an upgrade replaced the file of a program that runs on",
            ),
            Example(scene(runs(2, 1, "/usr/bin/diff", "diff", "/dev/fd/63", "/dev/fd/62")), "diff of two pipes"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            flags=_MEMORY,
            text=(r"memfd:",),
            args=(r"(^|\x00)/(dev|proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?)/fd/[0-9]+",),
        ),
    ),
    judge=_judge,
    existing=True,
)
