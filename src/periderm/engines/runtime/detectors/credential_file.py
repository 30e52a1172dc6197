"""RUN-010: somebody unusual reads password hashes, host keys, or a file in which the image scan found a secret.

Programs whose work it is (login, sshd, package managers) and the start of a container are not meant. An application
reads its own secrets all day: a scanned secret counts only if a file tool, a person or an intruder's program reads it.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, image, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text, encodable

_NAMES = r"etc/(?:g?shadow-?|security/opasswd|krb5\.keytab|ssh/ssh_host_[a-z0-9]+_key|master\.passwd)"
_EXACT = re.compile(rf"/{_NAMES}")
_BELOW = re.compile(rf".+/{_NAMES}")
_TRUSTED = frozenset(
    """
    login su sudo sudo-rs doas sshd sshd-session sshd-auth ssh-keygen ssh-keysign passwd chpasswd chgpasswd gpasswd
    useradd usermod userdel groupadd groupmod groupdel newusers adduser deluser addgroup chage chfn chsh vipw vigr
    pwck grpck pwconv pwunconv grpconv grpunconv unix_chkpwd unix_update unix2_chkpwd cron crond atd systemd
    systemd-sysusers systemd-userdbd systemd-userwork systemd-logind systemd-homed systemd-executor systemd-firstboot
    getent nscd sssd sssd_be sssd_nss sssd_pam polkit-agent-helper-1 accounts-daemon gdm gdm3 gdm-session-worker
    lightdm sddm sddm-helper kcheckpass vsftpd proftpd dovecot auth saslauthd smbd cupsd xscreensaver screen dropbear
    runuser newgrp sg expiry dpkg apt apt-get rpm dnf yum apk update-passwd shadowconfig cloud-init k5start krb5kdc
    kadmind gssproxy rpc.gssd rpc.svcgssd winbindd
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_BACKUPS = frozenset({"tar", "rsync", "restic", "borg", "bacula-fd", "bareos-fd", "duplicity", "aide", "debsums", "tripwire"})
_SETS = frozenset({"sed", "cp", "mv", "install", "chown", "chmod", "tar"})
_PACKAGE_MANAGERS = frozenset({"dpkg", "apt", "apt-get", "rpm", "dnf", "yum", "apk", "debootstrap", "adduser", "deluser"})


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.OPEN or context.process.runtime or not (context.reads or context.writes):
        return None
    if context.absent:
        return None
    path = programs.normal(event.text or event.raw)
    if _EXACT.fullmatch(path) or (context.contained and _BELOW.fullmatch(path)):
        return _passwords(path, context)
    if context.facts is not None and encodable(path) in context.facts.secrets:
        return _secret(path, context)
    return None


def _passwords(path: str, context: Context) -> Verdict | None:
    name = context.command.name
    if _trusted(context):
        return None
    if _EXACT.fullmatch(path) and (folder := _backed_up(path, context)):
        return _verdict(folder, Severity.LOW, context, {"file": path}, ())
    severity = Severity.HIGH
    if not context.contained:
        severity = Severity.LOW if name in _BACKUPS and context.system_program else Severity.MEDIUM
    elif context.starting and not actors.serving(context.process):
        if name in _SETS:
            return None  # the start script sets a password
        severity = Severity.LOW
    if context.server_shell or context.server is not None or not _EXACT.fullmatch(path):
        severity = max(severity, Severity.HIGH)  # an intruder's, or through a mount of the host's files
    return _verdict(path, severity, context, {}, ())


def _trusted(context: Context) -> bool:
    if not context.system_program:
        return False
    if context.command.name in _TRUSTED:
        return not context.server_shell
    name_of = programs.interpreter(context.command.name)
    interpreter = name_of or programs.is_shell(context.command)
    above = context.ancestors[:6]
    managed = any(programs.base(p.exe) in _PACKAGE_MANAGERS and not p.drifted for p in above)
    script = programs.base(programs.script(context.command)) if interpreter else ""
    if name_of == "perl" and programs.script(context.command).startswith(("/usr/bin/", "/usr/sbin/", "/usr/share/")):
        managed = True  # Perl's getpwuid looks into the shadow file whenever it may
    return (managed or script in _TRUSTED) and not context.server_shell


def _backed_up(path: str, context: Context) -> str:
    """The folder that a backup of the system's own work takes along, so that its many files are one alert; '' if it is none:
    below a server, in somebody's session, or if the file itself was named."""
    what = context.command
    if what.name not in _BACKUPS or not context.system_program or not context.contained:
        return ""
    if context.interactive or context.server_shell or context.server is not None or not context.reads:
        return ""
    if any(path.endswith(f"/{a.strip('/')}") and a.strip("/") not in ("", "etc") for a in what.arguments):
        return ""
    return f"/{path.split('/')[1]}/…"


