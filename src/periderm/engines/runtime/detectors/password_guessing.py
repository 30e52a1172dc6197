"""RUN-106: passwords are guessed: by a guessing tool, or by trying to log in again and again.

A host sensor sees that logins are tried, by whom and how often; what the other side answered it does not see. Guesses that
one process makes over one connection stay unseen.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, connects, row, runs, scene
from periderm.engines.runtime.situation import Situation, called, situation, speaks, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_GUESSERS = words(
    """
    hydra xhydra pw-inspector medusa ncrack patator patator.py crowbar brutespray legba kerbrute thc-pptp-bruter sucrack
    brutex john unshadow hashcat hashcat.bin ophcrack fcrackzip pdfcrack rarcrack aircrack-ng sshng2john subf.sh suforce
    su-bruteforce ssh-brute sshprank changeme cowpatty rsmangler mentalist
    """
)
_OFFLINE = frozenset({"john", "unshadow", "hashcat", "hashcat.bin", "ophcrack", "fcrackzip", "pdfcrack", "rarcrack"})
_LOGINS = words(
    """
    su sudo doas login sshpass ssh mysql mariadb psql mongo mongosh redis-cli ftp smbclient lftp telnet curl ldapsearch
    ldapwhoami expect runuser kinit docker-login xfreerdp vncviewer snmpwalk
    """
)
_LINE = re.compile(
    r"\x00-[lL]\x00[^\x00]+\x00(.*\x00)?-[pP]\x00[^\x00]+\x00(.*\x00)?(ssh|ftp|telnet|mysql|postgres|redis|rdp|smb|http\S*|vnc|imap|pop3)"
    r"(://|\x00|$)|\x00-C\x00[^\x00]+\x00(.*\x00)?(ssh|ftp|mysql|rdp|smb)://|--(wordlist|password-file|passwords|userpass)(=|\x00)\S+\x00(.*\x00)?"
    r"(ssh|ftp|smb|mysql|rdp)"
)
_PASSWORD = re.compile(
    r"(^|\x00)(-p[^\x00]+|-pw\x00[^\x00]+|--password=?[^\x00]*|-a\x00[^\x00]+|-u\x00?[^\x00:]+:[^\x00]+|"
    r"--user\x00?[^\x00:]+:[^\x00]+|-U\x00?[^\x00%]+%[^\x00]+|-w\x00[^\x00]+)"
)
_PAIRS = re.compile(r"\x00-C\x00")
_SPRAY = re.compile(
    r"(?<![^\n])(?>.*?\x00-L\x00[^\x00]+\x00)(.*\x00)?-p\x00|(?<![^\n])(?>.*?-p\x00[^\x00]+\x00)(.*\x00)?-L\x00"
)
PORTS = frozenset({21, 22, 23, 110, 143, 445, 993, 995, 1433, 2222, 3306, 3389, 5432, 5900, 6379})
_SECONDS = 60.0
_MANY = 8
_CALLS = 60  # connections to one login port within one report of the sensor
_STEPS = 12  # reports or processes


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or speaks(context):
        return None
    kind = context.event.kind
    if kind is EventKind.EXEC:
        return _tool(context) or _repeated(context)
    return _calls(context) if kind in (EventKind.CONNECT, EventKind.ACCEPT) else None


def _tool(context: Context) -> Verdict | None:
    names, line = called(context), "\0" + context.process.args
    tool = next((n for n in names if n in _GUESSERS), "")
    if not tool and (programs.is_shell(context.command) or _LINE.search(line) is None):
        return None
    here = situation(context)
    severity = Severity.MEDIUM if here is Situation.HOST else Severity.HIGH
    if here is Situation.BUILD or "--version" in context.command.arguments:
        return None
    if tool in _OFFLINE:
        techniques: tuple[str, ...] = ("T1110",)
    else:
        techniques = ("T1110.004",) if _PAIRS.search(line) else ("T1110.003",) if _SPRAY.search(line) else ("T1110.001",)
    return Verdict(
        object=tool or names[0],
        severity=severity,
        fill={"what": Text("a guessing tool", "口令猜测工具")},
        techniques=techniques,
    )


def _repeated(context: Context) -> Verdict | None:
    """Logins by a loop: each a process of its own."""
    name = next((n for n in called(context) if n in _LOGINS), "")
    if not name or (
        name in ("curl", "mysql", "mariadb", "redis-cli", "ldapsearch", "ssh") and not _PASSWORD.search(context.process.args)
    ):
        return None
    if name in ("su", "sudo", "doas", "runuser") and _caller(context) == 0:
        return None  # root needs no password
    if name in ("su", "sudo", "doas", "login"):
        tries = context.distinct(f"login:{name}", str(context.process.key), _SECONDS, per="subject")
    else:
        tries = context.distinct(f"login:{name}", context.process.args, _SECONDS, per="subject")
        users = context.distinct(f"users:{name}", _user(context), _SECONDS, per="subject")
        if users >= _MANY and users >= tries:
            return _burst(context, name, tries, ("T1110.003",))
    return _burst(context, name, tries, ("T1110.001",)) if tries >= _MANY else None


def _caller(context: Context) -> int:
    """Who asks: such programs are root's as soon as they run, so it is whoever started them."""
    above = context.parent
    return above.uid if above is not None and above.subject == context.process.subject else context.event.uid


def _user(context: Context) -> str:
    """The part of the command line that is no password."""
    return _PASSWORD.sub("", context.process.args)


