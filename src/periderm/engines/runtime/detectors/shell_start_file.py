"""RUN-039: a file that shells read when they start is changed, so that a command runs with the next login.

Reading them is every shell's habit. A person's own editor on the own host is a note.
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

_NAMES = (
    r"\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|zlogout|kshrc|cshrc"
    r"|tcshrc|login"
    r"|logout|mkshrc|shrc|ashrc|inputrc|xprofile|xinitrc|xsession|xsessionrc|vimrc|pam_environment)"
)
_FILE = re.compile(
    rf"(?:/root|/home/[^/]+|/var/[^/]+/[^/]+|/var/[^/]+|/srv/[^/]+|/opt/[^/]+|/nonexistent|/app|/data|/workspace|)/{_NAMES}"
    r"|/etc/(?:profile(?:\.d/[^/]+)?|bash\.bashrc|bashrc|bash\.bash_logout|zsh/\w+|zshrc|zshenv|zprofile|csh\.\w+"
    r"|ksh\.kshrc|environment|skel/\..+)"
    r"|.*/\.config/(?:fish/(?:config\.fish|conf\.d/.*)|nushell/.*)|/etc/fish/.*"
)
_EDITORS = frozenset(
    {"vi", "vim", "nvim", "nano", "emacs", "ed", "joe", "micro", "code", "chezmoi", "stow", "conda", "oh-my-zsh"}
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.MEDIUM,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.LOW,
    configuration=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    raw = paths.changed(context)
    if not raw:
        return None
    there = paths.place(raw, context)
    if not _FILE.fullmatch(there.path) or there.path.endswith((".swp", ".dpkg-new", "~")):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    what, who = context.command, actors.actor(context)
    if _skeleton(context) and who is not Actor.INTRUDER:
        return None
    everyone = there.path.startswith("/etc/") or there.path.startswith("/root/")
    if everyone and who in (Actor.PERSON, Actor.PROGRAM) and context.contained and what.name not in _EDITORS:
        severity = lower(Severity.HIGH) if context.failed else Severity.HIGH
    if not context.contained and who is not Actor.INTRUDER:
        severity = Severity.LOW if what.name in _EDITORS or not everyone else Severity.MEDIUM
    if there.host:
        severity = max(severity, Severity.HIGH)
    return Verdict(object=programs.normal(raw), severity=severity, evidence={"how": context.event.kind.name.lower()})


def _skeleton(context: Context) -> bool:
    """useradd and adduser copy /etc/skel into a new home."""
    lineage = context.lineage[:3]
    made = any(
        programs.base(p.exe) in ("useradd", "adduser", "mkhomedir_helper", "oddjobd", "pam_mkhomedir") and not p.drifted
        for p in lineage
    )
    scripted = any(programs.base(programs.script(programs.command(p.exe, p.argv))) == "adduser" for p in lineage)
    return made or scripted


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-039",
        title=Text("Change a file that shells run when they start", "更改 shell 启动时执行的文件"),
        message=Text("{process} in {subject} changed {object}.", "{subject} 中的 {process} 修改了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Compare the file with the image's and remove what was added. In a container nobody should log in: use a read-only "
            "root, and a home folder that is not written.",
            "将文件与镜像中的版本比较并删除新增内容。容器中不应有人登录：请使用只读根文件系统和不可写的主目录。",
        ),
        techniques=("T1546.004",),
        behaviours=(39,),
        references=("man:bash(1)",),
        fires=(
            Example(scene(_NGINX, _SH, opens(2, "/root/.bashrc", write=True)), "below a server's shell"),
            Example(
                scene(
                    runs(2, 900, "/bin/busybox", "tee", "-a", flags=EventFlag.EXEC_SESSION),
                    opens(2, "/etc/profile.d/x.sh", write=True),
                ),
                "for every login, in a session",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.RENAME, 2, "/home/a/.zshenv", raw="/tmp/z")
                ),
                "renamed",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "x.py"), opens(2, "/host/root/.profile", write=True)),
                "the host's",
            ),
            Example(
                scene(runs(12, 10, "/home/a/x", "x", on=HOST), opens(12, "/home/a/.bashrc", write=True, on=HOST)),
                "on a host, said softly",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash"), opens(2, "/root/.bashrc")), "a shell starts"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    row(EventKind.RENAME, 2, "/etc/bash.bashrc", raw="/etc/bash.bashrc.dpkg-new"),
                ),
                "the package bash",
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/sbin/useradd", "useradd", "-m", "a", on=HOST),
                    opens(12, "/home/a/.bashrc", write=True, on=HOST),
                ),
                "a new home gets its files",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/vim", "vim"), opens(2, "/root/.bashrc.swp", write=True)), "an editor's own file"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                rf"/{_NAMES}$",
                *paths.written(r"/etc/(profile|bash|zsh|csh|ksh\.|environment$|skel/|fish/)", r"/\.config/(fish|nushell)/"),
            ),
        ),
    ),
    judge=_judge,
)
