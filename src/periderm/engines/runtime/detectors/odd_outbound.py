"""RUN-052: a program that has no business on the network calls an address: shells, one-liners, strangers, odd UDP.

Applications in an interpreted language call out all day; an interpreter counts only if it runs a command line, its input, or
a script from where everybody may write. Learned profiles of who calls whom are another engine's.
"""

from __future__ import annotations

import functools
import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.needs import INTERNET, Need
from periderm.engines.runtime.peers import Scope, scope
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.engines.runtime.situation import WRITABLE, Situation, situation, stranger, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_DATAGRAM = 2
_USUAL_UDP = frozenset(
    {
        0, 53, 67, 68, 123, 137, 161, 162, 443, 500, 514, 853, 1812, 1813, 1900, 2055, 3478, 3702, 4500, 4789, 5349,
        5353, 5355, 6343, 6831, 6832, 8125, 8472, 12201, 19302, 51820
    }
)  # fmt: skip
# Defaults of remote-control tools and of IRC: who speaks there by hand deserves a look.
ODD_PORTS = frozenset(
    {
        1337, 4242, 4443, 4444, 4445, 5554, 5555, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697,
        9001, 9030, 9050, 12345, 13337, 31337, 50050, 54321
    }
)  # fmt: skip
_ONE_LINE = frozenset({"-c", "-e", "-r", "-E", "--eval", "-p", "-ne", "-pe", "-"})
_TEXT = words(
    """
    awk gawk mawk nawk sed ed vi vim tclsh expect find env xargs cat cp dd ls
    """
)
_WAITS = re.compile(r"wait[-_]?for|nc -z|pg_isready|until |/dev/tcp/[\w.$\{\}-]+/[\w$\{\}]+\)? *(2?>|;|&&|\|\|)")


def _odd(process: Process) -> bool:
    """Whether a process is one of those that call nobody: an application's interpreter is not."""
    return bool(_who(process))


def _who(process: Process) -> str:
    """Why this program should not be calling anybody: 'shell', 'one-liner', 'stranger', 'text tool', or ''."""
    if stranger(process):
        return "stranger"
    return "shell" if process.copied_shell else _kind(process.exe, process.argv, process.script)


@functools.lru_cache(maxsize=2048)  # every connection of an interpreter is asked about, and they keep their command line
def _kind(exe: str, argv: tuple[str, ...], begun: str) -> str:
    what = programs.command(exe, argv)
    if programs.is_shell(what):
        return "shell"
    if programs.interpreter(what.name):
        script = begun or programs.script(what)
        if script:
            return "script" if script.startswith(WRITABLE) or "/." in script else ""
        given = any(a in _ONE_LINE or re.match(r"-[a-zA-Z]*[cer]$", a) for a in what.arguments[:6])
        return "one-liner" if given or (not what.arguments and what.name != "node") else ""
    return "text tool" if what.name in _TEXT else ""


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.CONNECT or event.family not in (2, 10) or context.process.runtime:
        return None
    where = scope(event.text)
    if where in (Scope.NONE, Scope.SELF) or event.port in (0, 53):
        return None
    who = _who(context.process)
    datagram = (event.arg0 & 0xF) == _DATAGRAM
    if who:
        severity = _graded(context, who, where)
    elif datagram and event.port not in _USUAL_UDP and where is Scope.OUTSIDE and context.contained and event.port < 32768:
        severity, who = Severity.LOW, "udp"
    elif event.port in ODD_PORTS and where is Scope.OUTSIDE and context.contained and _by_tool(context):
        severity, who = Severity.MEDIUM, "port"
    else:
        return None
    if severity is None:
        return None
    return Verdict(
        object=f"[{event.text}]:{event.port}" if event.family == 10 else f"{event.text}:{event.port}",
        severity=lower(severity) if context.failed and severity > Severity.LOW else severity,
        fill={"what": _WHAT[who]},
        evidence={"why": who, "transport": "udp" if datagram else "tcp"},
        techniques=("T1095",) if datagram else ("T1071", "T1571") if event.port in ODD_PORTS else ("T1071", "T1048"),
    )


def _by_tool(context: Context) -> bool:
    return context.command.name in programs.NET_TOOLS or situation(context) is Situation.INTRUDER


