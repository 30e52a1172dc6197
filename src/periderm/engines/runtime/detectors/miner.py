"""RUN-054: a coin miner: by its name, by what it is told on its command line, or by a pool's port together with context.

A port alone says little: it counts if the program is a stranger or an intruder's, or a shell or tool that speaks to an
address outside. Loopback peers never count by the port alone.
"""

from __future__ import annotations

import ipaddress
import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = (
    "xmrig|xmrigdaemon|xmrigminer|xmr-stak[a-z-]*|minerd|cpuminer[a-z0-9-]*|ccminer|ethminer|nbminer|lolminer|phoenixminer|"
    "cgminer|bfgminer|nanominer|teamredminer|srbminer[a-z-]*|trex|t-rex|gminer|rigel|bzminer|wildrig[a-z-]*|astrominer|"
    "kinsing|kdevtmpfsi|kthreaddi|sysrv[0-9]*|dbused|moneroocean[a-z_]*|xmr|minergate[a-z-]*|verthashminer|p2pool|xmrblocks"
)
_NAME = re.compile(_NAMES)
_LINE = (
    r"stratum[12]?\+(tcp|ssl|tls|udp)(s|6)?://|stratum\+ssl://|ethproxy\+|daemon\+https?://.*--coin|--donate-level|"
    r"--randomx-(no-numa|1gb-pages|mode|init)|--cpu-max-threads-hint|--nicehash|--rig-id|"
    r"--coin[= \x00](monero|xmr|ravencoin|etc)|"
    r"(^|[\x00=])(rx/0|rx/wow|cn/r|cn-heavy/xhv|cn-pico|randomx|cryptonight[a-z0-9/-]*|kawpow|ethash|etchash|ghostrider)(\x00|$)|"
    r"(supportxmr|minexmr|nanopool|moneroocean|hashvault|2miners|f2pool|nicehash|c3pool|xmrpool|herominers|unmineable)\.(com|org|pro|eu|net|stream)"
)
_ARGUMENTS = re.compile(f"(?i){_LINE}")
# Ports that public pools document for Stratum. 3333 and its kin are what nearly all of them offer first.
POOL_PORTS = frozenset({3333, 3334, 3335, 3336, 4444, 5555, 7777, 9999, 10128, 10300, 14433, 14444, 45560, 45700})
_STREAM = 1


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime:
        return None
    if context.event.kind is EventKind.EXEC:
        return _program(context)
    if context.event.kind is EventKind.CONNECT:
        return _connection(context)
    return None


def _marked(context: Context) -> str:
    """What marks the program as a miner: its name or its command line."""
    what = context.command
    name = what.name.lower()
    called = programs.base(what.called).lower()
    if _NAME.fullmatch(name) or _NAME.fullmatch(called):
        return name if _NAME.fullmatch(name) else called
    if name in programs.TEXT_TOOLS or name in programs.NET_TOOLS or programs.is_shell(what):
        return ""  # they speak of miners; what a shell starts is judged when it starts
    found = _ARGUMENTS.search(context.process.args)
    return found[0].replace("\0", " ").strip() if found is not None else ""


def _program(context: Context) -> Verdict | None:
    mark = _marked(context)
    if not mark:
        return None
    return Verdict(object=context.process.exe, fill={"mark": mark}, evidence={"mark": mark})


def _connection(context: Context) -> Verdict | None:
    event, process, what = context.event, context.process, context.command
    if event.port not in POOL_PORTS or (event.arg0 & 0xF) not in (0, _STREAM):
        return None
    peer = _peer(event.text)
    if peer is None:
        return None
    mark = _marked(context)
    placed = process.exe.startswith(("/tmp/", "/var/tmp/", "/dev/shm/", "/memfd:"))
    stranger = process.drifted or bool(process.flags & EventFlag.MEMORY_BACKED) or placed
    intruder = context.server_shell
    by_hand = what.name in programs.NET_TOOLS or programs.is_shell(what)
    if mark or intruder or (stranger and not peer.is_loopback):
        severity = Severity.HIGH
    elif by_hand and context.contained and not peer.is_loopback:
        severity = Severity.MEDIUM
    elif context.contained and peer.is_global:
        severity = Severity.LOW
    else:
        return None
    return Verdict(
        object=f"{event.text}:{event.port}",
        # An attempt that the network refuses tells as much about the process as one that works.
        severity=severity if severity is Severity.HIGH or not context.failed else lower(severity),
        fill={"mark": f"port {event.port}"},
        evidence={"port": str(event.port)},
    )


def _peer(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        peer = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return mapped or peer


_WEB = (
    runs(1, 0, "/usr/sbin/lighttpd", "lighttpd", at=0.0),
    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-054",
        title=Text("Mine coins or call a mining pool", "挖矿或连接矿池"),
        message=Text(
            "{process} in {subject} looks like a coin miner ({mark}): {object}",
            "{subject} 中的 {process} 疑似挖矿程序（{mark}）：{object}",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Kill it, and look for how it came: the same way is open to others. Limit the container's CPU and let it reach "
            "only the addresses that it needs.",
            "终止该进程，并查明其来源：同样的入口对他人也敞开。限制容器的 CPU，并只允许其访问所需的地址。",
        ),
        techniques=("T1496.001",),
        behaviours=(54,),
        fires=(
            Example(scene(runs(2, 1, "/opt/xmrig", "xmrig")), "by name"),
            Example(scene(runs(2, 1, "/opt/XMRig", "./XMRig")), "by name in capitals"),
            Example(
                scene(runs(2, 1, "/usr/local/bin/nginx", "nginx", "-o", "stratum+tcp://203.0.113.5:3333")),
                "renamed, but told where its pool is",
            ),
            Example(scene(runs(2, 1, "/opt/a", "a", "-a", "rx/0", "-o", "203.0.113.5:443")), "told its algorithm only"),
            Example(scene(*_WEB, connects(2, "10.9.8.7", 3333)), "a shell below a web server calls a pool's port"),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), connects(2, "2001:db8::5", 14444)),
                "a stranger calls a pool's port",
            ),
            Example(scene(runs(2, 1, "/usr/bin/nc.traditional", "nc"), connects(2, "203.0.113.5", 45700)), "a tool does"),
            Example(scene(runs(20, 1, "/tmp/kdevtmpfsi", "kdevtmpfsi", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/node", "node", "dev.js"), connects(2, "127.0.0.1", 3333)), "a development server"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/node", "node", "app.js"), connects(2, "10.0.0.9", 5555)),
                "an inner service on such a port",
            ),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "-r", "stratum+tcp://", "/srv")), "somebody looks for miners"),
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl"), connects(2, "::1", 3333)), "curl to loopback"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,), text=(rf"(?i)(^|/)({_NAMES})$",), args=(f"(?i){_LINE}", rf"(?i)(^|/)({_NAMES})(\x00|$)")
        ),
        Interest(kinds=(EventKind.CONNECT,), ports=POOL_PORTS),
    ),
    judge=_judge,
    existing=True,
)
