"""Files by which a system starts something by itself (clocks, services, logins), and lines in them that no honest package
writes. Shared by the detectors of both; judges no owner."""

from __future__ import annotations

import re
from collections.abc import Sequence

from periderm.model.file_note import Note, NoteReader
from periderm.model.text import Text

START, ODD = "start", "odd"
_MOST_LINES = 20_000
_LONGEST = 4_096
CRON = "cron"
KINDS = {
    CRON: Text("by the clock", "定时执行"),
    "service": Text("as a service", "作为服务"),
    "boot": Text("when the system starts", "在系统启动时"),
    "login": Text("at each login", "在每次登录时"),
    "packages": Text("when packages are installed", "在安装软件包时"),
}
_FOLDERS = {
    "etc/cron.d": CRON,
    "etc/cron.hourly": CRON,
    "etc/cron.daily": CRON,
    "etc/cron.weekly": CRON,
    "etc/cron.monthly": CRON,
    "etc/periodic/15min": CRON,
    "etc/periodic/hourly": CRON,
    "etc/periodic/daily": CRON,
    "etc/periodic/weekly": CRON,
    "var/spool/cron": CRON,
    "var/spool/cron/crontabs": CRON,
    "etc/crontabs": CRON,
    "etc/systemd/system": "service",
    "usr/lib/systemd/system": "service",
    "lib/systemd/system": "service",
    "usr/local/lib/systemd/system": "service",
    "etc/init.d": "boot",
    "etc/rc.d": "boot",
    "etc/rc.d/init.d": "boot",
    "etc/init": "boot",
    "etc/local.d": "boot",
    "etc/profile.d": "login",
    "etc/update-motd.d": "login",
    "etc/network/if-up.d": "boot",
    "etc/NetworkManager/dispatcher.d": "boot",
    "etc/apt/apt.conf.d": "packages",
    "etc/dpkg/dpkg.cfg.d": "packages",
    "etc/udev/rules.d": "boot",
}
_PATHS = {
    "etc/crontab": CRON,
    "etc/anacrontab": CRON,
    "etc/rc.local": "boot",
    "etc/profile": "login",
    "etc/bash.bashrc": "login",
    "etc/bashrc": "login",
    "etc/zsh/zshrc": "login",
    "etc/environment": "login",
}
_NAMES = (".bashrc", ".profile", ".bash_profile", ".bash_login", ".zshrc", ".zprofile", ".bash_logout", ".cshrc")
_HOMES = ("root/", "home/", "var/lib/", "etc/skel/")

