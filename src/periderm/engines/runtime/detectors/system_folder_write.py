"""RUN-040: files of the system are written while a container runs: programs, libraries, /etc, /root, /dev, package databases.

What has a detector of its own (accounts, cron, the loader, shells' files) is left to it. Start scripts write their
settings; only changed programs count then.
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

_PROGRAMS = re.compile(
    r"(?:/usr(?:/local)?)?/s?bin/[^/]+|/(?:usr/)?lib(?:64|32|exec)?/.*\.so(?:\.[\d.]+)?|/usr/libexec/.*|/boot/.*"
)
_PACKAGES = re.compile(
    r"/var/lib/(?:dpkg/(?:status|info/.*|alternatives/.*|available)|rpm/.*|apt/extended_states)|/lib/apk/db/.*"
    r"|/usr/lib/sysimage/rpm/.*|/etc/apk/world"
)
_SETTINGS = re.compile(r"/etc/.+|/root/.*|/usr/(?:share|include|lib\w*)/.*|/opt/[^/]+/s?bin/.*")
_DEVICES = re.compile(r"/dev/.+")
_FOLDER = re.compile(r"(?:/usr(?:/local)?)?/(?:s?bin|lib(?:64|32|exec)?)/?|/(?:usr|etc|root|boot|dev|var|opt|sys|proc)/?")
_DEVICE_OK = re.compile(
    r"/dev/(?:null|zero|full|u?random|tty\w*|console|ptmx|pts/.*|fd(?:/.*)?|std(?:in|out|err)|shm/.*|mqueue/.*|log|fuse"
    r"|net/tun|kmsg|core"
    r"|hugepages/.*|kvm|dri/.*|nvidia.*|snd/.*|vhost-.*|disk/.*|rtc\d?|watchdog\d?|hpet|uinput|termination-log|loop.*"
    r"|mapper/.*|dm-\d+|[svx]d[a-z].*|nvme.*|mem|kmem|port)"
)
# Told by other detectors, or written all day by those who may.
_ELSEWHERE = re.compile(
    r"/etc/(?:passwd|shadow|group|gshadow|sub[ug]id|sudoers.*|doas.*|pam\..*|security/.*|polkit-1/.*|cron.*|anacrontab"
    r"|periodic/.*|systemd/.*|init\.d/.*"
    r"|rc.*|profile.*|bash.*|zsh.*|ld\.so\..*|ld-musl.*|ssh/.*|udev/.*|xdg/.*|resolv\.conf.*|hosts|hostname|mtab|localtime"
    r"|timezone|adjtime"
    r"|machine-id|\.pwd\.lock|\.updated|nsswitch\.conf|login\.defs|update-motd\.d/.*|skel/.*|environment|logrotate\.d/.*"
    r"|apt/apt\.conf\.d/.*)"
    r"(?:[.+~-][\w.+~-]*)?|/root/(?:\.ssh|\.(?:bash|zsh|mysql|psql|ash|python|rediscli|lesshst|viminfo|sqlite|node_repl|irb"
    r"|perldb)\w*|\.(?:cache|local|config"
    r"|npm|cargo|m2|gradle|gnupg|nv|java|dotnet|pki|fonts|composer|rnd|wget-hsts|lesshst|selected_editor|vim\w*|nano"
    r"|ansible|docker|kube|aws|profile))(?:/.*|_history\S*)?"
    r"|/usr/lib/python[\d.]+/.*\.pyc(?:\.\d+)?|.*/__pycache__/.*|/etc/(?:letsencrypt|ssl|pki|ca-certificates"
    r"|alternatives)/.*|/etc/ca-certificates\.conf|.*\.sw[pxo]"
)
_OWN = frozenset(
    """
    certbot update-ca-certificates update-alternatives ldconfig ldconfig.real update-ca-trust locale-gen localedef
    fc-cache update-mime-database glib-compile-schemas gtk-update-icon-cache mandb dhclient resolvconf
    systemd-resolved NetworkManager systemd-timedated py3compile alternatives openresolv dbus-uuidgen
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_BINARY_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.LOW,
    configuration=Severity.LOW,
)
_NOTE_GRADES = actors.grades(Severity.HIGH, person=Severity.LOW, server=Severity.LOW, program=Severity.LOW)