def _burst(context: Context, name: str, tries: int, techniques: tuple[str, ...]) -> Verdict | None:
    here = situation(context)
    if here is Situation.BUILD:
        return None
    if here is Situation.HOST:
        severity = Severity.MEDIUM if name in ("su", "sshpass") else Severity.LOW
    else:
        severity = (
            Severity.HIGH if name in ("su", "sudo", "sshpass", "expect") or here is Situation.INTRUDER else Severity.MEDIUM
        )
    what = Text(f"{tries} logins by {name} within a minute", f"一分钟内通过 {name} 登录 {tries} 次")
    return Verdict(object=name, severity=severity, fill={"what": what}, techniques=techniques, evidence={"tries": str(tries)})


def _calls(context: Context) -> Verdict | None:
    """One process calls a login port, or a login server is called, more often than a person or a pool would."""
    event = context.event
    inbound = event.kind is EventKind.ACCEPT
    if event.port not in PORTS or (inbound and event.port not in (21, 22, 23, 2222, 3389, 5900)):
        return None
    if not inbound and not (
        programs.interpreter(context.command.name) or context.process.drifted or event.port in (21, 22, 23, 3389)
    ):
        return None  # a pool of a database's client
    if not inbound and not context.process.drifted and "BatchMode=yes" in context.line:
        return None  # ssh then never asks for a password
    per = "subject" if inbound else "process"
    steps = context.distinct(f"calls:{event.kind.name}:{event.text}:{event.port}", f"{event.time}", _SECONDS, per=per)
    if event.count < _CALLS and steps < _STEPS:
        return None
    here = situation(context)
    severity = Severity.HIGH if here is Situation.INTRUDER and not inbound else Severity.MEDIUM
    if here is Situation.HOST or (inbound and event.port == 22 and not context.contained):
        severity = Severity.LOW
    count = max(event.count, steps)
    what = Text(f"{count} calls of port {event.port}", f"{count} 次连接端口 {event.port}")
    return Verdict(object=f"{event.text}:{event.port}", severity=severity, fill={"what": what}, techniques=("T1110.001",))


def _su(process: int) -> Event:
    return runs(process, 2, "/usr/bin/su", "su", "root", uid=33, at=601.0 + process / 10)


_S = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-106",
        title=Text("Enter by guessing passwords", "通过猜测口令进入"),
        message=Text("{process} in {subject} guesses passwords: {what}", "{subject} 中的 {process} 正在猜测口令：{what}"),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Kill it and block the way to what it tried. Change weak passwords there, and use keys or tokens "
            "with a limit on tries.",
            "终止该进程并切断其通往目标的路径。更换目标处的弱口令，改用密钥或令牌，并限制尝试次数。",
        ),
        techniques=("T1110", "T1110.001", "T1110.003", "T1110.004"),
        fires=(
            Example(scene(runs(2, 900, "/usr/bin/hydra", "hydra", "-l", "a", "-P", "w.txt", "ssh://h", flags=_S)), "hydra"),
            Example(
                scene(runs(2, 1, "/opt/h", "h", "-L", "u.txt", "-p", "Spring1", "10.0.0.4", "ssh")),
                "renamed, one password for all",
            ),
            Example(scene(runs(2, 1, "/opt/h", "h", "-C", "pairs.txt", "ftp://10.0.0.4")), "renamed, with stolen pairs"),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", uid=33), *(_su(n) for n in range(10, 20))), "a loop around su"),
            Example(
                scene(*(runs(10 + n, 1, "/usr/bin/sshpass", "sshpass", f"-p{n}", "ssh", "a@h") for n in range(9))),
                "a loop around sshpass",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3", "python3", "x.py"),
                    *(connects(2, "10.0.0.4", 22, at=601.0 + n) for n in range(14)),
                ),
                "a script calls ssh again and again",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/vsftpd", "vsftpd"),
                    *(row(EventKind.ACCEPT, 1, "10.0.0.7", port=21, family=2, at=601.0 + n) for n in range(14)),
                ),
                "somebody guesses at our door",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", uid=33), *(_su(n) for n in range(10, 13))), "a person mistypes"),
            Example(
                scene(*(runs(10 + n, 1, "/usr/bin/su", "su", "-s", "/bin/sh", "app") for n in range(20))),
                "root runs as others",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/java", "java"), *(connects(2, "10.0.0.4", 5432, at=601.0 + n) for n in range(40))),
                "a pool",
            ),
            Example(
                scene(
                    *(runs(10 + n, 1, "/usr/bin/mysql", "mysql", "-h", "db", "-e", "select 1", at=601.0 + n) for n in range(20))
                ),
                "a script asks its database",
            ),
            Example(
                scene(runs(20, 1, "/usr/bin/ssh", "ssh", "h", on=HOST), connects(20, "10.0.0.4", 22, on=HOST)), "a person's ssh"
            ),
        ),
    ),
    interests=(
        tool_interest(
            _GUESSERS | _LOGINS,
            args=(
                r"\x00-L\x00",
                r"\x00-P\x00",
                r"\x00-C\x00[^\x00]+\x00[a-z]+://",
                r"--(wordlist|password-file|passwords|userpass)",
            ),
        ),
        Interest(kinds=(EventKind.CONNECT,), ports=PORTS),
        Interest(kinds=(EventKind.ACCEPT,), ports=PORTS),
    ),
    judge=_judge,
)
