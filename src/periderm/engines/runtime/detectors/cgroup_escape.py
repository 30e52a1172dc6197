"""RUN-020: release_agent or notify_on_release is opened for writing, the classic way out of a container by cgroups v1.

The folder does not matter: attackers mount the hierarchy wherever they like.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_MANAGERS = frozenset(
    {"systemd", "elogind", "cgmanager", "lxc-start", "lxcfs", "cgclassify", "cgrulesengd", "systemd-executor"}
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.OPEN or not context.writes or context.process.runtime:
        return None
    path = event.text or event.raw
    name = programs.base(path)
    if name not in ("release_agent", "notify_on_release"):
        return None
    if not context.contained and context.system_program and context.command.name in _MANAGERS:
        return None
    severity = Severity.CRITICAL if name == "release_agent" else Severity.HIGH
    if not context.contained:
        severity = lower(severity, 2)
    return Verdict(object=path, severity=lower(severity) if context.failed else severity, fill={"file": name})


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-020",
        title=Text("Write to a cgroup's release agent", "写入 cgroup 的 release_agent"),
        message=Text(
            "{process} in {subject} opened {object} for writing: the kernel runs on the host what is written there.",
            "{subject} 中的 {process} 以写方式打开 {object}：内核会在宿主机上执行其中的内容。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take it that the host was reached. Take SYS_ADMIN from the container, never run it privileged, and use cgroups "
            "v2, which has no release agent.",
            "请视宿主机已受影响。去掉容器的 SYS_ADMIN，切勿以特权方式运行，并使用没有 release_agent 的 cgroups v2。",
        ),
        techniques=("T1611",),
        behaviours=(20,),
        references=("https://www.kernel.org/doc/Documentation/cgroup-v1/cgroups.txt", "CVE-2022-0492"),
        fires=(
            Example(
                scene(runs(2, 1, "/usr/bin/dash", "sh"), opens(2, "/tmp/cgrp/release_agent", write=True)),
                "the published way, in a folder of the attacker's",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/sys/fs/cgroup/rdma/x/notify_on_release", arg0=2)),
                "opened to read and write",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/tee", "tee"), opens(2, "/sys/fs/cgroup/release_agent", write=True, denied=True)),
                "refused, said softer",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/sys/fs/cgroup/rdma/release_agent")), "only read"),
            Example(
                scene(
                    runs(30, 1, "/usr/lib/systemd/systemd", "systemd", on=HOST),
                    opens(30, "/sys/fs/cgroup/systemd/release_agent", write=True, on=HOST),
                ),
                "systemd sets up the host",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/tee", "tee"), opens(2, "/etc/release_agent.conf", write=True)),
                "a name that only begins so",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.OPEN,), writes=True, text=(r"(^|/)(release_agent|notify_on_release)$",)),),
    judge=_judge,
)
