"""RUN-108: a tool or a trick that overloads the network, a server or the machine: floods, slow requests, fork bombs.

Load generators that teams use are noted softly. How many packets flow is not measured here.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import (
    Situation,
    called,
    code_readings,
    first,
    graded,
    may_be_told,
    script_of,
    situation,
    speaks,
    tool_interest,
    words,
)
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FLOODERS = words(
    """
    hping3 hping2 hping slowloris slowhttptest goldeneye hulk torshammer mhddos loic hoic xerxes t50 mausezahn pyloris
    rudy r-u-d-y udpflood synflood ddosify ufonet thc-ssl-dos mdk3 mdk4 dhcpig wreckuests davoset impulse bonesi
    memcrashed nping fudp trafgen
    """
)
_SCRIPT = re.compile(
    r"(?i)^(slowloris|goldeneye|hulk|torshammer|mhddos|udp_?flood|syn_?flood|http_?flood|ddos|rudy|xerxes|pyloris)[\w.-]*\.(py|pl|js|rb|sh|php)$"
)
_LOAD = words(
    """
    stress stress-ng ab wrk wrk2 siege vegeta hey bombardier k6 locust jmeter h2load iperf iperf3 sysbench fio memtester
    gatling httperf netperf pgbench redis-benchmark
    """
)
_HOGS = frozenset({"stress", "stress-ng"})
_FLOODS = re.compile(r"\x00--(flood|faster|rand-source|udp-flood|syn-flood)(\x00|$)|\x00-i\x00u\d{1,2}\x00")
# A function that calls itself twice in a pipe, in the background; and the same in other languages.
_BOMB = re.compile(
    r"\bfork\s+while\s+(fork|1|true)|while\s*(\(\s*(1|True|true)\s*\)|1|True)(\s*[:{])?"
    r"(?>(\s|\\n)*)(os\.)?fork\b|loop\s*(do|\{)\s*fork|while\s+true\s*(;\s*)?do\s+(\$0|\"\$0\"|\w*sh\s+\$0)\s*&|for\s*\(;;\)\s*(\{\s*)?fork\(|"
    r"\$0\s*(&|\|)\s*\$0\s*&?"
)
_TWICE = re.compile(r"\(\)\s*\{\s*([\w:.@]+)\s*\|\s*\1\s*&\s*\}\s*(?:;\s*)?\1")  # the name stands before it
_FORKS, _SECONDS = 900, 3.0
_MAKERS = words(
    """
    make ninja cargo go node java postgres nginx apache2 php-fpm systemd init sshd cron tini dpkg apt configure pytest
    """
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime:
        return None
    if context.event.kind is EventKind.FORK:
        return _forks(context)
    if context.event.kind is not EventKind.EXEC or speaks(context):
        return None
    return _tool(context) or _bomb(context)


def _tool(context: Context) -> Verdict | None:
    names, line = called(context), "\0" + context.process.args
    script = programs.base(script_of(context.process))
    here = situation(context)
    tool = next((n for n in names if n in _FLOODERS), "") or (script if _SCRIPT.match(script) else "")
    shell = programs.is_shell(context.command) or bool(programs.interpreter(context.command.name))
    if not tool and not shell and _FLOODS.search(line):
        tool = names[0]
    if tool:
        severity = Severity.MEDIUM if here is Situation.HOST else Severity.LOW if here is Situation.BUILD else Severity.HIGH
        return Verdict(object=tool, severity=severity, fill={"what": f"{tool}"}, techniques=("T1498", "T1499"))
    load = next((n for n in names if n in _LOAD), "")
    if load and context.command.arguments[:1] not in (("--version",), ("-V",), ("-v",)):
        meant = first(context) and load not in _HOGS
        own = None if meant else Severity.LOW
        severity_ = graded(
            context, intruder=Severity.HIGH, session=Severity.MEDIUM if load in _HOGS else Severity.LOW, own=own, start=own
        )
        if severity_ is not None:
            return Verdict(object=load, severity=severity_, fill={"what": load}, techniques=("T1499",))
    return None


def _bomb(context: Context) -> Verdict | None:
    what = context.command
    if not (programs.is_shell(what) or programs.interpreter(what.name) or context.process.copied_shell) or programs.script(
        what
    ):
        return None
    if not any(_doubles(text) for text in code_readings(context)):
        return None
    return Verdict(
        object="fork bomb", severity=Severity.HIGH, fill={"what": Text("a fork bomb", "fork 炸弹")}, techniques=("T1499",)
    )


def _forks(context: Context) -> Verdict | None:
    """A shell or a stranger that only multiplies. Builds and servers make many processes too, but not so many at once."""
    name = context.command.name
    if name in _MAKERS:
        return None
    count = context.distinct(f"fork:{name}", str(context.process.key), _SECONDS, per="subject")
    if count < _FORKS or situation(context) is Situation.BUILD:
        return None
    severity = Severity.HIGH if context.contained else Severity.MEDIUM
    what = Text(f"{count} processes within {_SECONDS:.0f} s", f"{_SECONDS:.0f} 秒内 {count} 个进程")
    return Verdict(object=f"{name} forks", severity=severity, fill={"what": what}, techniques=("T1499",))


_S = EventFlag.EXEC_SESSION


def _doubles(text: str) -> bool:
    twice = any(text[: found.start()].rstrip().endswith(found[1]) for found in _TWICE.finditer(text))
    return twice or _BOMB.search(text) is not None


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-108",
        title=Text("Run a program that overloads others", "运行使他人过载的程序"),
        message=Text(
            "{process} in {subject} overloads a machine or a network: {what}",
            "{subject} 中的 {process} 正在使机器或网络过载：{what}",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Kill the container. Limit its processes (`pids-limit`), CPU and memory, take CAP_NET_RAW from it, "
            "and let it reach only "
            "what it needs.",
            "终止该容器。限制其进程数（`pids-limit`）、CPU 和内存，去除 CAP_NET_RAW，并只允许其访问所需的地址。",
        ),
        techniques=("T1498", "T1499"),
        fires=(
            Example(scene(runs(2, 900, "/usr/sbin/hping3", "hping3", "--flood", "-S", "h", flags=_S)), "hping3"),
            Example(scene(runs(2, 1, "/opt/h", "h", "-S", "--flood", "--rand-source", "10.0.0.4")), "renamed"),
            Example(
                scene(runs(2, 1, "/usr/bin/perl", "perl", "/srv/slowloris.pl", "-dns", "h")), "slowloris in another language"
            ),
            Example(scene(runs(2, 1, "/bin/busybox", "sh", "-c", ":(){ :|:& };:")), "a fork bomb in busybox"),
            Example(scene(runs(2, 1, "/usr/bin/perl", "perl", "-e", "fork while fork")), "a fork bomb in Perl"),
            Example(
                scene(
                    runs(2, 1, "/opt/b", "b"),
                    *(row(EventKind.FORK, 10 + n, parent=2, exe="/opt/b", at=601.0 + n / 1000) for n in range(950)),
                ),
                "one that only multiplies",
            ),
            Example(scene(runs(20, 1, "/usr/bin/python3", "python3", "hulk.py", "h", on=HOST)), "on the plain host"),
        ),
        quiet=(
            Example(scene(runs(1, 0, "/usr/bin/wrk", "wrk", "-t2", "http://shop/", at=0.0)), "a container that is a load test"),
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "f() { g | h & }; f")), "a function with a pipe"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/make", "make"),
                    *(row(EventKind.FORK, 10 + n, parent=2, exe="/usr/bin/make", at=601.0 + n / 1000) for n in range(950)),
                ),
                "a build makes many processes",
            ),
            Example(scene(runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "stress")), "the name of a package"),
        ),
    ),
    interests=(
        tool_interest(
            _FLOODERS | _LOAD,
            args=(
                r"--(flood|rand-source|udp-flood|syn-flood)",
                r"(?i)(slowloris|goldeneye|hulk|torshammer|mhddos|flood|ddos|rudy|xerxes|pyloris)[^\x00]*\.(py|pl|js|rb|sh|php)",
            ),
        ),
        shell_interest(actor=may_be_told),
        Interest(kinds=(EventKind.EXEC,), args=(r"fork",)),
        Interest(
            kinds=(EventKind.FORK,),
            exe=(
                rf"(^|/)({programs.names(programs.SHELLS | programs.MULTICALL)})$",
                r"(^|/)(python|perl|ruby|php|lua)[0-9.]*$",
                r"^/(tmp|var/tmp|dev/shm|opt|srv|root|home|memfd:)",
            ),
        ),
    ),
    judge=_judge,
)
