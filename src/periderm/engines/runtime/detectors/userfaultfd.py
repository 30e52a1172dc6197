"""RUN-036: a program that is not root asks to handle its own page faults, with which exploits of the kernel win their races.

Emulators, checkpointing and some garbage collectors do so for good reasons and are known.
"""

from __future__ import annotations

import re

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KNOWN = re.compile(
    r"qemu-\w[\w-]*|criu|firecracker|cloud-hypervisor|crosvm|java|virtiofsd|postcopy\w*|stress-ng|dalvikvm\w*|app_process\w*"
)
_USER_MODE_ONLY = 1  # UFFD_USER_MODE_ONLY of linux/userfaultfd.h: faults of the kernel are not handed out
_SYS_PTRACE = 1 << 19


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if event.kind is not EventKind.USERFAULTFD or process.runtime:
        return None
    bad = context.server_shell or stranger(process)
    if not bad and _KNOWN.fullmatch(context.command.name):
        return None
    may = process.caps >= 0 and process.caps & _SYS_PTRACE
    if event.uid == 0 and may and not bad:
        return None  # who may do everything needs no exploit
    severity = Severity.HIGH if context.contained or bad else Severity.MEDIUM
    if event.arg0 & _USER_MODE_ONLY:
        severity = lower(severity)
    return Verdict(object=process.exe, severity=lower(severity) if context.failed else severity, fill={"uid": str(event.uid)})


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-036",
        title=Text("Hold page faults of the kernel by userfaultfd", "用 userfaultfd 拖住内核缺页"),
        message=Text(
            "{process} in {subject} (user {uid}) opened a userfaultfd, the tool of kernel exploits.",
            "{subject} 中的 {process}（用户 {uid}）打开了 userfaultfd，这是内核漏洞利用的常用工具。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Set vm.unprivileged_userfaultfd=0, use the runtime's default seccomp profile, and update the kernel. Look "
            "whether the "
            "process got rights that it should not have.",
            "设置 vm.unprivileged_userfaultfd=0，使用运行时默认的 seccomp 配置并更新内核。检查该进程是否获得了不该有的权限。",
        ),
        techniques=("T1068",),
        behaviours=(36,),
        references=("man:userfaultfd(2)",),
        fires=(
            Example(
                scene(runs(2, 1, "/app/x", "x", uid=1000), row(EventKind.USERFAULTFD, 2, uid=1000)), "a user in a container"
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", caps=0xA80425FB), row(EventKind.USERFAULTFD, 2)),
                "root of a container, with its usual rights",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", uid=5), row(EventKind.USERFAULTFD, 2, uid=5, ret=-1, flags=EventFlag.FAILED)),
                "refused",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", uid=5), row(EventKind.USERFAULTFD, 2, uid=5, arg0=1)),
                "for faults of its own only",
            ),
            Example(
                scene(runs(20, 9, "/home/a/x", "x", on=HOST, uid=1000), row(EventKind.USERFAULTFD, 20, on=HOST, uid=1000)),
                "on the host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(20, 9, "/usr/bin/qemu-system-x86_64", "qemu", on=HOST, uid=64055),
                    row(EventKind.USERFAULTFD, 20, on=HOST, uid=64055),
                ),
                "a virtual machine moves",
            ),
            Example(
                scene(runs(2, 1, "/usr/sbin/criu", "criu"), row(EventKind.USERFAULTFD, 2)), "a checkpoint is restored lazily"
            ),
            Example(
                scene(runs(20, 9, "/usr/bin/x", "x", on=HOST, caps=(1 << 41) - 1), row(EventKind.USERFAULTFD, 20, on=HOST)),
                "root of the host",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.USERFAULTFD,)),),
    judge=_judge,
)
