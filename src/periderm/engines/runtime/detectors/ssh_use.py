"""RUN-051: ssh where it is not expected: out of a container, to an odd port, or into a container.

People use ssh on a plain host; there only an odd port to an outside address is noted. A server of ssh inside of a container
is RUN-065's, tunnels are RUN-053's.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.peers import Scope, host_of, scope
from periderm.engines.runtime.scene import HOST, connects, row, runs, scene
from periderm.engines.runtime.situation import Situation, called, situation, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CLIENTS = frozenset({"ssh", "slogin", "dbclient", "plink", "mosh", "mosh-client", "sshpass", "autossh", "scp", "sftp"})
_PORT = re.compile(r"-[46AaCfGgKkMNnqsTtVvXxYy]*[pP](\d+)?|-oPort=(\d+)|Port=(\d+)")
_VALUED = re.compile(r"-[46AaCfGgKkMNnqsTtVvXxYy]*[BbcDEeFIiJLlmOopPQRSWw]")  # options of ssh(1) with a value
_USERS = words(
    """
    git ansible ansible-playbook rsync go npm pip svn hg borg restic jenkins capistrano fab mvn node docker terraform
    """
)
_SSH = 22


_OFFERED = re.compile(r"(^|/)(ssh|dbclient|plink|dropbearmulti)$")


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.process.runtime or context.building:
        return None
    if event.kind is EventKind.EXEC:
        return _client(context)
    if event.kind is EventKind.CONNECT:
        return _connection(context)
    return _inbound(context) if event.kind is EventKind.ACCEPT else None


def _told_port(arguments: tuple[str, ...]) -> int:
    """The port that the command line names; 22 if none."""
    for index, argument in enumerate(arguments):
        found = _PORT.fullmatch(argument)
        if found is not None:
            value = found[1] or found[2] or found[3] or (arguments[index + 1] if index + 1 < len(arguments) else "")
            return int(value) if value.isdecimal() else _SSH
        found = re.match(r"ssh://[^/]*:(\d+)", argument)
        if found is not None:
            return int(found[1])
    return _SSH


def _client(context: Context) -> Verdict | None:
    if not _CLIENTS.intersection(called(context)) or not context.command.arguments or context.command.arguments[0] == "-V":
        return None
    port = _told_port(context.command.arguments)
    here = situation(context)
    above = [programs.command(p.exe, p.argv) for p in context.ancestors[:4]]
    used = any(a.name in _USERS or programs.base(programs.script(a)) in _USERS for a in above)
    if here is Situation.INTRUDER:
        severity = Severity.HIGH
    elif here in (Situation.HOST, Situation.BUILD) or (used and port == _SSH):
        return None  # on a host the connection tells where it goes
    elif here is Situation.SESSION:
        severity = Severity.MEDIUM
    else:
        severity = Severity.MEDIUM if port != _SSH else Severity.LOW
    target = _destination(context.command.arguments)
    return Verdict(object=host_of(target) or target, severity=severity, fill={"what": _OUT}, evidence={"port": str(port)})


def _destination(arguments: tuple[str, ...]) -> str:
    """The first word that is neither an option nor an option's value; for copies the word that names a host."""
    words_: list[str] = []
    for index, argument in enumerate(arguments):
        if not argument.startswith("-") and not (index and _VALUED.fullmatch(arguments[index - 1])):
            words_.append(argument)
    return next((a for a in words_ if "@" in a or (":" in a and "/" not in a.split(":")[0])), words_[0] if words_ else "")


_OUT = Text("goes out by ssh to", "通过 ssh 外连")
_ODD = Text("goes by ssh to an odd port of", "通过 ssh 连接非常用端口")
_CAME = Text("took an ssh connection from", "接受了来自外部的 ssh 连接")


def _connection(context: Context) -> Verdict | None:
    event = context.event
    if (
        not _OFFERED.search(event.exe)
        or event.port in (0, _SSH)
        or event.family not in (2, 10)
        or (event.arg0 & 0xF) not in (0, 1)
        or event.port == 53
    ):
        return None
    where, here = scope(event.text), situation(context)
    if where is Scope.SELF and here is not Situation.INTRUDER:
        return None
    if here is Situation.INTRUDER:
        severity = Severity.HIGH
    elif here is Situation.HOST:
        severity = Severity.LOW
        if where is not Scope.OUTSIDE or event.port in (2222, 443, 2200, 8022, 22222):
            return None
    else:
        severity = Severity.MEDIUM
    return Verdict(
        object=f"{event.text}:{event.port}", severity=severity, fill={"what": _ODD}, techniques=("T1571", "T1021.004")
    )


def _inbound(context: Context) -> Verdict | None:
    event = context.event
    name = context.command.name
    ssh = name in ("sshd", "sshd-session", "dropbear", "dropbearmulti", "tinysshd") or event.port == _SSH
    if not ssh or not context.contained or scope(event.text) not in (Scope.OUTSIDE, Scope.NEAR):
        return None
    severity = Severity.MEDIUM if scope(event.text) is Scope.OUTSIDE else Severity.LOW
    return Verdict(object=event.text, severity=severity, fill={"what": _CAME}, techniques=("T1021.004", "T1133"))


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-051",
        title=Text("Connect by ssh where it is not expected", "在意料之外处使用 ssh 连接"),
        message=Text("{process} in {subject} {what}: {object}", "{subject} 中的 {process} {what}：{object}"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Containers need no ssh: leave it out of the image and let the container reach only what it serves "
            "or uses. If it is "
            "meant, make an exception for this program and address.",
            "容器不需要 ssh：请从镜像中移除，并只允许容器访问所需的地址。若确属有意，请为该程序和地址设置例外。",
        ),
        techniques=("T1021.004", "T1571"),
        behaviours=(51,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/bin/ssh", "ssh", "root@10.0.0.9", flags=_SESSION)), "from a session to a neighbour"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/dbclient", "dbclient", "-p", "443", "a@h.example")), "dropbear's client, odd port"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ssh", "ssh", "h"), connects(2, "198.51.100.4", 8443)), "an alias hides the odd port"
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/sshd", "sshd", "-D", at=0.0),
                    row(EventKind.ACCEPT, 1, "198.51.100.8", port=22, family=2),
                ),
                "somebody comes in from outside",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 1, "/bin/busybox", "sh"),
                    runs(3, 2, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/bin/ssh", "h"),
                ),
                "below a server's shell, behind ld.so",
            ),
            Example(
                scene(runs(20, 1, "/usr/bin/ssh", "ssh", "h", on=HOST), connects(20, "198.51.100.4", 4433, on=HOST)),
                "on a host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(20, 1, "/usr/bin/ssh", "ssh", "h", on=HOST), connects(20, "198.51.100.4", 22, on=HOST)),
                "a person's ssh",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/git", "git", "fetch"),
                    runs(3, 2, "/usr/bin/ssh", "ssh", "git@h.example", "git-upload-pack"),
                ),
                "git uses ssh",
            ),
            Example(scene(runs(2, 1, "/usr/bin/ssh", "ssh", "-V")), "the version is asked"),
            Example(scene(runs(2, 1, "/usr/bin/ssh-keygen", "ssh-keygen", "-A")), "keys are made"),
        ),
    ),
    interests=(
        tool_interest(_CLIENTS),
        Interest(kinds=(EventKind.CONNECT,), exe=(_OFFERED.pattern,)),
        Interest(kinds=(EventKind.ACCEPT,), ports=frozenset({22, 2222}), exe=(r"(^|/)(sshd(-session)?|dropbear|tinysshd)$",)),
    ),
    judge=_judge,
)
