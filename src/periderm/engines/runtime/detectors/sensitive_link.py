"""RUN-011: a link is laid to a file that holds credentials, so that another program reads or writes it by another name.

Symlinks by system call, or by `ln`'s own words (what lies there is judged when it is opened, by other detectors).
"""

from __future__ import annotations

import posixpath
import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SENSITIVE = (
    r"/etc/(?:g?shadow-?|master\.passwd|sudoers(?:\.d(?:/.*)?)?|security/opasswd|krb5\.keytab|ssh/ssh_host_[a-z0-9]+_key"
    r"|kubernetes/(?:admin\.conf|pki(?:/.*)?))"
    r"|/(?:root|home/[^/]+)/(?:\.ssh|\.aws|\.kube|\.gnupg)(?:/.*)?|/root/?"
    r"|.*/\.ssh/(?:id_[a-z0-9]+|authorized_keys)"
    r"|/(?:var/)?run/secrets/kubernetes\.io/.*|/proc/(?:\d+|self)/(?:environ|mem|root)(?:/.*)?|/proc/kcore"
    r"|/dev/(?:mem|kmem|sd[a-z]\d*|vd[a-z]\d*|nvme\d.*)|/(?:var/)?run/(?:docker|containerd/containerd|crio/crio)\.sock"
)
_FILE = re.compile(_SENSITIVE)
_PASSWD = re.compile(r"/etc/(?:passwd|group)")
_OFFER = (
    *paths.written(r"/etc/(g?shadow|shadow-|master\.passwd|sudoers|security/opasswd|krb5\.keytab|passwd|group)"),
    r"etc/+(g?shadow|master\.passwd|sudoers|security/opasswd|krb5\.keytab|ssh/+ssh_host_|kubernetes/|passwd|group)",
    r"/\.(ssh|aws|kube|gnupg)(/|$|\x00)",
    r"/root/?($|\x00)",
    r"secrets/+kubernetes\.io|/proc/(\d+|self)/(environ|mem|root)",
    r"/proc/kcore|/dev/(mem|kmem|[sv]d[a-z]|nvme)|/(docker|containerd|crio)\.sock",
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
    build=Severity.LOW,
)
_BACKUPS = frozenset({"rsync", "rsnapshot", "borg", "restic", "tar", "timeshift", "bup", "rdiff-backup", "ostree"})


def _target(context: Context) -> tuple[str, str]:
    """What the link leads to, and how it is called."""
    event = context.event
    if event.kind is EventKind.EXEC:
        what = context.command
        names = [a for a in what.arguments if not a.startswith("-")]
        if what.name not in ("ln", "link", "symlink") or len(names) < 1:
            return "", ""
        return names[0], names[-1] if len(names) > 1 else programs.base(names[0])
    return event.raw, event.text


def _judge(context: Context) -> Verdict | None:
    target, link = _target(context)
    if not target or context.process.runtime:
        return None
    if not target.startswith("/"):
        if link.startswith("/"):
            target = posixpath.join(posixpath.dirname(link), target)
        else:  # `ln -s ../../../etc/shadow x`: who climbs that far means the root
            target = "/" + target.lstrip("./") if target.startswith("../") else target
    there = paths.place(target, context)
    hard = context.event.kind is EventKind.LINK or (
        context.event.kind is EventKind.EXEC and not any(a.startswith("-") and "s" in a for a in context.command.arguments)
    )
    if not _FILE.fullmatch(there.path) and not (_PASSWD.fullmatch(there.path) and (hard or actors.intruding(context))):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None or _habit(there.path, link, context):
        return None
    if not context.contained and actors.actor(context) in (Actor.PROGRAM, Actor.PERSON):
        severity = min(severity, Severity.HIGH if context.process.uid else Severity.MEDIUM)
    return Verdict(object=programs.normal(target), severity=severity, evidence={"link": link})


def _habit(target: str, link: str, context: Context) -> bool:
    """Programs that link passwords' files by right: those that keep them, and backups with hard links."""
    if programs.normal(link).startswith(("/etc/", "/run/", "/var/run/", "/dev/")) and not actors.intruding(context):
        return context.system_program or _FILE.fullmatch(target) is None
    if context.system_program and context.command.name in ("ssh", "ssh-keygen") and "/.ssh/known_hosts" in target:
        return True  # the list as it was is kept under another name
    return context.system_program and context.command.name in _BACKUPS and not context.server_shell


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-011",
        title=Text("Put a link over a file that holds credentials", "为含有凭证的文件建立链接"),
        message=Text(
            "{process} in {subject} made a link to {object}.", "{subject} 中的 {process} 建立了指向 {object} 的链接。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Remove the link and find out which program follows it. Set fs.protected_symlinks and fs.protected_hardlinks to 1, "
            "and let programs open files below folders of their own with O_NOFOLLOW.",
            "删除该链接，并查明哪个程序会跟随它。将 fs.protected_symlinks 与 fs.protected_hardlinks 设为 1，"
            "并让程序只在自己的目录内以 O_NOFOLLOW 打开文件。",
        ),
        techniques=("T1555", "T1003.008", "T1552.004"),
        behaviours=(11,),
        references=("man:symlink(7)",),
        fires=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3.11", "python3", "x.py"),
                    row(EventKind.SYMLINK, 2, "/srv/up/a.txt", raw="/etc/shadow"),
                ),
                "a symlink by system call, without any tool",
            ),
            Example(
                scene(_NGINX, runs(2, 1, "/bin/busybox", "ln", "-s", "../../etc/shadow", "/srv/x")),
                "busybox, and a relative path",
            ),
            Example(
                scene(runs(2, 1, "/opt/a", "a", uid=33), row(EventKind.LINK, 2, "/var/tmp/p", raw="/etc/passwd", uid=33)),
                "a hard link to the accounts",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER),
                    row(EventKind.SYMLINK, 2, "/data/k", raw="/var/run/secrets/kubernetes.io/serviceaccount/token"),
                ),
                "a link to the service account's token",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ln", "ln", "-s", "/host/root/.ssh", "/data/s")), "the host's keys through a mount"
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/ln", "ln", "/etc/shadow", "/tmp/s", on=HOST, uid=1000),
                    row(EventKind.LINK, 12, "/tmp/s", raw="/etc/shadow", on=HOST, uid=1000, ret=-1, flags=EventFlag.FAILED),
                ),
                "an attempt on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/sbin/useradd", "useradd", "a"),
                    row(EventKind.LINK, 2, "/etc/passwd.lock", raw="/etc/passwd.77"),
                ),
                "the lock that account tools take",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.SYMLINK, 2, "/app/current", raw="/app/releases/7")),
                "a release is switched",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/dpkg", "dpkg"), row(EventKind.LINK, 2, "/etc/shadow.dpkg-tmp", raw="/etc/shadow")),
                "dpkg keeps a copy while it works",
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/cp", "cp", "-al", "/backup/1", "/backup/0", on=HOST),
                    row(EventKind.LINK, 12, "/backup/0/etc/shadow", raw="/backup/1/etc/shadow", on=HOST),
                ),
                "a backup with hard links",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ln", "ln", "-sf", "/dev/stdout", "/var/log/nginx/access.log")), "logs to the output"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ln", "ln", "-sf", "/usr/share/zoneinfo/UTC", "/etc/localtime")), "the time zone"
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.SYMLINK, EventKind.LINK), text=_OFFER),
        Interest(kinds=(EventKind.EXEC,), args=tuple(rf"^([^\n\x00]*/)?(busybox\x00)?(ln|link)\x00.*({p})" for p in _OFFER)),
    ),
    judge=_judge,
)
