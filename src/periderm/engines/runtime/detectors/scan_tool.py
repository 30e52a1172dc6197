"""RUN-048: a tool that scans networks or attacks services is started, by its name or by a scanner's command line.

What a scanner does without such a tool is RUN-103's (many peers) and RUN-050's (raw sockets). On the plain host, where
administrators look at their own network, it is said softly.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import runs, scene
from periderm.engines.runtime.situation import called, graded, script_of, speaks, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SCANNERS = words(
    """
    nmap masscan zmap zgrab zgrab2 rustscan naabu unicornscan scanrand arp-scan netdiscover nbtscan enum4linux
    enum4linux-ng smbmap rpcclient onesixtyone snmpwalk snmp-check nikto gobuster dirb dirbuster ffuf wfuzz feroxbuster
    wpscan sqlmap nuclei amass subfinder dnsenum dnsrecon dnsmap fierce fscan gogo kscan yasso ladon qscan goby xray
    dismap naabu httpx-toolkit crackmapexec netexec nxc impacket-smbclient msfconsole msfvenom msfrpcd metasploit sliver
    sliver-client havoc kube-hunter kube-scan peirates cdk kdigger botb deepce.sh kubeletctl katacoda-scan
    redis-rogue-server commix responder routersploit exploitdb searchsploit autorecon sn1per legion sparta p0f hping
    fping3 ike-scan sslscan testssl.sh
    """
)
_NOTABLE = words(
    """
    dig nslookup host drill traceroute tracepath mtr whois arping fping netstat ss arp iftop nethogs
    """
)
_NETCATS = frozenset({"nc", "ncat", "netcat", "nc.openbsd", "nc.traditional"})
_RANGE = re.compile(r"\d{1,5}-\d{1,5}")
_LINE = re.compile(
    r"\x00-s[STUVXNFACMWYn][VCSTU]*\x00|\x00--(min-rate|max-rate|top-ports|host-timeout|osscan-guess|script(=|\x00)(vuln|default|safe))|"
    r"\x00-p-\x00|\x00-p(\x00)?\d+-\d+|\x00-p(\x00)?\d+(,\d+){4,}|\x00--rate(=|\x00)\d+"
)
_NETWORK = re.compile(r"\x00\[?[0-9a-fA-F.:]+/\d{1,3}(\x00|$)|\x00\d+\.\d+\.\d+\.(\d+-\d+|\*)(\x00|$)|\x00-iL\x00|\x00-iR\x00")
_HOST_SHAPE = re.compile(r"\x00\d{1,3}(\.\d{1,3}){3}(\x00|$)")
_PEEKS = re.compile(r"(?i)(port.?scan|scan_?ports?|subnet.?scan|network.?scan|nmap|masscan)\.(py|pl|rb|sh|go|php)$")


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime or speaks(context):
        return None
    found = _tool(context)
    if found is None:
        return None
    name, severity = found
    if severity is None:
        return None
    return Verdict(object=name, severity=severity, fill={"line": context.line[:160] or name})


def _tool(context: Context) -> tuple[str, Severity | None] | None:  # noqa: PLR0911 -- one return for each way out
    names, line = called(context), "\0" + context.process.args
    for name in names:
        if name in _SCANNERS:
            return name, graded(context, session=Severity.HIGH, own=Severity.HIGH, start=Severity.HIGH, build=Severity.LOW,
                                host=Severity.LOW)  # fmt: skip
    if _NETCATS.intersection(names):
        zero = any(a.startswith("-") and "z" in a for a in context.command.arguments)
        if zero and any(_RANGE.fullmatch(a) for a in context.command.arguments):
            return "nc -z", graded(context, session=Severity.HIGH, own=Severity.HIGH, start=Severity.HIGH, host=Severity.LOW)
        return None
    script = script_of(context.process)
    if script and _PEEKS.search(script):
        return programs.base(script), graded(context, session=Severity.HIGH, own=Severity.MEDIUM, start=Severity.MEDIUM,
                                             host=Severity.LOW)  # fmt: skip
    if programs.is_shell(context.command) or programs.interpreter(context.command.name):
        return None
    if _LINE.search(line) and (_NETWORK.search(line) or _HOST_SHAPE.search(line)):
        return names[0], graded(context, session=Severity.HIGH, own=Severity.HIGH, start=Severity.HIGH, host=Severity.LOW)
    if _NOTABLE.intersection(names):
        # One look-up is nothing; below a server's shell it is somebody who looks around.
        return names[0], graded(context, intruder=Severity.MEDIUM, session=None, own=None)
    return None


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-048",
        title=Text("Run a tool that scans or attacks the network", "运行网络扫描或攻击工具"),
        message=Text("A network tool runs in {subject}: {line}", "{subject} 中运行了网络工具：{line}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Kill it and look for how it came. Separate the container's network from others by policy: a scan from here should "
            "reach nothing.",
            "终止该进程并查明其来源。用网络策略把容器与其他网络隔开：从这里发起的扫描应一无所获。",
        ),
        techniques=("T1046", "T1018", "T1016"),
        behaviours=(48,),
        fires=(
            Example(scene(runs(2, 900, "/usr/bin/nmap", "nmap", "-sT", "10.0.0.0/24", flags=_SESSION)), "nmap in a session"),
            Example(
                scene(runs(2, 1, "/usr/bin/updater", "updater", "-p1-65535", "10.0.0.0/16", "--rate=9")), "a renamed masscan"
            ),
            Example(
                scene(runs(2, 900, "/bin/busybox", "nc", "-z", "-v", "db", "1-1024", flags=_SESSION)), "busybox nc over a range"
            ),
            Example(
                scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/bin/nmap", "h")), "behind the dynamic loader"
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh"),
                    runs(3, 2, "/usr/bin/dig", "dig", "any", "svc.cluster.local"),
                ),
                "names are asked below a server's shell",
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/python3", "python3", "/srv/port_scan.py", "h", flags=_SESSION)), "a script says so"
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/nc.openbsd", "nc", "-z", "db", "5432")), "a start script waits for the database"
            ),
            Example(scene(runs(2, 1, "/usr/bin/dig", "dig", "+short", "h.example")), "a name is looked up"),
            Example(scene(runs(2, 900, "/usr/bin/grep", "grep", "nmap", "/etc/services", flags=_SESSION)), "somebody greps"),
            Example(scene(runs(2, 1, "/usr/bin/pg_isready", "pg_isready", "-h", "10.0.0.1", "-p", "5432")), "a health check"),
            Example(scene(runs(2, 1, "/usr/bin/tar", "tar", "-xf", "nmap.tar")), "an archive of that name"),
        ),
    ),
    interests=(
        tool_interest(_SCANNERS | _NOTABLE | _NETCATS),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                r"\x00-s[STUVXNFACMWYn][VCSTU]*\x00",
                r"\x00-p(\x00)?[0-9]+(-|,)[0-9]+",
                r"\x00-p-(\x00|$)",
                r"\x00--(min-|max-|)rate",
                r"(?i)scan[^\x00]*\.(py|pl|rb|sh|php)",
            ),
        ),
    ),
    judge=_judge,
    existing=True,
)