def _judge(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one kind of path a line
    event = context.event
    folder = event.kind is EventKind.RENAME and _FOLDER.fullmatch(programs.normal(event.raw))
    if folder:
        return _verdict(programs.normal(event.raw), "folder", actors.grade(context, _BINARY_GRADES))
    raw = event.text if event.kind is EventKind.MKDIR else paths.changed(context)
    if not raw:
        return None
    there = paths.place(raw, context)
    path = there.path
    if _ELSEWHERE.fullmatch(path) or _usual(context):
        return None
    if _PACKAGES.fullmatch(path):
        return _verdict(path, "packages", actors.grade(context, _BINARY_GRADES))
    if _DEVICES.fullmatch(path):
        if _DEVICE_OK.fullmatch(path) or not context.contained:
            return None
        severity = actors.grade(context, _BINARY_GRADES)
        return _verdict(path, "device folder", severity if severity is None else max(Severity.LOW, lower(severity)))
    if _PROGRAMS.fullmatch(path):
        return _programs(path, there, context)
    if not _SETTINGS.fullmatch(path) or not context.contained or event.kind is EventKind.MKDIR:
        return None
    severity = actors.grade(context, _NOTE_GRADES)
    if severity is not None and actors.actor(context) is Actor.INTRUDER and not path.startswith("/etc/"):
        severity = lower(severity)
    if there.host and severity is not None:
        severity = Severity.HIGH
    return _verdict(programs.normal(raw), "system files", severity)


def _programs(path: str, there: paths.Place, context: Context) -> Verdict | None:
    severity = actors.grade(context, _BINARY_GRADES)
    if severity is None:
        return None
    who = actors.actor(context)
    if who is not Actor.INTRUDER and (path.startswith("/usr/local/") or _library_installer(context)):
        severity = lower(severity)  # where people put what they install
    if not context.contained and who is not Actor.INTRUDER:
        severity = lower(severity)
    if there.host:
        severity = max(severity, Severity.HIGH)
    return _verdict(path, "program", severity)


def _library_installer(context: Context) -> bool:
    """pip, npm and the like put programs into /usr/bin; whether they should is another detector's question."""
    return context.package_manager is not None


def _usual(context: Context) -> bool:
    return not actors.intruding(context) and context.system_program and context.command.name in _OWN


def _verdict(path: str, what: str, severity: Severity | None) -> Verdict | None:
    if severity is None:
        return None
    technique = {"program": ("T1554",), "folder": ("T1554", "T1222.002"), "device folder": ("T1564.001",)}.get(what, ())
    return Verdict(object=path, severity=severity, techniques=technique, evidence={"what": what})


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-040",
        title=Text("Write the system's own files while running", "运行期间写入系统文件"),
        message=Text("{process} in {subject} changed {object}.", "{subject} 中的 {process} 修改了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Replace the container by a fresh one and run it with a read-only root. What must be written belongs into volumes.",
            "用全新的容器替换，并以只读根文件系统运行。需要写入的内容应放在卷中。",
        ),
        techniques=("T1543", "T1554"),
        behaviours=(40,),
        fires=(
            Example(scene(_NGINX, _SH, opens(2, "/usr/bin/ls", write=True)), "a program is overwritten"),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.RENAME, 2, "/usr/sbin/sshd", raw="/tmp/s")
                ),
                "replaced",
            ),
            Example(
                scene(runs(2, 900, "/bin/busybox", "cp", flags=EventFlag.EXEC_SESSION), opens(2, "/bin/../sbin/x", write=True)),
                "busybox, `..`",
            ),
            Example(scene(_NGINX, _SH, opens(2, "/var/lib/dpkg/status", write=True)), "the package database"),
            Example(scene(_NGINX, _SH, row(EventKind.RENAME, 2, "/usr/bin.old", raw="/usr/bin")), "a whole folder is moved"),
            Example(scene(_NGINX, _SH, opens(2, "/dev/.x", write=True)), "a file hidden among devices"),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/etc/app.conf", write=True)), "settings while running: a note"),
            Example(
                scene(runs(12, 10, "/home/a/x", "x", on=HOST), opens(12, "/usr/bin/ps", write=True, on=HOST)),
                "on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/dpkg", "dpkg"), row(EventKind.RENAME, 2, "/usr/bin/ls", raw="/usr/bin/ls.dpkg-new")),
                "an upgrade",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dash", "sh", "/docker-entrypoint.sh", at=0.0),
                    runs(2, 1, "/usr/bin/sed", "sed", "-i", at=1.0),
                    row(EventKind.RENAME, 2, "/etc/nginx/conf.d/default.conf", raw="/etc/nginx/conf.d/sedX", at=1.0),
                ),
                "a start script writes settings",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash"), opens(2, "/root/.bash_history", write=True)), "a shell's history"
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/dev/null", write=True)), "the null device"),
            Example(
                scene(runs(2, 1, "/usr/bin/certbot", "certbot"), opens(2, "/etc/letsencrypt/live/x/a.pem", write=True)),
                "certificates",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/var/lib/app/data", write=True)), "its own data"),
        ),
    ),
    interests=(
        Interest(
            kinds=(*paths.CHANGES, EventKind.MKDIR),
            writes=True,
            text=(
                (
                    r"^(/usr(/local)?)?/(s?bin|lib(64|32|exec)?)(/"
                    r"|$)"
                ),
                r"^/(etc|root|boot|dev)(/|$)",
                r"^/usr/(share|include)/",
                r"^/(usr|opt|var)/?$",
                r"^/opt/[^/\n]+/s?bin/",
                r"^/var/lib/(dpkg|rpm|apt)/",
                r"^/(host|rootfs|node|mnt|media)[^\n]*/(s?bin|lib\w*|etc|root|boot|dpkg)/",
                r"\.\./",
            ),
        ),
    ),
    judge=_judge,
)
