"""RUN-129: a file is made immutable or append-only, or a protection of this kind is taken off.

The call sets all attributes at once, so taking one off is known by `chattr`'s own words only.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_IMMUTABLE, _APPEND = 0x10, 0x20  # FS_IMMUTABLE_FL, FS_APPEND_FL of linux/fs.h
_CHANGE = re.compile(r"[-+=][A-Za-z]*[ia][A-Za-z]*")
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)
_OWN = frozenset(
    {
        "systemd",
        "systemd-journald",
        "chattr-guard",
        "dhclient",
        "resolvconf",
        "lxc",
        "snapd",
        "efibootmgr",
        "grub-install",
        "fwupd",
    }
)


def _judge(context: Context) -> Verdict | None:
    event, what = context.event, context.command
    if context.process.runtime:
        return None
    if event.kind is EventKind.FILE_FLAGS:
        if not event.arg0 & (_IMMUTABLE | _APPEND) or (
            what.name in _OWN and context.system_program and not context.server_shell
        ):
            return None
        path, how = programs.normal(event.text or event.raw), "+i" if event.arg0 & _IMMUTABLE else "+a"
    else:
        change = next((a for a in what.arguments if _CHANGE.fullmatch(a)), "")
        if what.name != "chattr" or not change or not what.arguments:
            return None
        path, how = programs.normal(what.arguments[-1]), change
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    if not context.contained and actors.actor(context) is not Actor.INTRUDER:
        severity = Severity.LOW if path.startswith(("/etc/resolv.conf", "/var/log/journal", "/swap")) else lower(severity)
    return Verdict(object=path, severity=severity, fill={"how": how}, evidence={"change": how})


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-129",
        title=Text("Set or remove a file's immutable attribute", "设置或移除文件的不可变属性"),
        message=Text(
            "{process} in {subject} changed an attribute of {object} ({how}).",
            "{subject} 中的 {process} 更改了 {object} 的属性（{how}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the attribute off (chattr -ia) and look at the file: somebody wanted it to stay. Containers need no "
            "LINUX_IMMUTABLE capability.",
            "移除该属性（chattr -ia）并检查文件：有人希望它无法被删除。容器不需要 LINUX_IMMUTABLE 能力。",
        ),
        techniques=("T1222.002",),
        behaviours=(44,),
        references=("man:chattr(1)",),
        fires=(
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/usr/bin/chattr", "chattr", "+i", "/etc/cron.d/x")), "so that nobody removes it"
            ),
            Example(
                scene(runs(2, 900, "/bin/busybox", "chattr", "-ia", "/etc/passwd", flags=_EXEC)), "a protection is taken off"
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.FILE_FLAGS, 2, "/srv/x", arg0=_IMMUTABLE)
                ),
                "by system call",
            ),
            Example(scene(runs(12, 10, "/usr/bin/chattr", "chattr", "+i", "/usr/bin/y", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(
                scene(
                    runs(12, 1, "/usr/lib/systemd/systemd-journald", "systemd-journald", on=HOST),
                    row(EventKind.FILE_FLAGS, 12, "/var/log/journal/x", arg0=0x800000, on=HOST),
                ),
                "the journal wants no copy on write",
            ),
            Example(scene(runs(2, 1, "/usr/bin/chattr", "chattr", "+C", "/var/lib/x")), "another attribute"),
            Example(scene(runs(2, 1, "/usr/bin/lsattr", "lsattr", "/etc")), "a look"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/x.postinst", "configure"),
                    runs(4, 3, "/usr/bin/chattr", "chattr", "+i", "/var/lib/x"),
                ),
                "a package",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.FILE_FLAGS,), arg0=_IMMUTABLE | _APPEND),
        Interest(kinds=(EventKind.EXEC,), args=(r"^([^\n\x00]*/)?(busybox\x00)?chattr\x00",)),
    ),
    judge=_judge,
)
