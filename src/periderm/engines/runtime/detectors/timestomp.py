"""RUN-044: a file is given a time in the past, so that it looks as if it had always been there.

Archives, copies and downloads keep times by their nature: those tools are not meant.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, START, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_DAY = 86_400
_TOOLS = frozenset(
    """
    tar bsdtar cpio pax ar unzip zip 7z 7za 7zr rar unrar gzip gunzip bzip2 xz zstd lz4 pigz cp mv install rsync scp
    sftp-server sftp wget curl aria2c rclone restic borg duplicity unison syncthing git git-lfs svn hg dpkg dpkg-deb
    rpm apk logrotate make cmake ninja ccache gcc g++ cc1 cargo go npm node yarn pnpm pip pip3 uv conda bundle gem
    composer sed perltidy exiftool touch-r ostree unsquashfs aws gsutil az s3cmd mc kubectl s5cmd docker buildah
    buildkitd podman containerd dockerd umoci executor mandb fc-cache ldconfig certbot sa-update freshclam python3-pip
    vsftpd proftpd pure-ftpd smbd nfsd ganesha.nfsd dovecot imap lmtp mutt procmail maildrop ffmpeg convert patch gpg
    apt apt-get systemd-tmpfiles useradd adduser newusers mkhomedir_helper
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_TELLING = re.compile(
    r"(?:/usr(?:/local)?)?/(?:s?bin|lib\w*)/.*|/etc/.*|/root/.*|/boot/.*|/(?:var/www|srv|usr/share/nginx"
    r"|usr/local/(?:apache2|tomcat))/.*|.*/\.[^/]+|/(?:dev/shm|tmp|var/tmp)/.*|/var/log/.*"
)
_GRADES = actors.grades(
    Severity.HIGH, person=Severity.MEDIUM, server=Severity.MEDIUM, program=Severity.MEDIUM, start=Severity.LOW
)
_REFERENCE = re.compile(r"-[acfhm]*r|--reference(?:=.*)?|-[acfhm]*[td]\S*|--date(?:=.*)?|--time=.*")


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.failed:
        return None
    if context.event.kind is EventKind.EXEC:
        return _command(context)
    event, what = context.event, context.command
    back = event.time // 1_000_000_000 - event.arg0
    if event.arg0 < 0 or back < _DAY or _keeps_times(context):
        return None
    path = programs.normal(event.text or event.raw)
    severity = _grade(path, context)
    inline = bool(programs.interpreter(what.name)) and any(a in ("-c", "-e", "-r") for a in what.arguments[:3])
    if severity is None or (actors.actor(context) in (Actor.PROGRAM, Actor.SERVER) and what.name != "touch" and not inline):
        if severity is None or not _TELLING.fullmatch(path) or programs.interpreter(what.name) == "php":
            return None
        if "/__pycache__/" in path or (not context.contained and path.startswith(("/tmp/", "/var/tmp/", "/root/"))):
            return None  # builds and virtual environments
        severity = Severity.LOW
    return Verdict(object=path, severity=severity, evidence={"days_back": str(back // _DAY)})


def _grade(path: str, context: Context) -> Severity | None:
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who = actors.actor(context)
    if who is Actor.PERSON and _TELLING.fullmatch(path) and context.contained:
        severity = Severity.HIGH
    if not context.contained and who is not Actor.INTRUDER:
        severity = Severity.LOW
    return severity


def _keeps_times(context: Context) -> bool:
    what = context.command
    name = programs.base(programs.script(what)) if programs.interpreter(what.name) and programs.script(what) else what.name
    if name == "touch":
        return False
    keeps = name in _TOOLS or what.name in _TOOLS or context.package_manager is not None
    return keeps and not actors.intruding(context)


def _command(context: Context) -> Verdict | None:
    """`touch -r /bin/ls x`: said by its words too, since another program may carry the time."""
    what = context.command
    if what.name == "touch":
        option = next((a for a in what.arguments if _REFERENCE.fullmatch(a)), "")
        if not option or any("now" in a or "today" in a for a in what.arguments):
            return None
        files = [a for a in what.arguments if not a.startswith("-")]
        path = files[-1] if files else ""
        severity = _grade(programs.normal(path), context)
        if severity is None or not path:
            return None
        return Verdict(object=path, severity=severity, evidence={"line": context.line})
    if what.name == "debugfs" and any("set_inode_field" in a or a.startswith("sif ") for a in what.arguments):
        return Verdict(object=what.arguments[-1], severity=Severity.HIGH if context.contained else Severity.MEDIUM)
    return None


_OLD = START // 1_000_000_000 - 900 * _DAY
_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-044",
        title=Text("Set a file's time back", "将文件时间改回过去"),
        message=Text(
            "{process} in {subject} gave {object} an older time.", "{subject} 中的 {process} 把 {object} 的时间改为更早。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "The time of inode change (stat, ctime) still tells when it was. Look at the file: it was to look old.",
            "inode 更改时间（stat 的 ctime）仍能说明真实时间。请检查该文件：有人想让它看起来很旧。",
        ),
        techniques=("T1070.006",),
        behaviours=(44,),
        references=("man:utimensat(2)",),
        fires=(
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/usr/bin/touch", "touch", "-r", "/bin/ls", "/srv/x.php")), "like another file"
            ),
            Example(
                scene(
                    runs(2, 900, "/bin/busybox", "touch", "-d", "2001-01-01", "/tmp/x", flags=_EXEC),
                    row(EventKind.UTIME, 2, "/tmp/x", arg0=978307200),
                ),
                "a time of its own, by an applet",
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/python3.11", "python3", "-c", "…", flags=_EXEC),
                    row(EventKind.UTIME, 2, "/usr/bin/x", arg0=_OLD),
                ),
                "by system call",
            ),
            Example(
                scene(runs(2, 1, "/srv/tar", "tar", flags=EventFlag.UPPER), row(EventKind.UTIME, 2, "/srv/y", arg0=_OLD)),
                "a program that only calls itself tar",
            ),
            Example(
                scene(runs(12, 10, "/home/a/x", "x", on=HOST), row(EventKind.UTIME, 12, "/etc/cron.d/y", arg0=_OLD, on=HOST)),
                "on a host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/tar", "tar", "x"), row(EventKind.UTIME, 2, "/srv/a", arg0=_OLD)),
                "an archive is unpacked",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/touch", "touch", "/run/x"), row(EventKind.UTIME, 2, "/run/x", arg0=-1)),
                "touch, for now",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/dpkg", "dpkg"), row(EventKind.UTIME, 2, "/usr/bin/ls.dpkg-new", arg0=_OLD)),
                "a package",
            ),
            Example(scene(_NGINX, row(EventKind.UTIME, 1, "/data/upload/1.jpg", arg0=_OLD)), "a server keeps what it was told"),
            Example(
                scene(runs(2, 1, "/usr/bin/gzip", "gzip"), row(EventKind.UTIME, 2, "/var/log/syslog.2.gz", arg0=_OLD)),
                "logs are packed",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.UTIME,)),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(r"^([^\n\x00]*/)?(busybox\x00)?touch\x00.*-(-ref|-date|-time|[acfhm]*[rtd])", r"set_inode_field|\x00sif "),
        ),
    ),
    judge=_judge,
)
