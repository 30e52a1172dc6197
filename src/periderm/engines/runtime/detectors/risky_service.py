"""RUN-065: a service that hands out control or data to whoever reaches it is started, or listens, in a container.

Databases that are the container's own program are ordinary; they count only with their doors taken off by option. A listener
on loopback is not meant. What such a service is asked is not looked at.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.peers import Scope, scope
from periderm.engines.runtime.scene import row, runs, scene
from periderm.engines.runtime.situation import Situation, called, situation, speaks, stranger, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SERVICES = words(
    """
    sshd dropbear tinysshd telnetd in.telnetd utelnetd rlogind in.rlogind rshd in.rshd rexecd in.rexecd vsftpd proftpd
    pure-ftpd in.ftpd ftpd tftpd in.tftpd atftpd uftpd xvnc xtightvnc xtigervnc x11vnc tightvncserver vncserver wayvnc
    xrdp xorg rpcbind distccd ttyd gotty wetty shellinaboxd gdbserver lldb-server adbd code-server webmin miniserv.pl
    filebrowser xinetd inetd sshd-session rpc.mountd rpc.nfsd
    """
)
_TOOLS = frozenset({"nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "socat", "busybox", "toybox"})
_PORTS = {
    int(port): name
    for name, ports in {
        "ftp": "21", "ssh": "22 2222", "telnet": "23 2323", "rpcbind": "111", "rexec": "512", "rlogin": "513", "rsh": "514",
        "rsync": "873", "nfs": "2049", "docker": "2375 2376", "rdp": "3389", "distcc": "3632", "adb": "5555",
        "vnc": "5800 5900 5901 5902", "x11": "6000 6001", "ttyd": "7681", "kubelet": "10250 10255",
    }.items()
    for port in ports.split()
}  # fmt: skip
# Data and control without a password, by what the command line says.
_OPEN = re.compile(
    r"protected-mode\x00no|--noauth|--skip-grant-tables|--auth\x00none|--auth=none|--nopass|"
    r"SecurityTypes[\x00= ]None|-SecurityTypes|"
    r"--(NotebookApp|ServerApp|IdentityProvider)\.(token|password)=(''|\"\"|\x00|$)|--(token|password)=(''|\x00|$)|"
    r"-H(=|\x00)?tcp://(0\.0\.0\.0|\[?::|:)|(?<![^\n])(?>.*?address=(\*|0\.0\.0\.0)?:?\d).*server=y|"
    r"(?<![^\n])(?>.*?jdwp=)(?>.*?server=y).*address=(\*|0\.0\.0\.0)|"
    r"--inspect(-brk)?=(0\.0\.0\.0|\[?::)|--anonymous-auth=true|allow_anonymous\x00true|--disable-auth|--no-auth\b|"
    r"host_auth=trust|--enable-insecure|--insecure-bind-address|--authorization-mode=AlwaysAllow"
)
_DAEMON = re.compile(r"(^|\x00)(--daemon|--no-detach\x00--daemon)(\x00|$)")


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or not context.contained or context.building:
        return None
    if context.event.kind is EventKind.EXEC:
        return _started(context)
    return _listens(context) if context.event.kind is EventKind.LISTEN else None


def _started(context: Context) -> Verdict | None:
    names = called(context)
    if speaks(context) or {"-t", "-T", "--version", "-V", "--help"}.intersection(context.command.arguments[:1]):
        return None
    what = next((n for n in names if n in _SERVICES), "")
    if what in ("sshd", "sshd-session") and "-R" in context.command.arguments:
        return None  # one connection of a server that was told already
    if "rsync" in names and _DAEMON.search(context.process.args):
        what = "rsync --daemon"
    elif (
        not what and not programs.is_shell(context.command) and (found := _OPEN.search("\0" + context.process.args)) is not None
    ):
        return _verdict(context, f"{names[0]} {found[0]}".replace("\0", " "), sure=False)
    return _verdict(context, what, sure=True) if what else None


def _listens(context: Context) -> Verdict | None:
    event = context.event
    if event.family not in (2, 10) or (scope(event.text) is Scope.SELF and event.text not in ("0.0.0.0", "::")):  # noqa: S104 -- it is read
        return None
    names = called(context)
    service = _PORTS.get(event.port, "")
    interpreter = bool(programs.interpreter(context.command.name))
    one_line = interpreter and not programs.script(context.command) and "-m" not in context.command.arguments
    if _TOOLS.intersection(names) or one_line or stranger(context.process):
        by = service or names[0]
        severity = {Situation.INTRUDER: Severity.HIGH, Situation.SESSION: Severity.MEDIUM}.get(
            situation(context), Severity.MEDIUM
        )
        return Verdict(
            object=f"port {event.port}", severity=severity, fill={"what": f"{by} :{event.port}"}, techniques=("T1133", "T1571")
        )
    return _verdict(context, f"{service} :{event.port}", sure=False) if service else None


def _verdict(context: Context, what: str, *, sure: bool) -> Verdict:
    here = situation(context)
    if here is Situation.INTRUDER:
        severity = Severity.HIGH
    elif here is Situation.SESSION:
        severity = Severity.HIGH if sure else Severity.MEDIUM
    else:
        severity = Severity.MEDIUM if sure else Severity.LOW
    return Verdict(object=what, severity=severity, fill={"what": what})


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-065",
        title=Text("Open a high-risk service in a container", "在容器中开启高风险服务"),
        message=Text("{process} serves in {subject}: {what}", "{process} 在 {subject} 中提供服务：{what}"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Stop the service: a container is reached through its orchestrator, not by ssh, and data stores ask "
            "for a password. If it "
            "is meant, bind it to loopback or a network of its own.",
            "停止该服务：容器应通过编排平台访问，而非 ssh；数据存储应要求口令。若确需使用，请绑定到回环地址或专用网络。",
        ),
        techniques=("T1133", "T1210"),
        behaviours=(65,),
        fires=(
            Example(scene(runs(2, 900, "/usr/sbin/sshd", "/usr/sbin/sshd", "-D", flags=_SESSION)), "sshd in a session"),
            Example(scene(runs(2, 1, "/bin/busybox", "telnetd", "-l", "/bin/sh")), "a busybox applet"),
            Example(scene(runs(2, 1, "/usr/bin/rsync", "rsync", "--daemon")), "rsync as a server"),
            Example(scene(runs(2, 1, "/srv/x", "x"), row(EventKind.LISTEN, 2, "::", port=23, family=10)), "a renamed telnetd"),
            Example(
                scene(runs(2, 1, "/usr/bin/perl", "perl", "-e", "…"), row(EventKind.LISTEN, 2, "10.0.0.2", port=9, family=2)),
                "a one-liner listens",
            ),
            Example(
                scene(runs(1, 0, "/usr/bin/redis-server", "redis-server", "--protected-mode", "no", at=0.0)),
                "a store without a door",
            ),
            Example(scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/sbin/dropbear", "-F")), "behind the loader"),
        ),
        quiet=(
            Example(
                scene(
                    runs(1, 0, "/usr/bin/redis-server", "redis-server", at=0.0),
                    row(EventKind.LISTEN, 1, "10.0.0.2", port=6379, family=2, at=1.0),
                ),
                "a database that is the container's own program",
            ),
            Example(
                scene(runs(1, 0, "/usr/sbin/nginx", "nginx"), row(EventKind.LISTEN, 1, "::", port=80, family=10)),
                "a web server",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3", "python3", "-c", "…"),
                    row(EventKind.LISTEN, 2, "127.0.0.1", port=9, family=2),
                ),
                "a listener on loopback",
            ),
            Example(scene(runs(2, 1, "/usr/sbin/sshd", "sshd", "-t")), "a configuration is tried"),
        ),
    ),
    interests=(
        tool_interest(
            _SERVICES | {"rsync"},
            where=Where.CONTAINER,
            args=(
                r"protected-mode",
                r"(?i)-{1,2}no-?auth",
                r"skip-grant",
                r"(?i)auth(=|\x00)(none|trust)",
                r"SecurityTypes",
                r"tcp://",
                r"jdwp",
                r"--inspect",
                r"\.(token|password)=",
                r"--(token|password)=",
                r"anonymous",
                r"insecure",
                r"AlwaysAllow",
                r"--nopass|disable-auth",
            ),
        ),
        Interest(kinds=(EventKind.LISTEN,), where=Where.CONTAINER),
    ),
    judge=_judge,
    existing=True,
)
