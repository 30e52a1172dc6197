"""RUN-066: a call that a policy refuses (BPF LSM, fanotify), refused or only told. Drift has a detector of its own, which
also speaks of what was refused; this one speaks of lists, memory, opens, modules, ptrace and mounts."""

from __future__ import annotations

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import row, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_EITHER = EventFlag.REFUSED | EventFlag.WOULD_REFUSE
_WHAT = {
    EventKind.EXEC: Text("start", "启动"),
    EventKind.OPEN: Text("open", "打开"),
    EventKind.MODULE: Text("load a kernel module by", "加载内核模块，通过"),
    EventKind.PTRACE: Text("trace a process by", "跟踪进程，通过"),
    EventKind.MOUNT: Text("mount by", "挂载，通过"),
}
_REFUSED = Text("refused", "已被拒绝")
_TOLD = Text("let pass: the policy only alerts", "已放行：策略仅告警")


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if not event.flags & _EITHER or event.kind not in _WHAT or event.flags & EventFlag.UPPER:
        return None
    refused = event.has(EventFlag.REFUSED)
    return Verdict(
        object=event.text or event.kind.name.lower(),
        severity=Severity.MEDIUM if refused else Severity.LOW,
        fill={"what": _WHAT[event.kind], "path": event.text or "?", "done": _REFUSED if refused else _TOLD},
        evidence={"guard": "refused" if refused else "would-refuse"},
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-066",
        title=Text("Run or open what a policy refuses", "执行策略所拒绝的操作"),
        message=Text("In {subject} it was tried to {what} {path}: {done}.", "{subject} 中尝试{what} {path}：{done}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Find out what started it. If it belongs to the workload, take it out of the policy's list; try the policy with "
            "`periderm policy preview` before it enforces.",
            "查明是什么发起了该操作。若属工作负载本身，请从策略中移除；强制前请先用 `periderm policy preview` 试运行。",
        ),
        techniques=("T1204",),
        fires=(
            Example(scene(row(EventKind.EXEC, 12, "/usr/bin/nc", flags=EventFlag.REFUSED)), "a listed program"),
            Example(scene(row(EventKind.OPEN, 12, "/srv/job", flags=EventFlag.WOULD_REFUSE)), "a listed script, policy alerts"),
        ),
        quiet=(
            Example(scene(row(EventKind.OPEN, 12, "/srv/job")), "the same where no policy names it"),
            Example(scene(row(EventKind.EXEC, 12, "/tmp/x", flags=EventFlag.REFUSED | EventFlag.UPPER)), "drift says it"),
        ),
    ),
    interests=(Interest(kinds=tuple(_WHAT), flags=_EITHER),),
    judge=_judge,
)