_FETCH = r"(?:curl|wget|fetch|lwp-download)\b[^\n|;]{0,300}"
_SHELL = r"(?:sudo\s+)?(?:/bin/|/usr/bin/)?(?:ba|da|z|k|a)?sh\b"
_ODD: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(rf"{_FETCH}\|\s*{_SHELL}"), Text("fetches a script and runs it", "下载脚本并运行")),
    (re.compile(rf"{_SHELL}\s+-c\s+[\"']?\$\(\s*{_FETCH}"), Text("fetches a script and runs it", "下载脚本并运行")),
    (re.compile(rf"base64\s+(?:-d|-D|--decode)\b[^\n|]{{0,80}}\|\s*{_SHELL}"), Text("runs hidden code", "运行隐藏代码")),
    (re.compile(r"/dev/(?:tcp|udp)/[\w.$]"), Text("opens a connection by the shell", "由 shell 打开连接")),
    (re.compile(r"\b(?:nc|ncat|netcat)\s[^\n]{0,80}-[ec]\s*/?\S{0,20}sh\b"), Text("gives a shell away", "对外提供 shell")),
    (re.compile(r"\balias\s+(?:sudo|su|ssh|passwd|login)="), Text("takes the place of a login program", "冒充登录程序")),
    (re.compile(r"\bLD_PRELOAD=(?!\s*(?:$|[\"']{2}))\S"), Text("loads a library into what is started", "向启动的程序注入库")),
)
# A program by its path: only where a command begins, since others merely name a file.
_BEGINS = (
    r"(?:^|[;&|(`]\s*|\{\s*[\"']|\b(?:ba|da|z|k|a)?sh\s+(?:-\w{1,4}\s+)*[\"']?"
    r"|\b(?:nohup|setsid|exec|sudo|env|python3?|perl)\s+)"
)
_ENDS = r"(?=$|[\s;&|\"'>)])"
_PLACES: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(rf"{_BEGINS}/(?:tmp|var/tmp|dev/shm)/[\w.][\w./-]{{0,120}}{_ENDS}"),
        Text("runs something in a temporary folder", "运行临时目录中的程序"),
    ),
    (
        re.compile(rf"{_BEGINS}/(?:usr|etc|lib|var|opt)/(?:[\w-]{{1,40}}/){{0,6}}\.[\w-]{{2,60}}{_ENDS}"),
        Text("runs something with a hidden name", "运行隐藏名称的程序"),
    ),
)
_SCHEDULE = re.compile(r"^\s*(?:@\w+|[\d*/,-]+\s+[\d*/,-]+\s+[\d*/,-]+\s+[\w*/,-]+\s+[\w*/,-]+)\s+")
_EXEC = re.compile(r"^\s*Exec\w+\s*=\s*[-@+!:|]*")
_HOOK = re.compile(r"(?i)(?:invoke|pre-install-pkgs|hook)")
_WORDS = re.compile(
    rb"curl|wget|fetch|lwp-download|base64|/dev/tcp|/dev/udp|\bnc\b|ncat|netcat|/tmp/|/dev/shm/|alias|LD_PRELOAD|/\.\w"
)


def kind_of(path: str) -> str:
    """By what such a file starts something; '' for any other file."""
    head, _, name = path.rpartition("/")
    found = _PATHS.get(path) or _FOLDERS.get(head, "")
    if not found and name in _NAMES and path.startswith(_HOMES):
        return "login"
    return found


def readers(prefix: str) -> tuple[NoteReader, ...]:
    """A reader whose id begins with a detector's."""
    return (
        NoteReader(
            id=f"{prefix}-starts",
            read=_read,
            paths=tuple(_PATHS),
            names=_NAMES,
            folders=tuple(_FOLDERS),
            accept=lambda path: bool(kind_of(path)),
        ),
    )


def _read(data: bytes, path: str) -> Sequence[Note]:
    """A note that it is such a file, and one for each odd line."""
    kind = kind_of(path)
    notes = [Note(START, values={"kind": kind})]
    if b"\0" in data[:8192] or not _WORDS.search(data):
        return notes
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:_MOST_LINES], 1):
        text = line[:_LONGEST]
        if not text.strip() or text.lstrip().startswith(("#", "//", ";")):
            continue
        what = odd(text, kind)
        if what is not None:
            notes.append(Note(ODD, number, text.strip()[:200], {"kind": kind, "en": what.en, "zh": what.zh}))
    return notes


def odd(line: str, kind: str) -> Text | None:
    """What is odd about a line of such a file; None if nothing is."""
    for pattern, what in _ODD:
        if pattern.search(line):
            return what
    for command in _commands(line, kind):
        for pattern, what in _PLACES:
            if pattern.search(command):
                return what
    return None


def _commands(line: str, kind: str) -> tuple[str, ...]:
    """What a line of this kind runs: in cron's own tables a user's name may stand before it."""
    if kind == CRON:
        rest, found = _SCHEDULE.subn("", line, count=1)
        return (rest, rest.partition(" ")[2].lstrip()) if found else ()
    if kind == "service":
        rest, found = _EXEC.subn("", line, count=1)
        return (rest,) if found else ()
    return (line,) if kind == "packages" and _HOOK.search(line) else ()
