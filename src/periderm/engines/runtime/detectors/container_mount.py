"""RUN-022: something is mounted inside a container, or a disk is opened by the file system debugger.

The runtime's own set-up is known by where it comes from. Hosts mount all day and are not meant.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PROPAGATION = (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20)  # MS_UNBINDABLE, PRIVATE, SLAVE, SHARED of mount(2)
_TREE_CLONE = 1  # OPEN_TREE_CLONE of open_tree(2), which names no target
_DISK = re.compile(
    r"/dev/(?:[shv]d[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|dm-\d+|mapper/.+|md\d+|loop\d+|disk/.+|block/.+)"
)
_KERNEL_DOORS = frozenset(
    {"debugfs", "tracefs", "securityfs", "bpf", "cgroup", "configfs", "binfmt_misc", "efivarfs", "devtmpfs"}
)
_DEBUGGERS = frozenset({"debugfs", "debugfs.ocfs2", "xfs_db", "btrfs-debugfs"})
_HARMLESS = frozenset({"tmpfs", "mqueue", "ramfs", "cgroup2", "proc", "sysfs", "devpts", "autofs", "fusectl", "hugetlbfs"})


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime:
        return None
    if context.event.kind is EventKind.EXEC:
        return _program(context)
    return _call(context) if context.event.kind is EventKind.MOUNT else None


def _call(context: Context) -> Verdict | None:
    event = context.event
    source, target = event.raw, event.text
    kind = event.argv[0] if event.argv else ""
    if _nothing_mounted(context, kind):
        return None
    severity = Severity.MEDIUM
    if _DISK.fullmatch(source):
        severity = Severity.CRITICAL
    elif kind in _KERNEL_DOORS:
        severity = Severity.HIGH
    if context.building and severity < Severity.HIGH:
        return None  # debootstrap and the like, in a step of a build
    if context.failed:
        severity = lower(severity)
    return Verdict(
        object=target or source or kind,
        severity=severity,
        fill={"source": source or kind or "?", "kind": kind or "?"},
        evidence={"source": source, "type": kind, "flags": hex(event.arg0 & 0xFFFFFFFF)},
    )


def _nothing_mounted(context: Context, kind: str) -> bool:
    """Only who sees later mounts changes; open_tree(2) copies nothing; a container that runs a system sets it up."""
    flags = context.event.arg0
    if not kind and (flags & _PROPAGATION or not (context.event.text or flags & _TREE_CLONE)):
        return True
    system = programs.base(context.process.exe) in ("systemd", "init") and not context.process.drifted
    return system and context.process.how == "entrypoint" and kind in _HARMLESS


def _program(context: Context) -> Verdict | None:
    """Newer mount programs use calls that the sensor does not decode; their command line says what they want."""
    what = context.command
    operands = [a for a in what.arguments if not a.startswith("-")]
    disk = next((a for a in operands if _DISK.fullmatch(programs.normal(a))), "")
    if what.name in _DEBUGGERS:
        severity = Severity.CRITICAL if disk else Severity.HIGH
        thing = disk or what.name
    elif what.name == "mount" and len(operands) >= 2:
        options = set(what.arguments)
        severity = Severity.CRITICAL if disk else Severity.HIGH if options & _KERNEL_DOORS else Severity.MEDIUM
        thing = operands[-1]
    else:
        return None
    return Verdict(
        object=thing,
        severity=severity,
        fill={"source": disk or (operands[-2] if len(operands) > 1 else thing), "kind": what.name},
    )


def _mount(process: int, source: str, target: str, kind: str, flags: int = 0, *, denied: bool = False, comm: str = "") -> Event:
    return row(
        EventKind.MOUNT, process, target, raw=source, argv=(kind,) if kind else (), arg0=flags, comm=comm,
        flags=EventFlag.FAILED if denied else EventFlag(0), ret=-1 if denied else 0,
    )  # fmt: skip


_SHELL = runs(2, 1, "/usr/bin/dash", "sh")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-022",
        title=Text("Mount a file system inside a container", "在容器内挂载文件系统"),
        message=Text(
            "{process} in {subject} mounted {source} at {object} ({kind}).",
            "{subject} 中的 {process} 把 {source} 挂载到 {object}（{kind}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "A disk of the host that is mounted in a container gives away the host. Take SYS_ADMIN and devices from the "
            "container and never run it privileged.",
            "在容器中挂载宿主机磁盘即等于交出宿主机。去掉容器的 SYS_ADMIN 和设备权限，切勿以特权方式运行。",
        ),
        techniques=("T1611",),
        behaviours=(22,),
        fires=(
            Example(scene(_SHELL, _mount(2, "/dev/vda1", "/mnt", "ext4")), "a disk of the host"),
            Example(scene(_SHELL, _mount(2, "none", "/tmp/cgrp", "cgroup")), "a cgroup v1 hierarchy"),
            Example(scene(_SHELL, _mount(2, "none", "/x", "debugfs", denied=True)), "a refused attempt"),
            Example(scene(runs(2, 1, "/usr/sbin/debugfs", "debugfs", "/dev/sda1")), "the file system debugger on a disk"),
            Example(
                scene(runs(2, 1, "/bin/busybox", "busybox", "mount", "/dev/nvme0n1p1", "/m")), "busybox, by its command line"
            ),
            Example(
                scene(runs(2, 1, "/opt/runc", "runc"), _mount(2, "proc", "/x", "proc", comm="runc:[2:INIT]")),
                "a container's program that takes the runtime's name",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(90, 80, "/usr/sbin/runc", "runc", "init", on=HOST),
                    row(EventKind.FORK, 91, parent=90),
                    _mount(91, "proc", "/proc", "proc", comm="runc:[2:INIT]"),
                ),
                "the runtime sets up a container",
            ),
            Example(scene(runs(2, 1, "/usr/bin/mount", "mount", "-l", "-t", "tmpfs")), "a list of what is mounted"),
            Example(scene(_SHELL, _mount(2, "none", "/", "", (1 << 18) | 16384)), "only the propagation changes"),
            Example(
                scene(
                    runs(1, 0, "/usr/lib/systemd/systemd", "systemd", at=0.0),
                    row(EventKind.MOUNT, 1, "/run/lock", raw="tmpfs", argv=("tmpfs",), at=1.0),
                ),
                "a container that runs systemd",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.MOUNT,), where=Where.CONTAINER),
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"(^|/)(mount|debugfs[.a-z0-9]*|xfs_db|btrfs-debugfs)$",),
            args=(r"(^|/|\x00)(mount|debugfs|xfs_db)(\x00|$)",),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
