"""RUN-042: logs of the system are emptied, removed or overwritten, so that nobody sees what was done.

A server and logrotate empty their own logs by right. A shell's history is RUN-125.
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

# Who was there: nobody but the system writes these.
_RECORDS = re.compile(
    r"(?:/var/log|/var/run|/run)/(?:[wub]tmpx?|lastlog|faillog|tallylog|wtmp\.db|lastlog2\.db|audit/audit\.log(?:\.\d+)?"
    r"|auth\.log|secure|syslog|messages|kern\.log"
    r"|daemon\.log|user\.log|cron(?:\.log)?|maillog|mail\.log|boot\.log|dmesg|sudo\.log|fail2ban\.log|journal/.*)"
    r"|/var/lib/lastlog/.*"
)
_LOGS = re.compile(
    r"/var/log/.+|.*/(?:access|error|audit|auth|security|catalina|modsec_audit)[\w.-]*\.log"
    r"|/var/lib/docker/containers/.*-json\.log"
)
_TURNED = re.compile(r".*\.(?:\d+|gz|xz|bz2|zst|old|\d{8}(?:-\d+)?)")
_KEEPERS = frozenset(
    """
    logrotate rsyslogd syslog-ng syslogd journald systemd-journald auditd sshd sshd-session login init systemd
    systemd-update-utmp systemd-tmpfiles systemd-journal-flush savelog newsyslog cronolog rotatelogs multilog svlogd
    s6-log runsvdir logger agetty getty utmpdump last lastlog lslogins pam_lastlog2 wtmpdb fluent-bit filebeat vector
    promtail dmesg bootlogd klogd busybox-syslogd vlogger httplog
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.MEDIUM,
    program=Severity.MEDIUM,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)
_JOURNAL = re.compile(r"--vacuum-(?:size|time|files)|--rotate|--flush")


