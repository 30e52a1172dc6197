"""RUN-063: a task has other users, rights or namespaces than any call that was seen gives it: what an exploit of the kernel
leaves behind.

The sensor compares; here it is weighed. Fewer rights than before can come of a call that was lost, and more cannot.
"""

from __future__ import annotations

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import CredentialChange, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = {
    CredentialChange.USER: "user",
    CredentialChange.GROUP: "group",
    CredentialChange.CAPABILITIES: "capabilities",
    CredentialChange.MOUNT_NAMESPACE: "mount namespace",
    CredentialChange.PID_NAMESPACE: "pid namespace",
    CredentialChange.USER_NAMESPACE: "user namespace",
}
_SPACES = CredentialChange.MOUNT_NAMESPACE | CredentialChange.PID_NAMESPACE | CredentialChange.USER_NAMESPACE


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if event.kind is not EventKind.CREDENTIALS or process.runtime:
        return None
    change = CredentialChange(event.arg0)
    if not change:
        return None
    if (change & CredentialChange.USER and event.uid == 0) or (change & _SPACES and context.contained):
        severity = Severity.CRITICAL
    elif change & (CredentialChange.CAPABILITIES | _SPACES):
        severity = Severity.HIGH
    else:
        severity = Severity.MEDIUM
    if event.count == 1 and "lost" in event.argv:
        severity = lower(severity, 2)  # events were lost around it: the call that explains it may be among them
    names = ", ".join(name for bit, name in _NAMES.items() if change & bit)
    return Verdict(
        object=names,
        severity=severity,
        fill={"names": names, "before": event.raw or "?", "uid": str(event.uid)},
        evidence={"before": event.raw} if event.raw else {},
        techniques=("T1068", "T1611") if change & _SPACES else ("T1068",),
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-063",
        title=Text("Get rights that no system call explains", "获得无法由系统调用解释的权限"),
        message=Text(
            "{process} in {subject} has another {names} than its calls explain (before: {before}; user now {uid}).",
            "{subject} 中的 {process} 的{names}与其系统调用不符（之前：{before}；现用户 {uid}）。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.EXPERIMENTAL,
        remediation=Text(
            "Take it that the kernel was exploited: isolate the machine, keep its memory, and build it anew with an "
            "updated kernel.",
            "请视内核已被利用：隔离该机器，保留内存，更新内核后重新构建。",
        ),
        techniques=("T1068", "T1611"),
        behaviours=(63,),
        fires=(
            Example(
                scene(runs(2, 1, "/app/x", "x", uid=1000), row(EventKind.CREDENTIALS, 2, arg0=1, raw="uid=1000", uid=0)),
                "root from nowhere",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", uid=5), row(EventKind.CREDENTIALS, 2, arg0=4, raw="caps=0", uid=5)),
                "capabilities",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.CREDENTIALS, 2, arg0=8, raw="mnt=7")), "the host's mounts"),
            Example(
                scene(
                    runs(20, 10, "/home/a/x", "x", on=HOST, uid=1000),
                    row(EventKind.CREDENTIALS, 20, arg0=5, on=HOST, raw="uid=1000"),
                ),
                "on the host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(90, 80, "/usr/sbin/runc", "runc", "init", on=HOST),
                    row(EventKind.FORK, 91, parent=90),
                    row(EventKind.CREDENTIALS, 91, arg0=8),
                ),
                "the runtime on its way into a container",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/sudo", "sudo"), row(EventKind.SETUID, 2, arg0=0, uid=1000)), "a call that was seen"
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.CREDENTIALS,)),),
    judge=_judge,
)
