"""RUN-050: a program listens to or forges packets: packet sockets, raw sockets, sniffers, and tools that stand in between.

Ping and its kin, routing daemons and firewall tools use raw sockets for their work and are believed where the system or the
image brought them. What is in the packets is not looked at.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, NONE, row, runs, scene
from periderm.engines.runtime.situation import Situation, called, situation, speaks, stranger, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_INET, _INET6, _PACKET = 2, 10, 17
_SNIFFERS = words(
    """
    tcpdump tshark dumpcap wireshark ngrep tcpflow dsniff ssldump snoop netsniff-ng tcpick urlsnarf driftnet sniffglue
    justniffer termshark kismet tcpxtract httpry netcap ksniff
    """
)
_BETWEEN = words(
    """
    ettercap bettercap arpspoof dnsspoof mitmproxy mitmdump mitmweb responder parasite6 yersinia arpoison sslsplit
    sslstrip scapy mitm6
    """
)
_PINGS = re.compile(
    r"ping6?|fping6?|traceroute6?|traceroute\.\w+|inetutils-\w+|mtr(-packet)?|tracepath6?|arping|tcptraceroute|nping|hping3?|oping|"
    r"noping|smokeping|thd|gping"
)
_DAEMONS = re.compile(
    r"iptables\S*|ip6tables\S*|xtables\S*|ebtables\S*|arptables\S*|nft|conntrack|ipset|ipvsadm|keepalived|dhclient|dhcpcd\S*|dhcpd|udhcpc6?|"
    r"udhcpd|dnsmasq|NetworkManager|systemd-networkd|systemd-timesyn\w*|lldpd|lldpad|zebra|bgpd|ospf6?d|isisd|ripd|pim6?d|bird6?|gobgpd|frr|"
    r"radvd|charon|pluto|wpa_supplicant|hostapd|speaker|calico-\w+|felix|cilium\S*|flanneld|kube-proxy|kube-router|antrea-agent|"
    r"weave\S*|ovs-\w+|ovsdb-\w+|suricata|snort|zeek|ip|tc|bridge|ethtool|ifconfig|netavark|aardvark-dns|slirp4netns|pasta\S*|passt|"
    r"rdisc6?|ndppd|igmpproxy|smcroute\w*|vrrpd|ucarp|zabbix_(server|proxy)|telegraf|blackbox_exporter|icinga2|check_icmp|check_ping|"
    r"prometheus|cloudflared|unbound|avahi\S*|xl2tpd|pppd|rp-pppoe|pppoe|openvpn|ntopng|softflowd|fprobe|wakeonlan|etherwake"
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.process.runtime:
        return None
    if event.kind is EventKind.SOCKET:
        return _socket(context)
    return _tool(context) if event.kind is EventKind.EXEC else None


def _socket(context: Context) -> Verdict | None:
    event, process, what = context.event, context.process, context.command
    domain = event.arg0
    if domain not in (_INET, _INET6, _PACKET):
        return None
    packet = domain == _PACKET
    here = situation(context)
    believed = not stranger(process) and not programs.interpreter(what.name)
    if believed and (_DAEMONS.fullmatch(what.name) or (not packet and _PINGS.fullmatch(what.name))):
        return None
    if here is Situation.BUILD and not packet:
        return None
    if believed and what.name in ("arping", "tcptraceroute", "nping", "mtr-packet", "fping"):
        severity = Severity.LOW
    elif here is Situation.INTRUDER or (context.contained and programs.interpreter(what.name)):
        severity = Severity.HIGH
    elif here is Situation.HOST:
        severity = (
            Severity.MEDIUM if not believed and process.exe.startswith(("/tmp/", "/dev/shm/", "/var/tmp/")) else Severity.LOW
        )
    else:
        severity = Severity.MEDIUM
    if here is Situation.SESSION and severity is Severity.MEDIUM and packet and what.name not in _SNIFFERS:
        severity = Severity.HIGH  # brought by hand, and none of the known tools
    if context.failed:
        severity = Severity(max(Severity.LOW, severity - 1))
    kind = _PACKETS if packet else _RAW
    return Verdict(object=process.exe, severity=severity, fill={"what": kind},
                   techniques=("T1040",) if packet else ("T1040", "T1095"))  # fmt: skip


_PACKETS = Text("opened a packet socket: it sees or forges all traffic", "打开了 packet 套接字：可查看或伪造所有流量")
_RAW = Text("opened a raw socket: it sees or forges packets", "打开了原始套接字：可查看或伪造数据包")
_SNIFFS = Text("listens to the network's traffic", "在监听网络流量")
_STANDS = Text("stands between others on the network", "在网络上充当中间人")


def _tool(context: Context) -> Verdict | None:
    names, here = called(context), situation(context)
    if here is Situation.BUILD or speaks(context):
        return None
    asks = {"--version", "-h", "--help", "-D", "--list-interfaces"}.intersection(context.command.arguments)
    if _BETWEEN.intersection(names):
        severity = Severity.MEDIUM if here is Situation.HOST else Severity.HIGH
        return Verdict(object=names[0], severity=severity, fill={"what": _STANDS}, techniques=("T1557.002", "T1040"))
    if _SNIFFERS.intersection(names) and not asks:
        severity = {Situation.INTRUDER: Severity.HIGH, Situation.HOST: Severity.LOW}.get(here, Severity.MEDIUM)
        return Verdict(object=names[0], severity=severity, fill={"what": _SNIFFS})
    return None


def _made(process: int, domain: int, kind: int = 3, flags: EventFlag = NONE) -> Event:
    return row(EventKind.SOCKET, process, arg0=domain, arg1=kind, family=domain, flags=flags)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-050",
        title=Text("Open a raw or packet socket, or sniff", "打开原始或 packet 套接字，或嗅探网络"),
        message=Text("{process} in {subject} {what}.", "{subject} 中的 {process} {what}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Take CAP_NET_RAW (and CAP_NET_ADMIN) from the container: few programs need it, and then neither "
            "socket can be opened.",
            "去除容器的 CAP_NET_RAW（以及 CAP_NET_ADMIN）：很少有程序需要它，去除后这两类套接字都无法打开。",
        ),
        techniques=("T1040",),
        behaviours=(50,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), _made(2, _PACKET)), "an interpreter sniffs"),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), _made(2, _INET)), "a foreign program forges packets"
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/tcpdump", "tcpdump", "-i", "any", flags=EventFlag.EXEC_SESSION)),
                "tcpdump in a session",
            ),
            Example(scene(runs(2, 1, "/usr/bin/ping", "ping"), _made(2, _PACKET)), "a ping that sniffs is none"),
            Example(scene(runs(2, 1, "/app/agent", "agent"), _made(2, _INET6)), "raw IPv6"),
            Example(
                scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/sbin/arpspoof", "-t", "h")),
                "arpspoof behind ld.so",
            ),
            Example(scene(runs(20, 1, "/usr/sbin/ettercap", "ettercap", "-T", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/ping", "ping", "10.0.0.1"), _made(2, _INET)), "ping"),
            Example(scene(runs(2, 1, "/bin/busybox", "ping", "10.0.0.1"), _made(2, _INET)), "ping as an applet"),
            Example(
                scene(runs(2, 1, "/usr/sbin/xtables-nft-multi", "iptables", "-L"), _made(2, _INET)), "iptables asks the kernel"
            ),
            Example(scene(runs(2, 1, "/usr/sbin/keepalived", "keepalived"), _made(2, _INET)), "VRRP"),
            Example(scene(runs(2, 1, "/app/x", "x"), _made(2, 16)), "netlink, which is raw by name only"),
            Example(scene(runs(2, 1, "/usr/bin/tcpdump", "tcpdump", "--version")), "the version is asked"),
        ),
    ),
    interests=(
        # 2, 10 and 17 have one of these bits, netlink (16) has none.
        Interest(kinds=(EventKind.SOCKET,), arg0=0b1011),
        tool_interest(_SNIFFERS | _BETWEEN),
    ),
    judge=_judge,
    existing=True,
)
