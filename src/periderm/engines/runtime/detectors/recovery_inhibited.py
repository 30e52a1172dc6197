"""RUN-127: what a system could be restored from is removed: backups, snapshots, their repositories and their timers.

A backup program that forgets its own old copies works by right.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Command, and the words (in this order, others between them) that destroy.
_COMMANDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("lvremove", re.compile(r".*")),
    ("vgremove", re.compile(r".*")),
    ("lvm", re.compile(r"\b(?:lv|vg)remove\b")),
    ("btrfs", re.compile(r"\bsub\w* (?:(?!\S*\bsub\w* )\S+ )*?del")),
    ("zfs", re.compile(r"\bdestroy\b")),
    ("zpool", re.compile(r"\bdestroy\b")),
    ("snapper", re.compile(r"\b(?:delete|remove|rm|cleanup)\b")),
    ("timeshift", re.compile(r"--delete")),
    ("restic", re.compile(r"\b(?:forget|prune|unlock --remove-all)\b")),
    ("borg", re.compile(r"\b(?:delete|prune|compact)\b")),
    ("borgmatic", re.compile(r"\b(?:prune|delete|compact)\b")),
    (
        "kopia",
        re.compile(
            r"\bsnapshot (?:(?!\S*\bsnapshot )\S+ )*?(?:delete|expire)|"
            r"^(?>.*?repository ).*delete|^(?>.*?\bmaintenance\b).*--safety=none",
            re.MULTILINE,
        ),
    ),
    ("duplicity", re.compile(r"\bremove-(?:older-than|all)|^(?>.*?\bcleanup\b).*--force", re.MULTILINE)),
    ("duply", re.compile(r"\bpurge")),
    ("rdiff-backup", re.compile(r"remove-older-than|remove increments")),
    ("velero", re.compile(r"\bdelete\b")),
    ("etcdctl", re.compile(r"^(?>.*?\bdel\b).*(?:--prefix|--from-key)", re.MULTILINE)),
    ("kubectl", re.compile(r"^(?>.*?\bdelete\b).*(?:volumesnapshot|backup|pvc|persistentvolume)", re.MULTILINE)),
    ("wal-g", re.compile(r"\bdelete\b")),
    ("pgbackrest", re.compile(r"\b(?:expire|stanza-delete)\b")),
    ("barman", re.compile(r"\bdelete\b")),
    ("virsh", re.compile(r"\bsnapshot-delete\b|\bvol-delete\b")),
    ("qm", re.compile(r"\bdelsnapshot\b")),
    (
        "aws",
        re.compile(
            r"\bdelete-(?:snapshot|backup\w*|recovery-point|db-snapshot)|^(?>.*?s3 (?:rb|rm)\b).*(?:--force|--recursive)",
            re.MULTILINE,
        ),
    ),
    ("gcloud", re.compile(r"snapshots delete|backups delete")),
    ("az", re.compile(r"snapshot delete|^(?>.*?backup ).*delete", re.MULTILINE)),
    ("rclone", re.compile(r"\b(?:purge|delete)\b")),
    ("bcdedit", re.compile(r"recoveryenabled")),
    ("tmutil", re.compile(r"delete")),
    ("grub-editenv", re.compile(r"^(?>.*?\bunset\b).*recover", re.MULTILINE)),
    (
        "systemctl",
        re.compile(
            r"^(?>.*?\b(?:stop|disable|mask)\b).*(?:backup|snapper|restic|borg|timeshift|bacula|bareos|veeam"
            r"|rsnapshot)",
            re.MULTILINE,
        ),
    ),
)
_BY_NAME = dict(_COMMANDS)
_SEVERAL = frozenset({"systemctl", "kubectl", "aws", "gcloud", "az", "lvm"})  # they do much else
_BACKUP = re.compile(
    r"(?:.*/)?(?:backups?|backup[\w.-]*|snapshots?|\.snapshots|dumps?|db-?dumps?|restic-repo\w*|borg(?:-?repo)?|veeam"
    r"|bacula|timeshift|rsnapshot|pg_?backups?|mysql-?backups?)(?:/.*)?"
    r"|.*\.(?:bak|bkp|backup|vbk|vib|vbm|dump)|(?>.*[-_.](?:backup|dump))[\w.-]*\.(?:sql|tar|t?gz|zst|zip)(?:\.gz)?",
    re.IGNORECASE,
)
_SPOKEN = re.compile(  # the same, anywhere in a line
    r"backup|snapshot|dump|restic-repo|borg|veeam|bacula|timeshift|\.(?:bak|bkp|vbk|vib|vbm)", re.IGNORECASE
)
_TOOLS = frozenset(
    """
    restic borg borgmatic kopia duplicity duply rdiff-backup rsnapshot velero pgbackrest barman wal-g bacula-fd
    bacula-sd bareos-fd snapper timeshift autorestic resticprofile logrotate backupninja automysqlbackup
    autopostgresqlbackup zrepl sanoid syncoid btrbk zfs-auto-snapshot znapzend snapraid proxmox-backup-client cron
    crond anacron systemd ofelia supercronic
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)
_BULK, _SECONDS = 5, 60.0


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.failed or context.building:
        return None
    thing = _removed(context) if context.event.kind is EventKind.UNLINK else _command(context)
    severity = actors.grade(context, _GRADES)
    if not thing or severity is None:
        return None
    if actors.actor(context) is not Actor.INTRUDER:
        if any(_keeps(p) for p in context.ancestors[:5]):
            severity = Severity.LOW
        elif not context.contained:
            severity = lower(severity)
    return Verdict(object=thing[:200], severity=severity)


