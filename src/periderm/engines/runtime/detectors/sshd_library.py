"""RUN-056: a program that checks passwords loads a library that is not the system's: sshd, sudo, su, login.

Known bad releases of liblzma are named (CVE-2024-3094); everything else is judged by where the library lies and whether
the image brought it.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CHECKERS = frozenset(
    """
    sshd sshd-session sshd-auth sudo su login dropbear doas pkexec unix_chkpwd polkit-agent-helper-1 passwd vsftpd
    cron crond
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_SYSTEM = re.compile(
    r"(?:/usr(?:/local)?)?/lib(?:64|32|x32|exec)?/.+|/nix/store/.+|/gnu/store/.+|/opt/(?:quest|centrify|likewise|duo|okta"
    r"|pbis)/.+|/etc/ld\.so\.cache"
)
_BAD_LZMA = re.compile(r".*/liblzma\.so\.5\.6\.[01]")
_LIBRARY = re.compile(r"(?>(?:.*[^\w.\n])?)[\w.]*?\.so(?:\.[\w.]+)?")


def _judge(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one reason a line
    event, name = context.event, context.command.name
    if name not in _CHECKERS or context.failed or context.process.runtime:
        return None
    if event.kind is EventKind.ENVIRONMENT:
        variable, _, value = event.text.partition("=")
        return Verdict(object=event.text[:200], fill={"why": Text(variable, variable)}) if value else None
    path = paths.place(event.text or event.raw, context).path
    if not _LIBRARY.fullmatch(path) or (event.kind is EventKind.OPEN and context.writes):
        return None
    if _BAD_LZMA.fullmatch(path) and name.startswith("sshd"):
        return Verdict(object=path, severity=Severity.CRITICAL, fill={"why": Text("CVE-2024-3094", "CVE-2024-3094")})
    if not _SYSTEM.fullmatch(path) or event.has(EventFlag.MEMORY_BACKED):
        return Verdict(object=path, fill={"why": Text("outside the system's folders", "不在系统目录中")})
    if event.has(EventFlag.UPPER) and context.contained and not actors.packaged(context):
        # Installed or replaced since the container started; a package put there is less than a stranger's file.
        severity = Severity.MEDIUM if "/security/" not in path else Severity.HIGH
        if context.starting or context.building:
            severity = Severity.LOW
        return Verdict(object=path, severity=severity, fill={"why": Text("not the image's", "并非镜像自带")})
    return None


_SSHD = runs(2, 1, "/usr/sbin/sshd", "sshd", "-D")
_LIB = "/usr/lib/x86_64-linux-gnu"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-056",
        title=Text("Load a strange library into a program that checks passwords", "向校验口令的程序加载异常库"),
        message=Text("{process} in {subject} loaded {object} ({why}).", "{subject} 中的 {process} 加载了 {object}（{why}）。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take it that every password and key given to this program is known to others. Replace the container, or reinstall "
            "the package on a host, and change the credentials from another machine.",
            "请视交给该程序的所有口令与密钥均已泄露。替换容器或在主机上重新安装软件包，并从另一台机器更换凭证。",
        ),
        techniques=("T1556", "T1574.006"),
        behaviours=(56,),
        references=("cve:CVE-2024-3094",),
        fires=(
            Example(scene(_SSHD, opens(2, f"{_LIB}/liblzma.so.5.6.1")), "the release of xz with a back door"),
            Example(scene(_SSHD, row(EventKind.LIBRARY, 2, "/var/tmp/pam.so")), "mapped from /var/tmp"),
            Example(
                scene(_SSHD, row(EventKind.LIBRARY, 2, f"{_LIB}/security/pam_unix.so", flags=EventFlag.UPPER)),
                "a changed module of PAM",
            ),
            Example(scene(_SSHD, row(EventKind.ENVIRONMENT, 2, "LD_PRELOAD=/lib/x.so")), "by its environment"),
            Example(
                scene(runs(12, 10, "/usr/bin/sudo", "sudo", on=HOST), row(EventKind.LIBRARY, 12, "/home/a/x.so", on=HOST)),
                "sudo on a host",
            ),
        ),
        quiet=(
            Example(scene(_SSHD, opens(2, f"{_LIB}/liblzma.so.5.4.1")), "xz as it should be"),
            Example(scene(_SSHD, row(EventKind.LIBRARY, 2, f"{_LIB}/security/pam_unix.so")), "the image's module of PAM"),
            Example(
                scene(runs(2, 1, "/usr/bin/xz", "xz"), opens(2, f"{_LIB}/liblzma.so.5.6.1")),
                "xz itself (the image scan tells of it)",
            ),
            Example(scene(_SSHD, opens(2, "/etc/ssh/sshd_config")), "its settings"),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.LIBRARY,), exe=(rf"/({programs.names(_CHECKERS)})$",)),
        Interest(kinds=(EventKind.ENVIRONMENT,), text=("^LD_(PRELOAD|AUDIT|LIBRARY_PATH)=",)),
        Interest(kinds=(EventKind.OPEN,), text=(r"/liblzma\.so\.5\.6\.[01]$",)),
    ),
    judge=_judge,
)