def _graded(context: Context, who: str, where: Scope) -> Severity | None:
    here = situation(context)
    odd = context.event.port in ODD_PORTS
    if context.server_shell:
        return Severity.HIGH
    if here is Situation.HOST:
        return Severity.MEDIUM if who == "stranger" and odd and where is Scope.OUTSIDE else None
    if here is Situation.BUILD or (
        who == "shell" and any(_WAITS.search(p.args.replace("\0", " ")) for p in context.lineage[:3])
    ):
        return None
    if who == "stranger":
        return Severity.HIGH if where is Scope.OUTSIDE or odd else Severity.MEDIUM
    if where is Scope.OUTSIDE or odd:
        return Severity.MEDIUM
    return None if here is Situation.START else Severity.LOW


_WHAT = {
    "stranger": Text("a program that the image did not bring", "镜像中没有的程序"),
    "shell": Text("a shell", "shell"),
    "one-liner": Text("an interpreter's command line", "解释器的单行命令"),
    "script": Text("a script from a folder that everybody may write", "来自所有人可写目录的脚本"),
    "text tool": Text("a tool that has no business there", "本不应联网的工具"),
    "udp": Text("an unusual UDP port", "不常见的 UDP 端口"),
    "port": Text("a port that remote-control tools use", "远控工具常用的端口"),
}

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-052",
        title=Text("Connect out by what has no business there", "由不应联网的程序对外连接"),
        message=Text("{process} in {subject} calls {object} ({what}).", "{subject} 中的 {process} 连接 {object}（{what}）。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Find out what the program is and who started it. Let the container reach only the addresses that it "
            "needs: a policy "
            "for its network would have refused this.",
            "查明该程序是什么、由谁启动。只允许容器访问所需的地址：网络策略本可拒绝这次连接。",
        ),
        techniques=("T1071", "T1048", "T1095"),
        behaviours=(52,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "…"), connects(2, "198.51.100.4", 80)), "bash itself"),
            Example(
                scene(runs(2, 900, "/usr/bin/perl", "perl", "-e", "…"), connects(2, "198.51.100.4", 6667)), "a one-liner to IRC"
            ),
            Example(
                scene(runs(2, 1, "/dev/shm/x", "nginx"), connects(2, "10.0.0.4", 4444)), "a renamed program from shared memory"
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), connects(2, "2001:db8::1", 9999, kind=2)), "odd UDP"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "/tmp/a.py"), connects(2, "198.51.100.4", 443)),
                "a dropped script",
            ),
            Example(
                scene(runs(20, 1, "/tmp/x", "x", on=HOST), connects(20, "198.51.100.4", 4444, on=HOST)), "on the plain host"
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "app.py"), connects(2, "198.51.100.4", 443)), "an application"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "/wait-for-it.sh", "db:5432"), connects(2, "10.0.0.4", 5432)),
                "a start script waits",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "…"), connects(2, "127.0.0.1", 80)),
                "a shell asks its own server",
            ),
            Example(scene(runs(2, 1, "/app/voip", "voip"), connects(2, "198.51.100.4", 3478, kind=2)), "STUN"),
            Example(
                scene(runs(2, 1, "/usr/bin/curl", "curl"), connects(2, "198.51.100.4", 443)), "curl, which has its own detector"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.CONNECT,),
            exe=(
                rf"(^|/)({programs.names(programs.SHELLS | programs.MULTICALL | _TEXT)})$",
                r"(^|/)(python|pypy|perl|ruby|php|lua|luajit|node)[0-9.]*$",
                r"^/(tmp|var/tmp|dev/shm|run/shm|memfd:|dev/mqueue)",
                r"/\.[^/]",
                r" \(deleted\)$",
                r"(^|/)ld[-.\w]*\.so",
            ),
            actor=_odd,
        ),
        Interest(kinds=(EventKind.CONNECT,), ports=ODD_PORTS),
        Interest(kinds=(EventKind.CONNECT,), drifted=True),
        Interest(
            kinds=(EventKind.CONNECT,),
            arg0=_DATAGRAM,
            needs=(INTERNET, Need("port", ports=tuple(sorted(_USUAL_UDP)))),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
