"""RUN-126: data is destroyed: shredded, overwritten, a disk emptied, a tree removed, files removed or renamed in bulk.

Backups and snapshots are RUN-127, logs RUN-042. A program that tidies up its own cache is not meant.
"""

from __future__ import annotations

import posixpath
import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_WIPERS = frozenset(
    """
    shred wipe srm sfill sswap smem scrub nwipe dban secure-delete blkdiscard hdparm wipefs sgdisk badblocks mkswap
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_MAKERS = re.compile(r"mkfs(?:\.\w+)?|mke2fs|mkntfs|mkfs")
_DISK = re.compile(r"/dev/(?:[svx]d[a-z]\d*|nvme\d\S*|mmcblk\S*|dm-\d+|mapper/\S+|md\d+|disk/\S+|loop\d+)")
_ROOTS = re.compile(
    r"/(?:\*|\.|(?:bin|boot|dev|etc|home|lib\w*|opt|root|sbin|srv|usr|var|var/lib|var/www|var/log|mnt|data|host|app)(?:/\*?"
    r"|/\.)?)?"
)
_DATA = re.compile(
    r"/(?:var/lib/(?:mysql|postgresql|mongo\w*|redis|elasticsearch|clickhouse|docker|etcd|kubelet|rabbitmq|cassandra"
    r"|influxdb)|data|srv|home|var/www|mnt|backup\w*|host)/.*"
)
_SCRATCH = re.compile(
    r"/(?:tmp|var/tmp|var/cache|run|dev/shm|proc|sys|var/run|var/lib/(?:apt|dpkg|containers|docker/(?:overlay2|buildkit"
    r"|tmp)|systemd)|var/spool)/.*"
    r"|.*/(?:\.?cache\w*|tmp|temp|node_modules|__pycache__|\.git|target|build|dist|\.npm|\.gradle|\.m2|sessions?|\.venv"
    r"|venv|pgsql_tmp|pg_wal|pg_stat_tmp|pg_replslot|compiled|smarty|twig)/.*"
    r"|.*(?:\.tmp|\.pyc|\.swp|~|\.lock|\.pid|\.log(?:\.\d+)?(?:\.gz)?|\.wal|\.sst|\.ibd|\.bak|\.part|\.old)"
)
_ENCRYPTED = re.compile(
    r".*\.(?:enc|encrypted|locked|lock(?:bit)?|crypt\w*|crypted|cry|aes|gpg|ransom\w*|wcry|wncry|akira|babyk|royal|play"
    r"|[0-9a-z]{5,10}locked)",
    re.IGNORECASE,
)
_BULK, _SECONDS = 200, 20.0
_ENOUGH_RENAMED = 20
_TIDY = frozenset(
    """
    git npm yarn pnpm pip pip3 make cmake gcc cargo go rustc bazel ninja mvn gradle systemd-tmpfiles tmpreaper
    tmpwatch logrotate mandb tar rsync cp mv find containerd dockerd buildkitd podman postgres mysqld mariadbd mongod
    etcd java redis-server clickhouse-server nginx varnishd squid php-fpm apache2 borg restic updatedb ccache conda
    composer bundle debootstrap mkinitramfs update-initramfs
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.failed:
        return None
    kind = context.event.kind
    if kind is EventKind.UNLINK:
        return _removed(context)
    if kind is EventKind.RENAME:
        return _renamed(context)
    thing, step, technique = _command(context)
    severity = actors.grade(context, _GRADES)
    if not thing or severity is None:
        return None
    if not context.contained and actors.actor(context) is not Actor.INTRUDER:
        step += 1
    return Verdict(
        object=thing[:200], severity=lower(severity, step) if step else severity, techniques=(technique,), fill={"what": thing}
    )


def _command(context: Context) -> tuple[str, int, str]:  # noqa: PLR0911 -- one tool a line
    """What is destroyed by the words of a command, how many steps milder it is, and the technique."""
    what, line = context.command, context.line
    arguments = what.arguments
    files = [a for a in arguments if not a.startswith("-")]
    if what.name in _WIPERS:
        disk = any(_DISK.match(f) for f in files)
        if what.name == "hdparm" and not any("erase" in a or "trim" in a for a in arguments):
            return "", 0, ""
        if what.name in ("badblocks", "mkswap", "sgdisk", "wipefs") and not (
            disk and set(arguments) & {"-w", "-a", "--all", "-Z", "--zap-all", "-z"}
        ):
            return "", 0, ""
        if what.name in ("shred", "srm", "wipe", "scrub") and (not files or "--help" in arguments):
            return "", 0, ""
        return line, 0 if disk else 1, "T1561" if disk else "T1485"
    if (
        _MAKERS.fullmatch(what.name)
        and any(_DISK.match(f) for f in files)
        and not any(a in ("-V", "-n", "-N") for a in arguments)
    ):
        return line, 1, "T1561"
    if what.name == "dd":
        out = next((a[3:] for a in arguments if a.startswith("of=")), "")
        source = next((a[3:] for a in arguments if a.startswith("if=")), "")
        if _DISK.match(out):
            return line, 0, "T1561"
        if source in ("/dev/zero", "/dev/urandom", "/dev/random", "/dev/null") and out.startswith(
            ("/etc/", "/var/lib/", "/home/", "/root/", "/boot/", "/usr/")
        ):
            return line, 1, "T1485"
    if what.name == "rm":
        recursive = any(re.fullmatch(r"-(?>[^\WrR]*[rR])\w*|--recursive", a) for a in arguments)
        roots = [f for f in files if _ROOTS.fullmatch(programs.normal(f)) or f == "/*" or "--no-preserve-root" in arguments]
        if recursive and roots:
            return line, 0, "T1485"
    if (
        what.name == "find"
        and "-delete" in arguments
        and any(_ROOTS.fullmatch(f) for f in arguments[:1])
        and len(arguments) <= 4
    ):
        return line, 0, "T1485"
    if programs.is_shell(what) and any(re.search(r">\s*/dev/(?:[svx]d[a-z]|nvme\d)", reading) for reading in context.readings):
        return line, 0, "T1561"
    return "", 0, ""


def _removed(context: Context) -> Verdict | None:
    event = context.event
    path = programs.normal(event.text or event.raw)
    if _SCRATCH.fullmatch(path) or _tidies(context):
        return None
    folder = posixpath.dirname(path)
    files = context.distinct("RUN-126 files", path, _SECONDS, per="session" if actors.intruding(context) else "process")
    if files < _BULK:
        return None
    data = _DATA.fullmatch(path) is not None
    severity = _bulk(context, data=data)
    what = Text(f"{files} files removed within {_SECONDS:.0f} s", f"{_SECONDS:.0f} 秒内删除 {files} 个文件")
    return Verdict(
        object="files", severity=severity, techniques=("T1485", "T1070.004"), fill={"what": what}, evidence={"folder": folder}
    )


def _renamed(context: Context) -> Verdict | None:
    """Files get a new ending one after the other: what encrypts data for ransom does."""
    event = context.event
    new, old = programs.normal(event.text), programs.normal(event.raw)
    if not _ENCRYPTED.fullmatch(new) or _ENCRYPTED.fullmatch(old):
        return None
    files = context.distinct("RUN-126 renamed", new, 60.0)
    if files < _ENOUGH_RENAMED:
        return None
    what = Text(
        f"{files} files renamed to *{posixpath.splitext(new)[1]}", f"{files} 个文件被改名为 *{posixpath.splitext(new)[1]}"
    )
    return Verdict(object="renamed files", severity=_bulk(context, data=True), techniques=("T1486",), fill={"what": what})


def _tidies(context: Context) -> bool:
    if actors.intruding(context):
        return False
    if actors.packaged(context) or context.building:
        return True
    names = (programs.command(p.exe, p.argv).name for p in context.lineage[:3])
    return any(name in _TIDY or programs.interpreter(name) == "php" for name in names) or context.package_manager is not None


def _bulk(context: Context, *, data: bool) -> Severity:
    if actors.intruding(context):
        return Severity.HIGH
    if context.starting or not context.contained:
        return Severity.LOW
    return Severity.MEDIUM if data else Severity.LOW


def _many(kind: EventKind, count: int, text: str, raw: str = "") -> tuple[Event, ...]:
    return tuple(row(kind, 2, text.format(n), raw=raw.format(n), at=601 + n / 1000) for n in range(count))


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-126",
        title=Text("Erase or overwrite data", "擦除或覆盖数据"),
        message=Text("{process} in {subject} destroys data: {what}", "{subject} 中的 {process} 正在破坏数据：{what}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Pause the container at once, then look which volumes it reaches, and restore them from a backup that it cannot "
            "reach. Mount what a workload only reads as read-only.",
            "立即暂停容器，检查它能访问哪些卷，并用其无法访问的备份恢复。负载只需读取的内容应以只读方式挂载。",
        ),
        techniques=("T1485", "T1070.004"),
        behaviours=(42,),
        fires=(
            Example(scene(runs(2, 900, "/usr/bin/shred", "shred", "-u", "/srv/db.sql", flags=_EXEC)), "shred"),
            Example(scene(_NGINX, _SH, runs(3, 2, "/bin/busybox", "rm", "-rf", "/var/www/")), "a tree is removed by an applet"),
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/usr/bin/dd", "dd", "if=/dev/zero", "of=/dev/vda")), "a disk is overwritten"
            ),
            Example(
                scene(_NGINX, _SH, *_many(EventKind.UNLINK, _BULK + 1, "/srv/shop/orders/{}.json")),
                "one by one, without a tool",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER),
                    *_many(EventKind.RENAME, _ENOUGH_RENAMED + 1, "/data/{}.doc.locked", "/data/{}.doc"),
                ),
                "files get a new ending",
            ),
            Example(
                scene(runs(12, 10, "/usr/sbin/mkfs.ext4", "mkfs.ext4", "/dev/sdb", on=HOST)), "a file system is made over data"
            ),
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "cat /dev/urandom > /dev/sda")), "by a redirection"),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/rm", "rm", "-rf", "/var/lib/apt/lists/debian")), "lists of packages"),
            Example(scene(runs(2, 1, "/usr/bin/rm", "rm", "-rf", "/tmp/build")), "a folder for a while"),
            Example(
                scene(_NGINX, *(row(EventKind.UNLINK, 1, f"/var/cache/nginx/{n}") for n in range(_BULK + 9))),
                "a server's cache",
            ),
            Example(scene(runs(2, 1, "/usr/bin/dd", "dd", "if=/dev/zero", "of=/swapfile")), "a file is filled"),
            Example(
                scene(runs(2, 1, "/usr/bin/git", "git", "checkout"), *_many(EventKind.UNLINK, _BULK + 9, "/src/{}.c")),
                "a checkout",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.UNLINK,),
            text=(
                r"^/(srv|data|home|root|opt|app|etc|usr|mnt|media|host|rootfs|workspace|backup|var/(lib|www|mail|backups|opt))",
            ),
        ),
        Interest(
            kinds=(EventKind.RENAME,),
            text=(r"(?i)\.(enc|encrypted|\w*lock\w*|cry\w*|aes|gpg|ransom\w*|wn?cry|akira|babyk|royal|play)$",),
        ),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                rf"^([^\n\x00]*/)?(busybox\x00)?({programs.names(_WIPERS)}|mkfs[.\w]*|mke2fs|mkntfs|dd)\x00",
                r"^([^\n\x00]*/)?(busybox\x00)?rm\x00.*(-\w*[rR]|--rec)",
                r"^([^\n\x00]*/)?(busybox\x00)?find\x00/.*-delete",
                r"> ?/dev/([svx]d[a-z]|nvme)",
            ),
        ),
    ),
    judge=_judge,
)