def _keeps(process: Process) -> bool:
    """A timer or a backup's own program stands above."""
    return programs.base(process.exe) in _TOOLS and not process.drifted and process.pid != 1


def _command(context: Context) -> str:
    what = context.command
    words = " ".join(what.arguments)
    destroys = _BY_NAME.get(what.name)
    if destroys is not None:
        if re.search(r"--?dry-?run|(?:^| )-n(?: |$)|--help|--test", words):
            return ""
        return context.line if destroys.search(words) else ""
    if what.name in ("rm", "shred", "unlink", "srm", "wipe", "truncate"):
        files = [a for a in what.arguments if not a.startswith("-")]
        found = [
            f
            for f in files
            if _BACKUP.fullmatch(f) and not f.startswith(("/tmp/", "/var/tmp/", "/var/cache/", "/var/lib/dpkg"))
        ]
        recursive = any(re.fullmatch(r"-(?>[^\WrR]*[rR])\w*|--recursive", a) for a in what.arguments)
        if found and (
            recursive or what.name != "rm" or any("*" in f for f in found) or len(found) > 2 or actors.intruding(context)
        ):
            return context.line
    if (
        what.name == "find"
        and "-delete" in what.arguments
        and _SPOKEN.search(words)
        and "-mtime" not in what.arguments
        and "-mmin" not in what.arguments
    ):
        return context.line
    if what.name == "vssadmin" and "delete" in what.arguments:
        return context.line
    return ""


def _removed(context: Context) -> str:
    path = programs.normal(context.event.text or context.event.raw)
    if not _BACKUP.fullmatch(path) or path.startswith(("/tmp/", "/var/tmp/", "/var/lib/dpkg/", "/var/backups/", "/var/cache/")):
        return ""
    if context.command.name in _TOOLS and context.system_program and not actors.intruding(context):
        return ""
    files = context.distinct("RUN-127", path, _SECONDS, per="session" if actors.intruding(context) else "process")
    return "backup files" if files >= _BULK else ""


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-127",
        title=Text("Remove backups or snapshots", "删除备份或快照"),
        message=Text(
            "{process} in {subject} takes away what could be restored: {object}",
            "{subject} 中的 {process} 正在删除可用于恢复的数据：{object}",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Stop the process, and secure the copies that are left: take their access away from this machine. Keep backups "
            "where "
            "the machine that makes them cannot remove them.",
            "终止该进程并保护剩余副本：撤销本机对其的访问权限。备份应存放在制作它的机器无法删除的位置。",
        ),
        techniques=("T1490",),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/sbin/lvremove", "lvremove", "-f", "vg/snap", flags=_EXEC)), "a snapshot of a volume"
            ),
            Example(scene(_NGINX, _SH, runs(3, 2, "/usr/bin/btrfs", "btrfs", "subvolume", "delete", "/.snapshots/1")), "btrfs"),
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/bin/busybox", "rm", "-rf", "/mnt/backup")), "a folder of backups, by an applet"
            ),
            Example(scene(runs(2, 900, "/usr/bin/restic", "restic", "-r", "/b", "forget", "--prune", flags=_EXEC)), "by hand"),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER),
                    *(row(EventKind.UNLINK, 2, f"/srv/backups/{n}.tar") for n in range(_BULK)),
                ),
                "one by one, without a tool",
            ),
            Example(scene(runs(12, 10, "/usr/sbin/zfs", "zfs", "destroy", "-r", "p@s", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(scene(runs(12, 10, "/usr/sbin/zfs", "zfs", "destroy", "-n", "p@s", on=HOST)), "a dry run"),
            Example(scene(runs(2, 1, "/usr/bin/restic", "restic", "snapshots")), "a list"),
            Example(scene(runs(2, 1, "/usr/bin/rm", "rm", "/etc/app.conf.bak")), "one old file"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/rsnapshot", "rsnapshot", "daily"),
                    *(row(EventKind.UNLINK, 2, f"/srv/backups/daily.7/{n}") for n in range(_BULK)),
                ),
                "a backup's own rotation",
            ),
            Example(scene(runs(2, 1, "/usr/bin/find", "find", "/backup", "-mtime", "+30", "-delete")), "old copies only"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                rf"^([^\n\x00]*/)?({programs.names(frozenset(_BY_NAME) - _SEVERAL)})\x00",
                r"^([^\n\x00]*/)?(lvm|kubectl|aws|gcloud|az)\x00.*(delete|remove|\x00r[bm]\x00)",
                r"(?i)^([^\n\x00]*/)?systemctl\x00.*(backup|snapper|restic|borg|timeshift|bacula|bareos|veeam|rsnapshot)",
                (
                    r"(?i)^([^\n\x00]*/)?(busybox\x00)?(rm|shred|unlink|srm|wipe|truncate|find)\x00.*(backup|snapshot|dump"
                    r"|\.bak|\.bkp|borg|restic|veeam|\.v[bi][kbm])"
                ),
            ),
        ),
        Interest(
            kinds=(EventKind.UNLINK,),
            text=(r"(?i)(backup|snapshot|dump|borg|restic|veeam|bacula)", r"\.(bak|bkp|vbk|vib|vbm)$"),
        ),
    ),
    judge=_judge,
)
