"""RUN-124: an account is made to look like one of the system's: user id 0 twice, a service's name with an odd sign, root2.

It reads what tools and shells are told; what is written into /etc/passwd by other means is RUN-037.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SYSTEM = frozenset(
    """
    root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody systemd-network
    systemd-resolve systemd-timesync systemd-coredump systemd-journal messagebus sshd dbus syslog polkitd avahi rtkit
    colord gdm lightdm _apt tss uuidd landscape pollinate ntp chrony postfix mysql postgres redis nginx apache http
    ftp named bind tomcat operator halt shutdown adm kubelet docker containerd snapd snap_daemon usbmux dnsmasq
    kernoops saned pulse geoclue sssd tcpdump fwupd fwupd-refresh
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_LINE = re.compile(r"(?:^|[\s'\"\\n])([\w.$-]{1,32}):[^:\s]{0,120}:0+:\d*:[^:\n]{0,64}:[^:\s]*:(?:/[\w/.-]*)?")
_OWN_TOOLS = frozenset({"useradd", "adduser", "usermod", "luseradd", "newusers", "groupadd"})
_ID = frozenset({"-u", "--uid", "-ou", "-uo"})
# By the rules of useradd: these options have a value that is no name.
_VALUES = frozenset(
    [
        "-u",
        "--uid",
        "-g",
        "--gid",
        "-G",
        "--groups",
        "-d",
        "--home",
        "--home-dir",
        "-s",
        "--shell",
        "-c",
        "--comment",
        "-p",
        "--password",
        "-e",
        "--expiredate",
        "-f",
        "--inactive",
        "-k",
        "--skel",
        "-K",
        "--key",
        "-R",
        "--root",
        "-P",
        "--prefix",
        "-Z",
        "--selinux-user",
        "-l",
        "--login",
        "-b",
        "--base-dir",
        "-h",
        "-ou",
        "-uo",
        "--ingroup",
        "--gecos",
        "--firstuid",
        "--lastuid",
        "-S",
    ]
)
_STANDS_FOR = str.maketrans({"0": "o", "1": "l", "5": "s", "3": "e", "@": "a", "$": "s", "|": "l", "4": "a"})


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or actors.packaged(context):
        return None
    what = context.command
    name, arguments = what.name, what.arguments
    if (programs.interpreter(name) or programs.is_shell(what)) and programs.base(programs.script(what)) in _OWN_TOOLS:
        name, arguments = programs.base(programs.script(what)), arguments[1:]
    if name in _OWN_TOOLS:
        return _tool(name, arguments, context)
    for reading in context.readings:
        found = _LINE.search(reading)
        if found is not None and found[1] != "root" and not _looks_only(what):
            return _verdict(found[1], Text("user id 0", "用户 ID 为 0"), context)
    return None


def _looks_only(what: programs.Command) -> bool:
    return what.name in ("grep", "egrep", "awk", "gawk", "mawk", "getent", "cut", "find")


def _tool(name: str, arguments: tuple[str, ...], context: Context) -> Verdict | None:
    account, zero, skip = "", False, False
    for index, argument in enumerate(arguments):
        if skip:
            skip = False
            continue
        if argument in _VALUES:
            skip = True
            zero |= argument in _ID and arguments[index + 1 : index + 2] in (("0",), ("00",))
        elif re.fullmatch(r"(?:--uid=|-o?u)0+", argument):
            zero = True
        elif not argument.startswith("-"):
            account = account or argument
    if zero and account != "root" and name != "groupadd":
        return _verdict(account or name, Text("user id 0", "用户 ID 为 0"), context)
    if name in ("useradd", "adduser", "luseradd", "groupadd") and (like := _resembles(account)):
        return _verdict(account, Text(f"looks like {like}", f"形似 {like}"), context, Severity.MEDIUM)
    return None


def _resembles(account: str) -> str:
    """The system's account that this name is made to look like, '' if none; the very name is none (it exists, or a package
    would have made it)."""
    if account in _SYSTEM or len(account) < 3:
        return ""
    plain = account.strip(" ._-$").lower()
    for candidate in (
        plain,
        plain.translate(_STANDS_FOR),
        re.sub(r"(?<![\d_.-])[\d_.-]+$", "", plain),
        plain.replace("_", "-"),
        plain.replace("rn", "m"),
    ):
        if candidate in _SYSTEM and candidate != account:
            return candidate
    return "systemd" if re.match(r"systemd?-", plain) else "kernel" if re.match(r"(?:kworker|kthread|\[)", plain) else ""


def _verdict(account: str, why: Text, context: Context, severity: Severity = Severity.HIGH) -> Verdict:
    who = actors.actor(context)
    if who is Actor.INTRUDER:
        severity = Severity.CRITICAL
    elif who is Actor.START:
        severity = lower(severity)
    elif who in (Actor.BUILD, Actor.CONFIGURATION):
        severity = Severity.LOW
    elif not context.contained and severity < Severity.HIGH:
        severity = lower(severity)
    return Verdict(object=account, severity=severity, fill={"why": why}, evidence={"why": why.en})


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_EXEC = EventFlag.EXEC_SESSION
_ECHO = "echo 'sysd:x:0:0::/root:/bin/bash' >> /etc/passwd"
_HIDDEN = "echo c3lzZDp4OjA6MDo6L3Jvb3Q6L2Jpbi9iYXNo | base64 -d >> /etc/passwd"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-124",
        title=Text("Create an account that passes for one of the system's", "创建冒充系统账户的账户"),
        message=Text("In {subject} the account {object} was made ({why}).", "{subject} 中创建了账户 {object}（{why}）。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Remove the account and its sessions. Only root has user id 0: look through /etc/passwd for others "
            "(awk -F: '$3==0').",
            "删除该账户并结束其会话。只有 root 的用户 ID 为 0：请在 /etc/passwd 中查找其他此类账户（awk -F: '$3==0'）。",
        ),
        techniques=("T1036.010", "T1136.001"),
        behaviours=(37,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "-o", "-u", "0", "svc", flags=_EXEC)), "user id 0 twice"
            ),
            Example(scene(_NGINX, runs(2, 1, "/usr/bin/dash", "sh", "-c", _ECHO)), "a line for /etc/passwd by a shell"),
            Example(scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash", "-c", _HIDDEN)), "the same line as base64"),
            Example(
                scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "-r", "sshd1", flags=_EXEC)),
                "a service's name with a number",
            ),
            Example(scene(runs(2, 900, "/bin/busybox", "adduser", "-D", "r00t", flags=_EXEC)), "signs that stand for letters"),
            Example(
                scene(runs(2, 900, "/usr/sbin/usermod", "usermod", "-ou0", "www-data", flags=_EXEC)), "a service becomes root"
            ),
            Example(scene(runs(12, 10, "/usr/sbin/useradd", "useradd", "systemd-helper", on=HOST)), "systemd's name on a host"),
        ),
        quiet=(
            Example(scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "-m", "-u", "1000", "alice", flags=_EXEC)), "a person"),
            Example(scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "-r", "nginx", flags=_EXEC)), "a service's own name"),
            Example(scene(runs(2, 1, "/usr/bin/awk", "awk", "-F:", "$3==0", "/etc/passwd")), "an audit"),
            Example(
                scene(runs(2, 1, "/usr/bin/grep", "grep", "root:x:0:0:root:/root:/bin/bash", "/etc/passwd")), "a look at root"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                rf"([^\n\x00]*/)?({programs.names(_OWN_TOOLS)})\x00",
                r":0+:[0-9]*:[^:\n]{0,64}:",
                r"base64|xxd|printf",
            ),
        ),
    ),
    judge=_judge,
)
