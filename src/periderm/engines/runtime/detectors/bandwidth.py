"""RUN-105: a program sells or gives away this machine's bandwidth: proxyware, traffic sharing, file sharing networks.

It goes by names and by what such programs must be told. How much traffic flows is not measured here.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.peers import Scope, scope
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.engines.runtime.situation import (
    Situation,
    called,
    first,
    graded,
    situation,
    speaks,
    stranger,
    tool_interest,
    words,
)
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PROXYWARE = words(
    """
    traffmonetizer honeygain hg pawns-cli iproyal-pawns iproyal earnapp peer2profit p2pclient psclient packetstream
    repocket proxyrack proxyrack-pop bitping bitpingd myst mysterium-node proxylite earnfm earnfm_example packetshare
    packetsdk grass apphub gaganode castarsdk castar speedshare wipter titan-edge meson_cdn urnetwork urnet-cli spide
    proxybase tm_cli cli_tm nodepay antgain asn-tm ebesucher network3 passiveincome depinsim
    """
)
_SEEDERS = words(
    """
    transmission-daemon transmission-cli transmission-gtk rtorrent qbittorrent-nox qbittorrent deluged ctorrent webtorrent
    peerflix btpd amuled mldonkey opentracker lftp-torrent
    """
)
_TOLD = re.compile(
    r"start\x00accept\x00--token|-accept-tos|--accept-tos|-tou-accept|--(email|accept-terms)(=|\x00)\S+@\S+\x00(.*\x00)?-{1,2}(pass|password|token|"
    r"device|accept)|-pass\x00\S+\x00-device\x00|\x00-email\x00\S+@\S+\x00(.*\x00)?-(password|pass|device-name)"
)
_TORRENT = re.compile(r"magnet:\?xt=|\.torrent(\x00|$)|--seed-(time|ratio)|--bt-")
_PORTS = frozenset({6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 6969})


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime:
        return None
    if context.event.kind is EventKind.EXEC:
        return _program(context)
    return _peer(context) if context.event.kind is EventKind.CONNECT else None


def _program(context: Context) -> Verdict | None:
    if speaks(context) or programs.is_shell(context.command) or situation(context) is Situation.BUILD:
        return None
    names, line = called(context), "\0" + context.process.args
    sharing = next((n for n in names if n in _PROXYWARE), "")
    if sharing or _TOLD.search(line):
        severity = Severity.MEDIUM if situation(context) is Situation.HOST else Severity.HIGH
        return Verdict(object=context.process.exe, severity=severity, fill={"what": sharing or "proxyware"})
    if _SEEDERS.intersection(names) or (_TORRENT.search(line) and not programs.interpreter(context.command.name)):
        meant = first(context) and not stranger(context.process)
        own = Severity.LOW if meant else Severity.MEDIUM
        graded_ = graded(context, own=own, start=own, host=Severity.LOW if stranger(context.process) else None)
        return None if graded_ is None else Verdict(object=context.process.exe, severity=graded_, fill={"what": names[0]})
    return None


def _peer(context: Context) -> Verdict | None:
    event = context.event
    if scope(event.text) is not Scope.OUTSIDE or _SEEDERS.intersection(called(context)):
        return None
    peers = context.distinct("torrent", f"{event.text}:{event.port}", 120.0)
    if peers < 5 and not stranger(context.process):
        return None
    severity = Severity.HIGH if situation(context) is Situation.INTRUDER else Severity.MEDIUM
    return Verdict(
        object=context.process.exe, severity=severity, fill={"what": f"port {event.port}"}, evidence={"peers": str(peers)}
    )


_S = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-105",
        title=Text("Run a program that gives the bandwidth to others", "运行出让带宽的程序"),
        message=Text(
            "{process} in {subject} shares its bandwidth ({what}).", "{subject} 中的 {process} 在出让带宽（{what}）。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Kill it and look for how it came: the same way is open to others. Strangers' traffic went out under "
            "your address; let "
            "the container reach only what it needs.",
            "终止该进程并查明其来源：同样的入口对他人也敞开。陌生人的流量曾以您的地址外出；请只允许容器访问所需的地址。",
        ),
        techniques=("T1496.002",),
        fires=(
            Example(scene(runs(2, 900, "/usr/local/bin/pawns-cli", "pawns-cli", "-email=a@h", flags=_S)), "by name"),
            Example(
                scene(runs(2, 1, "/opt/nginx", "nginx", "start", "accept", "--token", "abc=")), "renamed, but told its account"
            ),
            Example(scene(runs(2, 1, "/usr/bin/aria2c", "aria2c", "--seed-time=9999", "magnet:?xt=urn:btih:00")), "a seeder"),
            Example(scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/opt/earnapp")), "behind the loader"),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), connects(2, "198.51.100.4", 6881)), "a stranger's peers"
            ),
            Example(scene(runs(20, 1, "/opt/honeygain", "honeygain", "-tou-accept", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/aria2c", "aria2c", "https://h.example/a.tgz")), "a plain download"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "honeygain", "/srv")), "somebody greps"),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "10.0.0.4", 6881)), "an inner service on such a port"),
            Example(scene(runs(20, 1, "/usr/bin/transmission-gtk", "transmission-gtk", on=HOST)), "a person's desktop"),
        ),
    ),
    interests=(
        tool_interest(
            _PROXYWARE | _SEEDERS,
            args=(
                r"accept\x00--token",
                r"-accept-tos",
                r"-tou-accept",
                r"magnet:",
                r"\.torrent(\x00|$)",
                r"--seed-",
                r"--bt-",
                r"-email(=|\x00)",
                r"-pass\x00",
            ),
        ),
        Interest(kinds=(EventKind.CONNECT,), ports=_PORTS, where=Where.CONTAINER),
    ),
    judge=_judge,
    existing=True,
)