def _secret(path: str, context: Context) -> Verdict | None:
    process, what = context.process, context.command
    if context.starting and not context.server_shell:
        return None
    tool = what.name in programs.FILE_READERS or what.name in programs.NET_TOOLS
    person = process.tty or (process.how in ("exec", "nsenter") and tool)
    if not (tool or person or process.drifted or context.server_shell):
        return None  # the application itself
    if _backed_up(path, context):
        return None  # a backup takes along what the application has
    severity = Severity.HIGH if context.server_shell or process.drifted else Severity.MEDIUM
    evidence = {"secret_path": path}
    return _verdict(path, severity, context, evidence, ("T1552.001",))


def _verdict(path: str, severity: Severity, context: Context, evidence: dict[str, str], techniques: tuple[str, ...]) -> Verdict:
    if context.failed:
        severity = lower(severity)
    did = "opened to write" if context.writes else "read"
    return Verdict(object=path, severity=severity, evidence={"access": did, **evidence}, techniques=techniques)


_LIGHTTPD = runs(1, 0, "/usr/sbin/lighttpd", "lighttpd", at=0.0)
_SHELL = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_SCANNED = image("/usr/sbin/lighttpd", "/usr/bin/dash", "/usr/bin/cat", "/usr/bin/perl", secrets=("srv/shop/.env",))

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-010",
        title=Text("Read a file that holds credentials", "读取含有凭证的文件"),
        message=Text("{process} in {subject} opened {object}.", "{subject} 中的 {process} 打开了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take it that the credentials are known to others: change them. Take secrets out of the image and give them to "
            "the container when it starts, readable by its own user only.",
            "请视这些凭证已泄露并立即更换。把机密从镜像中移出，在容器启动时再提供，且只允许其自身用户读取。",
        ),
        techniques=("T1003.008", "T1555"),
        behaviours=(10,),
        references=("man:shadow(5)",),
        fires=(
            Example(scene(_LIGHTTPD, _SHELL, runs(3, 2, "/usr/bin/cat", "cat"), opens(3, "/etc/shadow")), "cat /etc/shadow"),
            Example(
                scene(_LIGHTTPD, opens(1, "/etc/shadow", raw="/srv/www/../../etc/shadow")),
                "a web server is led there by `..`",
            ),
            Example(
                scene(runs(2, 1, "/tmp/sshd", "sshd", flags=EventFlag.UPPER), opens(2, "/etc/gshadow")),
                "a program that only calls itself sshd",
            ),
            Example(
                scene(runs(2, 1, "/bin/busybox", "cat", "/etc/shadow"), opens(2, "/etc/shadow", denied=True, uid=33)),
                "a refused attempt, said softer",
            ),
            Example(
                scene(_LIGHTTPD, _SHELL, runs(3, 2, "/usr/bin/cat", "cat"), opens(3, "/srv/shop/.env"), inventory=_SCANNED),
                "the file in which the image scan found a secret",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/tar", "tar", "-czf", "/b.tgz", "etc"), opens(2, "/etc/shadow")),
                "a backup takes it along, said softly",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/tar", "tar", "-czf", "/tmp/s", "/etc/shadow"), opens(2, "/etc/shadow")),
                "an archive of this one file is no backup",
            ),
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/host/etc/shadow")), "the host's file through a mount"),
            Example(
                scene(runs(12, 10, "/usr/bin/python3.11", "python3", on=HOST), opens(12, "/etc/shadow", on=HOST)),
                "a script on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(12, 10, "/usr/sbin/sshd", "sshd", on=HOST), opens(12, "/etc/shadow", on=HOST)), "somebody logs in"
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/dpkg", "dpkg", on=HOST),
                    runs(13, 12, "/usr/bin/perl", "perl", "/usr/sbin/adduser", on=HOST),
                    opens(13, "/etc/gshadow", on=HOST),
                ),
                "a package adds its user",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dash", "sh", "/entrypoint.sh", at=0.0),
                    runs(2, 1, "/usr/bin/sed", "sed", "-i", at=1.0),
                    opens(2, "/etc/shadow", at=1.0),
                ),
                "the start script sets a password",
            ),
            Example(
                scene(
                    _LIGHTTPD, runs(2, 1, "/usr/bin/perl", "perl", "shop.pl"), opens(2, "/srv/shop/.env"), inventory=_SCANNED
                ),
                "the application reads its own secret",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "pg_isready", flags=EventFlag.EXEC_SESSION),
                    runs(3, 2, "/usr/bin/perl", "perl", "/usr/bin/pg_isready"),
                    opens(3, "/etc/shadow"),
                ),
                "a health check in Perl asks who it is",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ls", "ls", "-l"), opens(2, "/etc/shadow", arg0=0o10000000)),
                "opened as a path only (O_PATH)",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN,),
            text=(r"/etc/(g?shadow-?|security/opasswd|krb5\.keytab|ssh/ssh_host_[a-z0-9]+_key|master\.passwd)$",),
            secrets=True,
        ),
    ),
    judge=_judge,
)
