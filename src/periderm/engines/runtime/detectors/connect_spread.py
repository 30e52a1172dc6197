"""RUN-103: one session tries many ports or many hosts within a minute: a scan, by whatever program.

It counts calls to ports that scans look for, calls that fail, and many ports of one host below those that the system gives
out (whether they answer is not known of calls that do not wait), over all processes of a session (a loop starts a process
for each try). Pools to many replicas of one service call one port and succeed; crawlers call web ports; neither counts.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.needs import INTERNET
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.engines.runtime.situation import Situation, burst_scope, situation, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Services that scans look for: nmap's most frequent ones, databases and control ports of clusters. Web ports and DNS are
# left out: too many programs call many of those.
PORTS = frozenset(
    {
        7, 9, 13, 17, 19, 21, 22, 23, 25, 26, 37, 53, 69, 79, 81, 82, 83, 88, 106, 110, 111, 113, 119, 135, 139, 143,
        144, 161, 179, 199, 389, 427, 444, 445, 465, 512, 513, 514, 515, 543, 544, 548, 554, 587, 593, 623, 631, 636,
        646, 873, 902, 990, 993, 995, 1025, 1080, 1099, 1433, 1521, 1720, 1723, 1883, 2000, 2049, 2121, 2181, 2222,
        2375, 2376, 2379, 2380, 3000, 3128, 3260, 3268, 3306, 3389, 4000, 4194, 4369, 4443, 4444, 4848, 4899, 5000,
        5009, 5060, 5222, 5432, 5555, 5601, 5672, 5800, 5900, 5901, 5984, 5985, 6000, 6001, 6379, 6443, 6666, 6667,
        7000, 7001, 7070, 7077, 7474, 8000, 8001, 8008, 8009, 8081, 8086, 8088, 8161, 8200, 8291, 8443, 8500, 8888,
        8983, 9000, 9042, 9090, 9091, 9092, 9100, 9200, 9300, 9418, 9999, 10000, 10250, 10255, 10256, 11211, 15672,
        27017, 27018, 28017, 32768, 49152, 50000, 50070, 61616
    }
)  # fmt: skip
_SECONDS = 60.0
_STREAM = 1
_MANY_PORTS = 12  # on one host
_MANY_HOSTS = 16  # on one port
_MANY_FAILED = 10  # calls that fail, whatever the port
_MANY_ODD = 40  # other ports of one host, answered or not
_GIVEN_OUT = 32768  # from here on the system gives ports to whoever asks: servers in tests, passive FTP
_MONITORS = words(
    """
    zabbix_server zabbix_proxy nagios icinga2 blackbox_exporter prometheus telegraf smokeping haproxy envoy check_tcp
    fping consul snmpd snmp_exporter netdata vmagent
    """
)
_WEB = frozenset({80, 443})


def _judge(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one return for each way out
    event = context.event
    if event.kind is not EventKind.CONNECT or event.family not in (2, 10) or (event.arg0 & 0xF) not in (0, _STREAM):
        return None
    if context.process.runtime or context.command.name in _MONITORS:
        return None
    peer, port = event.text, event.port
    failed = context.failed
    if port in _WEB and not failed:
        return None
    per = burst_scope(context)
    if port not in PORTS and not failed:
        return _odd(context, peer, port, per)
    ports = context.distinct(f"ports:{peer}", str(port), _SECONDS, per=per)
    hosts = context.distinct(f"hosts:{port}", peer, _SECONDS, per=per)
    broken = context.distinct("failed", f"{peer}:{port}", _SECONDS, per=per) if failed else 0
    if ports >= _MANY_PORTS:
        return _verdict(
            context, peer, Text(f"{ports} ports of {peer}", f"{peer} 的 {ports} 个端口"), broken >= 3 or ports >= 20
        )
    if hosts >= _MANY_HOSTS and (failed or _by_hand(context.process)):
        return _verdict(
            context, f"port {port}", Text(f"port {port} of {hosts} hosts", f"{hosts} 台主机的 {port} 端口"), sure=broken >= 8
        )
    if broken >= _MANY_FAILED:
        return _verdict(
            context, peer, Text(f"{broken} peers that do not answer", f"{broken} 个无应答的对端"), sure=broken >= 25
        )
    return None


def _odd(context: Context, peer: str, port: int, per: str) -> Verdict | None:
    """Ports that nobody has a name for, by calls of which no failure is known: a scan that does not wait for answers."""
    if port >= _GIVEN_OUT or port in _WEB:
        return None
    ports = context.distinct(f"odd:{peer}", str(port), _SECONDS, per=per)
    if ports < _MANY_ODD:
        return None
    return _verdict(context, peer, Text(f"{ports} ports of {peer}", f"{peer} 的 {ports} 个端口"), sure=ports >= 2 * _MANY_ODD)


def _by_hand(process: Process) -> bool:
    """A tool, a shell or an interpreter, and not a service's own connection pool."""
    what = programs.command(process.exe, process.argv)
    return (
        what.name in programs.NET_TOOLS or programs.is_shell(what) or bool(programs.interpreter(what.name)) or process.drifted
    )


