"""RUN-125: a shell's history is removed, emptied, led to nowhere or switched off.

Reading another's history is part of a search for credentials (RUN-012).
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

_FILE = re.compile(
    r".*/\.(?:(?:bash|zsh|sh|ash|ksh|fish|tcsh|mysql|psql|python|rediscli|sqlite|mongo|irb|node_repl)_?history|history"
    r"|histfile|zhistory)|.*/fish/fish_history"
)
_WORDS = re.compile(
    r"\bhistory\s+(?:-\w*[cd]\w*)|\bunset\s+(?:-v\s+)?HIST\w+|\bHISTFILE=(?:/dev/null|['\"]{2}|\s|;|$)|\bHIST(?:FILE)?SIZE=0\b"
    r"|\bset\s+\+o\s+history|\bHISTCONTROL=\S*ignore(?:both|space)|\bHISTIGNORE=['\"]?\*|\bMYSQL_HISTFILE=/dev/null"
    r"|\bLESSHISTFILE=-|export\s+HISTFILE=\s*$"
)
_OFF = re.compile(
    r"(?:HISTFILE|MYSQL_HISTFILE|PYTHON_HISTORY|PSQL_HISTORY)=(?:/dev/null|/dev/zero|)|(?:HISTSIZE|HISTFILESIZE)=0*"
    r"|HISTIGNORE=\*"
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.MEDIUM,
    program=Severity.MEDIUM,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.absent:
        return None
    thing, technique, step = _what(context)
    severity = actors.grade(context, _GRADES)
    if not thing or severity is None:
        return None
    severity = lower(severity, step) if step else severity
    if not context.contained and actors.actor(context) is not Actor.INTRUDER:
        severity = lower(severity)
    return Verdict(object=thing, severity=severity, techniques=(technique,))


def _what(context: Context) -> tuple[str, str, int]:
    event, what = context.event, context.command
    if event.kind is EventKind.ENVIRONMENT:
        return (event.text, "T1690", 1) if _OFF.fullmatch(event.text) else ("", "", 0)
    if event.kind is EventKind.EXEC:
        if what.name in ("grep", "man", "echo", "printf"):
            return "", "", 0
        found = next((f[0] for reading in context.readings if (f := _WORDS.search(reading))), "")
        technique = "T1070.003" if found.startswith("history") else "T1690"
        return (found.strip(), technique, 1 if "HISTCONTROL" in found else 0) if found else ("", "", 0)
    return (*_file(context), 0)


def _file(context: Context) -> tuple[str, str]:
    event = context.event
    path = programs.normal(event.text or event.raw)
    if event.kind is EventKind.RENAME:
        old = programs.normal(event.raw)
        gone = _FILE.fullmatch(old) and not _FILE.fullmatch(path)
        return (old, "T1070.003") if gone and not _writes_history(context) else ("", "")
    if not _FILE.fullmatch(path) or (_writes_history(context) and event.kind is not EventKind.SYMLINK):
        return "", ""
    if event.kind is EventKind.OPEN and not event.arg0 & paths.O_TRUNC:
        return "", ""
    return path, "T1070.003"


def _writes_history(context: Context) -> bool:
    """An interactive shell or client rewrites its own history when it ends; a shell with a command of its own does not."""
    what = context.command
    if programs.is_shell(what):
        return (
            context.event.kind in (EventKind.OPEN, EventKind.RENAME, EventKind.UNLINK)
            and "-c" not in what.arguments[:3]
            and context.process.tty
        )
    return what.name in ("mysql", "mariadb", "psql", "redis-cli", "sqlite3", "mongo", "mongosh", "fish", "irb", "node") or bool(
        programs.interpreter(what.name) and context.process.tty and not programs.script(what)
    )


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_EXEC = EventFlag.EXEC_SESSION
_HISTORY = "/root/.bash_history"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-125",
        title=Text("Clear a shell's history or switch it off", "清除或关闭 shell 历史记录"),
        message=Text("{process} in {subject}: {object}", "{subject} 中的 {process}：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Periderm's own history still has every program that was started: look through it. Ask whose session it was.",
            "Periderm 的事件历史仍保留所有启动过的程序：请从中查看，并确认是谁的会话。",
        ),
        techniques=("T1070.003", "T1690"),
        behaviours=(42,),
        fires=(
            Example(scene(runs(2, 900, "/usr/bin/rm", "rm", "-f", flags=_EXEC), row(EventKind.UNLINK, 2, _HISTORY)), "removed"),
            Example(
                scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash", "-c", "…"), opens(2, _HISTORY, arg0=0o1001)),
                "emptied by a redirection",
            ),
            Example(
                scene(runs(2, 900, "/bin/busybox", "ln", flags=_EXEC), row(EventKind.SYMLINK, 2, _HISTORY, raw="/dev/null")),
                "led to nowhere",
            ),
            Example(scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash", "-c", "unset HISTFILE; id")), "switched off by words"),
            Example(
                scene(runs(2, 900, "/usr/bin/bash", "bash", flags=_EXEC), row(EventKind.ENVIRONMENT, 2, "HISTFILE=/dev/null")),
                "switched off by the environment",
            ),
            Example(scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash", "-c", "history -c && id")), "the shell forgets"),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/python3.11", "python3", on=HOST),
                    row(EventKind.TRUNCATE, 12, "/home/a/.zsh_history", on=HOST),
                ),
                "cut by system call on a host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 900, "/usr/bin/bash", "bash", flags=_EXEC | EventFlag.TTY), opens(2, _HISTORY, arg0=0o1001)),
                "a shell writes its history when it ends",
            ),
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash"), opens(2, _HISTORY)), "a shell reads its history"),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash"), row(EventKind.ENVIRONMENT, 2, "HISTFILE=/root/.h")),
                "another place for it",
            ),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "unset HISTFILE", "x.sh")), "somebody looks for the words"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN, EventKind.UNLINK, EventKind.TRUNCATE, EventKind.RENAME, EventKind.SYMLINK, EventKind.LINK),
            writes=True,
            text=(r"/\.\w*(history|histfile)$", r"/fish_history$"),
        ),
        Interest(kinds=(EventKind.ENVIRONMENT,), text=(r"^\w*HIST\w*=", r"^PYTHON_HISTORY=")),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                r"HIST",
                r"history +-\w*[cd]|o history",
                r"SElTVEZJTE|hJU1RGSUxF|ISVNURklMR|aGlzdG9yeSAt|hpc3RvcnkgL|oaXN0b3J5IC",
            ),
        ),
    ),
    judge=_judge,
)
