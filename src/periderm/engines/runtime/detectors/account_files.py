"""RUN-037: the files that say who may log in, and who may become root, are changed by something else than account tools.

Adding a user with those tools is RUN-123.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_ACCOUNTS = re.compile(r"/etc/(?:passwd|shadow|group|gshadow|sub[ug]id|security/opasswd|master\.passwd|login\.defs)")
_RIGHTS = re.compile(
    r"/etc/sudoers(?:\.d/[^/]+)?|/etc/doas(?:\.d/[^/]+|\.conf)|/etc/pam\.d/[^/]+|/etc/pam\.conf|/etc/security/[\w.-]+\.conf"
    r"|/etc/polkit-1/(?:rules\.d|localauthority)/.*|/usr/share/polkit-1/rules\.d/.*|/etc/nsswitch\.conf|/etc/sudo\.conf"
    r"|(?:/usr)?/lib/(?:[\w-]+/)?security/pam_[\w.-]+\.so"
)
_TOOLS = frozenset(
    """
    useradd usermod userdel groupadd groupmod groupdel adduser addgroup deluser delgroup newusers passwd chpasswd
    chgpasswd gpasswd chfn chsh chage vipw vigr pwck grpck pwconv pwunconv grpconv grpunconv visudo update-passwd
    systemd-sysusers systemd-firstboot authselect authconfig pam-auth-update systemd-homed cppw cpgr lchfn lusermod
    luseradd getent newgrp accounts-daemon shadowconfig unix_chkpwd unix_update
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.LOW,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    raw = paths.changed(context)
    if not raw:
        return None
    there = paths.place(raw, context)
    rights = _RIGHTS.fullmatch(there.path) is not None and not there.path.endswith((".swp", "~", ".dpkg-new", ".dpkg-tmp"))
    if not rights and not _ACCOUNTS.fullmatch(there.path):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who = actors.actor(context)
    if _tool(context) and not there.host:
        if who is not Actor.INTRUDER:
            return None
        severity = lower(severity)  # RUN-123 tells the rest
    if not rights and who is Actor.PROGRAM and context.contained and _gives_itself_a_name(context):
        severity = Severity.MEDIUM
    if there.path in ("/etc/nsswitch.conf", "/etc/login.defs") or there.path.startswith("/etc/sub"):
        severity = lower(severity)
    if not context.contained and who in (Actor.PERSON, Actor.PROGRAM):
        severity = lower(severity)
    if there.host:
        severity = max(severity, Severity.CRITICAL if not context.failed else Severity.HIGH)
    return Verdict(
        object=programs.normal(raw),
        severity=severity,
        techniques=("T1548.003", "T1098")
        if "sudo" in there.path or "doas" in there.path
        else ("T1556.003",)
        if "pam" in there.path
        else (),
        evidence={"how": context.event.kind.name.lower()},
    )


def _tool(context: Context) -> bool:
    what = context.command
    script = programs.base(programs.script(what)) if programs.interpreter(what.name) or programs.is_shell(what) else ""
    above = (programs.base(p.exe) for p in context.ancestors[:3] if not p.drifted)
    editing = what.name in ("sed", "vi", "vim", "nano", "cp", "mv") and any(name in ("vipw", "visudo") for name in above)
    return context.system_program and (what.name in _TOOLS or script in _TOOLS or editing)


def _gives_itself_a_name(context: Context) -> bool:
    """A start script under an unknown user id writes itself into /etc/passwd (OpenShift), late or without a known time."""
    return context.process.how in ("entrypoint", "") and context.server is None and not context.process.tty


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "echo …")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-037",
        title=Text("Change who may log in or become root", "更改可登录或可成为 root 的账户"),
        message=Text("{process} in {subject} changed {object}.", "{subject} 中的 {process} 修改了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Compare the file with the image's or a backup's and undo the change. Look for accounts with user id 0 and for "
            "NOPASSWD. Run containers with a read-only root and as a user who cannot write /etc.",
            "将文件与镜像或备份比较并撤销更改，检查 UID 为 0 的账户与 NOPASSWD 条目。"
            "以只读根文件系统和无权写 /etc 的用户运行容器。",
        ),
        techniques=("T1098", "T1136.001"),
        behaviours=(37,),
        references=("man:passwd(5)", "man:sudoers(5)"),
        fires=(
            Example(scene(_NGINX, _SH, opens(2, "/etc/passwd", write=True)), "a shell's redirection below a server"),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION),
                    opens(2, "/etc/sudoers.d/x", write=True),
                ),
                "a rule for sudo, in a session",
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.RENAME, 2, "/etc/shadow", raw="/tmp/s")),
                "another file is put in its place",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "x.py"), opens(2, "/host/etc/shadow", write=True)),
                "the host's file",
            ),
            Example(
                scene(runs(2, 1, "/tmp/useradd", "useradd", flags=EventFlag.UPPER), opens(2, "/etc/passwd", write=True)),
                "a program that only calls itself useradd",
            ),
            Example(
                scene(_NGINX, _SH, row(EventKind.SYMLINK, 2, "/etc/../etc/pam.d/sshd", raw="/tmp/p")),
                "a link over PAM's rules, by `..`",
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/tee", "tee", "-a", on=HOST, uid=0), opens(12, "/etc/sudoers", write=True, on=HOST)
                ),
                "on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/nginx.postinst", "configure"),
                    runs(4, 3, "/usr/sbin/useradd", "useradd", "nginx"),
                    row(EventKind.RENAME, 4, "/etc/passwd", raw="/etc/passwd+"),
                ),
                "a package adds its user",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/sbin/usermod", "usermod", "-u", "1000"),
                    row(EventKind.RENAME, 2, "/etc/shadow", raw="/etc/shadow+"),
                ),
                "an account tool (see RUN-123)",
            ),
            Example(scene(runs(2, 1, "/usr/bin/id", "id"), opens(2, "/etc/passwd")), "who is who"),
            Example(
                scene(runs(2, 1, "/usr/bin/vim", "vim"), opens(2, "/etc/.sudoers.swp", write=True)), "an editor's own file"
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/passwd", "passwd", on=HOST),
                    row(EventKind.RENAME, 12, "/etc/shadow", raw="/etc/nshadow", on=HOST),
                ),
                "somebody changes a password on a host",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                *paths.written(
                    r"/etc/(passwd|shadow|group|gshadow|sub[ug]id|security/[\w.-]+|master\.passwd|login\.defs|sudo\.conf"
                    r"|nsswitch\.conf)$",
                    r"/etc/(sudoers(\.d/[^/\n]+)?|doas\.conf|doas\.d/[^/\n]+|pam\.conf|pam\.d/[^/\n]+)$",
                ),
                r"/polkit-1/(rules\.d|localauthority)/|/security/pam_[\w.-]+\.so$",
            ),
        ),
    ),
    judge=_judge,
)