def _verdict(context: Context, peer: str, what: Text, sure: bool) -> Verdict | None:
    here = situation(context)
    if here is Situation.HOST:
        severity = Severity.MEDIUM if _by_hand(context.process) else Severity.LOW
    elif here is Situation.INTRUDER or sure or here is Situation.SESSION:
        severity = Severity.HIGH
    else:
        severity = Severity.MEDIUM
    return Verdict(object=peer, severity=severity, fill={"what": what}, evidence={"what": what.en})


_PORTS = (21, 22, 23, 25, 110, 111, 135, 139, 143, 445, 3306, 5432, 6379, 9200)
_REFUSED = EventFlag.FAILED


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-103",
        title=Text("Connect to many ports or hosts", "连接大量端口或主机"),
        message=Text(
            "{process} in {subject} tried {what} within a minute.", "{subject} 中的 {process} 在一分钟内尝试了{what}。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Somebody looks for what else can be reached. Find the process and what started it, and let the "
            "container reach only "
            "what it needs.",
            "有人正在探测可达的目标。查明该进程及其来源，并只允许容器访问所需的地址。",
        ),
        techniques=("T1046", "T1018"),
        behaviours=(48,),
        fires=(
            Example(
                scene(runs(2, 1, "/app/x", "x"), *(connects(2, "10.0.0.5", p) for p in range(20000, 20050))),
                "a row of ports by calls that do not wait for the answer",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), *(connects(2, "10.0.0.5", p) for p in _PORTS)),
                "an interpreter tries the ports of one host",
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION),
                    *(
                        e
                        for n, p in enumerate(_PORTS)
                        for e in (
                            runs(10 + n, 2, "/bin/busybox", "nc", "-z", "10.0.0.5", str(p), flags=EventFlag.EXEC_SESSION),
                            connects(10 + n, "10.0.0.5", p),
                        )
                    ),
                ),
                "split over processes: a loop around busybox nc",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), *(connects(2, f"10.0.0.{n}", 6379) for n in range(1, 30))
                ),
                "a foreign program sweeps a network for one service",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/bash", "bash", "-c", "…", on=HOST),
                    *(connects(20, "10.0.0.5", p, on=HOST) for p in _PORTS),
                ),
                "the shell itself, on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/usr/bin/java", "java"), *(connects(2, f"10.0.0.{n}", 6379) for n in range(1, 40))),
                "a pool to many replicas",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3", "python3", "crawl.py"),
                    *(connects(2, f"198.51.100.{n}", 443) for n in range(60)),
                ),
                "a crawler",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/bash", "bash", "wait.sh"), *(connects(2, "10.0.0.5", p) for p in (5432, 6379, 9200))
                ),
                "a start script waits for three services",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "pytest"), *(connects(2, "127.0.0.1", 40000 + n) for n in range(60))),
                "tests that call servers on ports the system gave them",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/prometheus", "prometheus"), *(connects(2, f"10.0.0.{n}", 9100) for n in range(1, 60))
                ),
                "a monitor asks its targets",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.CONNECT,), ports=PORTS | frozenset(range(1, _GIVEN_OUT)) - _WEB),
        Interest(kinds=(EventKind.CONNECT,), flags=_REFUSED, needs=(INTERNET,)),
    ),
    judge=_judge,
)