def _judge(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one reason a line
    if context.process.runtime or context.absent:
        return None
    if context.event.kind is EventKind.EXEC:
        return _command(context)
    raw = _cleared(context)
    if not raw:
        return None
    path = paths.place(raw, context).path
    record = _RECORDS.fullmatch(path) is not None
    if (not record and not _LOGS.fullmatch(path)) or _by_right(context):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who, what = actors.actor(context), context.command
    if not record:
        if who is Actor.START and context.event.kind is EventKind.OPEN:
            return None  # start scripts make the files that a service will write
        if _TURNED.fullmatch(path) or (who in (Actor.SERVER, Actor.PROGRAM, Actor.START) and not _hand(what)):
            return None  # old logs are thrown away, programs begin their own anew
        severity = lower(severity)
    elif who in (Actor.PROGRAM, Actor.SERVER) and _hand(what):
        severity = lower(Severity.HIGH) if context.failed else Severity.HIGH
    if not context.contained and who is not Actor.INTRUDER and not record:
        severity = Severity.LOW
    return Verdict(object=path, severity=severity, evidence={"how": context.event.kind.name.lower()})


def _cleared(context: Context) -> str:
    """The path whose content this event takes away, '' if none."""
    event = context.event
    if event.kind is EventKind.OPEN:
        return event.text or event.raw if event.arg0 & paths.O_TRUNC else ""
    if event.kind is EventKind.RENAME:
        # Another file in its place; or moved away to where nobody looks.
        new, old = event.text, event.raw
        return (
            new
            if _RECORDS.fullmatch(programs.normal(new))
            else old
            if not _TURNED.fullmatch(new) and not new.startswith("/var/log/")
            else ""
        )
    if event.kind in (EventKind.UNLINK, EventKind.TRUNCATE, EventKind.SYMLINK):
        return event.text or event.raw
    return ""


def _hand(what: programs.Command) -> bool:
    return (
        programs.is_shell(what)
        or what.name in programs.FILE_READERS
        or what.name in ("rm", "truncate", "unlink", "ln", "shred", "echo", "touch")
    )


def _by_right(context: Context) -> bool:
    if actors.intruding(context):
        return False
    lineage = context.lineage[:5]
    if any(programs.base(p.exe) in _KEEPERS and not p.drifted for p in lineage) and context.event.kind is not EventKind.SYMLINK:
        return True
    return context.event.kind is EventKind.SYMLINK and context.event.raw.startswith(
        ("/dev/stdout", "/dev/stderr", "/proc/self/fd", "/proc/1/fd")
    )


def _command(context: Context) -> Verdict | None:
    what = context.command
    severity = actors.grade(context, _GRADES)
    if severity is None or _by_right(context):
        return None
    thing = ""
    if what.name == "journalctl" and any(_JOURNAL.match(a) for a in what.arguments):
        strict = any(re.search(r"=(?:0|1)(?:s|sec|[KMB]|$)", a) or a in ("1s", "0", "1", "1K", "1M") for a in what.arguments)
        thing, severity = "journal", severity if strict else Severity.LOW
    elif what.name == "dmesg" and any(a in ("-C", "-c", "--clear", "--read-clear") for a in what.arguments):
        thing, severity = "kernel log", lower(severity)
    elif what.name in ("wevtutil", "logtamper", "utmpclean", "zap2", "wipe-logs", "mig-logcleaner"):
        thing = what.name
    return Verdict(object=thing, severity=severity, evidence={"line": context.line}) if thing else None


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-042",
        title=Text("Clear logs", "清除日志"),
        message=Text("{process} in {subject} cleared {object}.", "{subject} 中的 {process} 清除了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look at what happened just before: somebody wanted it gone. Send logs to another machine as they are written, and "
            "let only the logger write them.",
            "检查此前发生了什么：有人想将其抹去。日志应在写入时即发送到其他机器，且只允许日志程序写入。",
        ),
        techniques=("T1685.006",),
        behaviours=(42,),
        references=("man:utmp(5)",),
        fires=(
            Example(
                scene(_NGINX, _SH, opens(2, "/var/log/auth.log", write=True, arg0=0o1001)), "a shell's `>`, without a tool"
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/rm", "rm", "/var/log/wtmp", flags=_EXEC), row(EventKind.UNLINK, 2, "/var/log/wtmp")
                ),
                "removed",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), row(EventKind.TRUNCATE, 2, "/var/log/lastlog")),
                "cut by system call",
            ),
            Example(
                scene(
                    runs(2, 900, "/bin/busybox", "ln", flags=_EXEC),
                    row(EventKind.SYMLINK, 2, "/var/log/auth.log", raw="/dev/null"),
                ),
                "led to nowhere",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER),
                    row(EventKind.RENAME, 2, "/var/log/../log/syslog", raw="/tmp/s"),
                ),
                "another file in its place, by `..`",
            ),
            Example(scene(runs(2, 900, "/usr/bin/journalctl", "journalctl", "--vacuum-time=1s", flags=_EXEC)), "the journal"),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/rm", "rm", on=HOST), row(EventKind.UNLINK, 12, "/var/log/audit/audit.log", on=HOST)
                ),
                "the audit log of a host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/sbin/logrotate", "logrotate", "/etc/logrotate.conf"),
                    row(EventKind.RENAME, 2, "/var/log/syslog.1", raw="/var/log/syslog"),
                    opens(2, "/var/log/syslog", write=True, arg0=0o1101),
                    row(EventKind.UNLINK, 2, "/var/log/syslog.7.gz"),
                ),
                "logrotate",
            ),
            Example(
                scene(_NGINX, opens(1, "/var/log/nginx/error.log", write=True, arg0=0o2000)), "a server goes on with its log"
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/ln", "ln", "-sf"),
                    row(EventKind.SYMLINK, 2, "/var/log/nginx/access.log", raw="/dev/stdout"),
                ),
                "a log that goes to the output",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/dpkg", "dpkg"), row(EventKind.UNLINK, 2, "/var/log/bootstrap.log")),
                "a package is removed",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/app/logs/access.log", write=True, arg0=0o1101)), "its own log anew"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN, EventKind.UNLINK, EventKind.TRUNCATE, EventKind.RENAME, EventKind.SYMLINK),
            writes=True,
            text=(
                r"/log/",
                r"/run/[wub]tmpx?$",
                (
                    r"/(access|error|audit|auth|security|catalina"
                    r"|modsec_audit)[\w.-]*\.log$"
                ),
                r"-json\.log$",
                r"/var/lib/lastlog/",
                r"/\.\./.*(tmpx?|log|secure|syslog|messages)$",
            ),
        ),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                r"^([^\n\x00]*/)?(busybox\x00)?(journalctl|dmesg)\x00.*-",
                (
                    r"^([^\n\x00]*/)?(logtamper|utmpclean|zap2"
                    r"|mig-logcleaner)"
                ),
            ),
        ),
    ),
    judge=_judge,
)
