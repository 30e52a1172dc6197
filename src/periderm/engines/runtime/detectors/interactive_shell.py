"""RUN-001: a person works in a shell inside a container.

It goes by terminals and by how the process came; commands that a shell is given (`sh -c …`, scripts) are not meant.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Verdict, Where, shell_interest
from periderm.engines.runtime.scene import HOST, image, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_TTY = EventFlag.TTY
_SESSION = EventFlag.EXEC_SESSION


def _interactive(what: programs.Command) -> bool:
    """No command and no script, or `-i` said aloud."""
    for argument in what.arguments:
        if argument == "--":
            break
        if argument.startswith("-") and not argument.startswith("--") and "i" in argument:
            return True
    if programs.script(what):
        return False
    return not any(a.startswith(("-", "+")) and not a.startswith("--") and "c" in a for a in what.arguments)


def _judge(context: Context) -> Verdict | None:
    process, what = context.process, context.command
    if context.event.kind is not EventKind.EXEC or process.runtime:
        return None
    if not (programs.is_shell(what) or process.copied_shell):
        return None
    parent = context.ancestors[0] if context.ancestors else None
    session = process.how in ("exec", "nsenter")
    opened = session and parent is None  # the shell is what the session was opened with
    asked = any(a.startswith("-") and not a.startswith("--") and "i" in a for a in what.arguments[:3])
    if process.tty:
        if not (_interactive(what) or opened):
            return None
    elif not asked or programs.script(what):
        return None
    severity = Severity.MEDIUM
    if process.how == "entrypoint":
        # Started with a terminal as the container's own program is somebody's wish; from inside a server it is not.
        severity = Severity.LOW if parent is None or _all_shells(context) else Severity.HIGH
    return Verdict(
        object=process.exe,
        severity=severity,
        fill={"came": _CAME.get(process.how, Text("unknown", "未知"))},
        evidence={"how": process.how, "tty": "yes" if process.tty else "no"},
    )


_CAME = {
    "exec": Text("the runtime's exec", "运行时的 exec"),
    "nsenter": Text("nsenter from outside", "从外部 nsenter"),
    "entrypoint": Text("the container's own program", "容器自身的程序"),
}


def _all_shells(context: Context) -> bool:
    return all(programs.is_shell(programs.command(p.exe, p.argv)) for p in context.ancestors)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-001",
        title=Text("Open an interactive shell in a container", "在容器中打开交互式 shell"),
        message=Text(
            "{process} runs interactively in {subject} (by {came}).",
            "{process} 正在 {subject} 中以交互方式运行（来源：{came}）。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Ask who opened it. Nobody needs to log in to a container: ship logs and tools instead, and take the right to "
            "exec from those who do not need it. If nobody admits to it, pause the container and look at its incident.",
            "先确认是谁打开的。容器中无需登录：请改用日志和工具，并收回不必要的 exec 权限。若无人承认，"
            "请暂停该容器并查看其事件。",
        ),
        techniques=("T1059.004", "T1609"),
        behaviours=(1,),
        fires=(
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 900, "/usr/bin/bash", "bash", flags=_TTY | _SESSION),
                ),
                "`podman exec -it shop bash`",
            ),
            Example(scene(runs(2, 900, "/bin/busybox", "sh", flags=_TTY | _SESSION)), "a shell that is an applet of busybox"),
            Example(
                scene(
                    runs(2, 900, "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "ld.so", "/bin/dash", flags=_TTY | _SESSION)
                ),
                "a shell started through the dynamic loader",
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/tool", "tool", flags=_TTY | _SESSION),
                    inventory=image("/usr/bin/dash", "/usr/bin/tool", digests={"/usr/bin/dash": "aa", "/usr/bin/tool": "aa"}),
                ),
                "a copy of a shell under another name, known by its content",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/lighttpd", "lighttpd", at=0.0),
                    runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "import pty; pty.spawn('/bin/sh')"),
                    runs(3, 2, "/usr/bin/dash", "/bin/sh", flags=_TTY),
                ),
                "a server's child makes itself a terminal",
            ),
            Example(scene(runs(2, 900, "/usr/bin/bash", "bash", "-i", flags=_SESSION)), "`bash -i` over a pipe"),
        ),
        quiet=(
            Example(
                scene(runs(2, 900, "/usr/bin/dash", "sh", "-c", "curl -f localhost/health", flags=_SESSION)),
                "a health check, run by the runtime without a terminal",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/make", "make", at=0.0, flags=_TTY),
                    runs(2, 1, "/usr/bin/dash", "/bin/sh", "-c", "gcc a.c", flags=_TTY),
                ),
                "a build with a terminal runs its commands through a shell",
            ),
            Example(
                scene(runs(1, 0, "/usr/bin/bash", "bash", "/docker-entrypoint.sh", "nginx", at=0.0, flags=_TTY)),
                "a start script in a container that was started with a terminal",
            ),
            Example(scene(runs(2, 1, "/usr/bin/bash", "-bash", on=HOST, flags=_TTY)), "an administrator on the plain host"),
        ),
    ),
    interests=(shell_interest(where=Where.CONTAINER),),
    judge=_judge,
)
