"""RUN-034: a file is given the right to run as its owner: set-user-id, set-group-id, or a capability of the file.

Folders with the set-group-id bit are common, and the call does not say what it acts on: that bit alone is a note.
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

_SETUID, _SETGID = 0o4000, 0o2000
_UNPACKERS = frozenset(
    """
    tar bsdtar cpio rsync unsquashfs executor umoci buildkitd buildah podman img dpkg-deb rpm2cpio cp install
    debootstrap chrome-sandbox mksquashfs ostree pacstrap
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_STRONG = re.compile(
    r"cap_(?:setuid|setgid|sys_admin|sys_ptrace|sys_module|dac_override|dac_read_search|setfcap|chown|fowner|sys_rawio|bpf)",
    re.IGNORECASE,
)
_OPEN_FOLDERS = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/")
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.absent or context.process.runtime:
        return None
    if event.kind is EventKind.EXEC:
        return _capability(context)
    mode = event.arg0
    if not mode & (_SETUID | _SETGID):
        return None
    path = programs.normal(event.text or event.raw)
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who = actors.actor(context)
    name = programs.base(path)
    powerful = name in programs.SHELLS or bool(programs.interpreter(name)) or name in programs.MULTICALL
    if not mode & _SETUID:
        if who not in (Actor.INTRUDER, Actor.PERSON) and not powerful:
            return None  # mostly a folder whose files are to belong to its group
        severity = lower(severity, 2)
    elif context.command.name in _UNPACKERS and context.system_program and who is not Actor.INTRUDER and not powerful:
        severity = lower(severity)  # an archive is unpacked with its bits
        if not context.contained:
            severity = Severity.LOW
    elif (powerful or path.startswith(_OPEN_FOLDERS)) and severity >= Severity.HIGH:
        severity = Severity.CRITICAL
    if not context.contained and severity > Severity.MEDIUM and who is Actor.PERSON and not powerful:
        severity = Severity.MEDIUM
    return Verdict(
        object=path, severity=severity, fill={"what": f"{mode & 0o7777:04o}"}, evidence={"mode": f"{mode & 0o7777:04o}"}
    )


def _capability(context: Context) -> Verdict | None:
    what = context.command
    if what.name != "setcap":
        return None
    given = next((a for a in what.arguments if _STRONG.search(a) or a.startswith("all")), "")
    severity = actors.grade(context, _GRADES)
    if not given or severity is None or "-r" in what.arguments:
        return None
    return Verdict(object=what.arguments[-1], severity=severity, fill={"what": given}, evidence={"capabilities": given})


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_CP = runs(2, 1, "/usr/bin/chmod", "chmod", "u+s", "/tmp/b")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-034",
        title=Text("Set the set-user-id bit or a capability on a file", "为文件设置 set-user-id 位或能力"),
        message=Text(
            "{process} in {subject} gave {object} more rights ({what}).",
            "{subject} 中的 {process} 提升了 {object} 的权限（{what}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Remove the bit or the capability (chmod a-s, setcap -r) and look at what the file is. Run containers with "
            "no-new-privileges, and mount folders that everybody may write with nosuid.",
            "移除该位或能力（chmod a-s、setcap -r）并检查该文件。"
            "以 no-new-privileges 运行容器，并以 nosuid 挂载任何人可写的目录。",
        ),
        techniques=("T1548.001",),
        behaviours=(34,),
        references=("man:chmod(2)", "man:capabilities(7)"),
        fires=(
            Example(scene(_CP, row(EventKind.CHMOD, 2, "/tmp/b", arg0=0o4755)), "a copy in /tmp"),
            Example(
                scene(_NGINX, runs(2, 1, "/usr/bin/dash", "sh"), row(EventKind.CHMOD, 2, "/bin/bash", arg0=0o104755)),
                "the shell",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), row(EventKind.CHMOD, 2, "/opt/x", arg0=0o6755)),
                "by system call from an interpreter",
            ),
            Example(
                scene(runs(2, 1, "/usr/sbin/setcap", "setcap", "cap_setuid+ep", "/usr/bin/python3.11")), "a capability instead"
            ),
            Example(
                scene(
                    runs(12, 10, "/home/a/x", "x", on=HOST), row(EventKind.CHMOD, 12, "/usr/local/bin/z", arg0=0o4755, on=HOST)
                ),
                "on the plain host",
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.CHMOD, 2, "/srv/g", arg0=0o2755)),
                "the group's bit, by a program from nowhere",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/dpkg", "dpkg"), row(EventKind.CHMOD, 2, "/usr/bin/su.dpkg-new", arg0=0o4755)),
                "a package",
            ),
            Example(scene(_CP, row(EventKind.CHMOD, 2, "/srv/x", arg0=0o755)), "a plain mode"),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.CHMOD, 2, "/var/lib/app", arg0=0o2775)), "a folder of a group"
            ),
            Example(scene(_CP, row(EventKind.CHMOD, 2, "/tmp", arg0=0o1777)), "the sticky bit"),
            Example(
                scene(runs(2, 1, "/usr/sbin/setcap", "setcap", "cap_net_bind_service=+ep", "/usr/bin/node")),
                "a low port for a server",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.CHMOD,), arg0=_SETUID | _SETGID),
        Interest(kinds=(EventKind.EXEC,), args=(r"^([^\n\x00]*/)?(busybox\x00)?setcap\x00",)),
    ),
    judge=_judge,
)
