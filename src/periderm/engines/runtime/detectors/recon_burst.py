"""RUN-049: somebody looks around: many questions about user, system, network and container within a minute.

Single commands mean nothing; it counts different ones over a whole session. People on a plain host and start scripts ask
such things all day; there only what an intruder asks counts. Known tools that ask everything at once are told by name.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import Situation, burst_scope, called, script_of, situation, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_QUESTIONS = words(
    """
    whoami id uname hostname env printenv capsh getpcaps getcap mount findmnt df lsblk lscpu lsmod lspci lsusb dmesg ps
    pstree top w who last lastlog users groups logname uptime free ip ifconfig route arp netstat ss nmcli getent nproc
    arch hostid domainname hostnamectl systemctl service crontab amicontained ldd sestatus getenforce aa-status ulimit
    locale lsof pgrep dpkg-query
    """
)
_ARGUED = frozenset({"dpkg-query", "crontab", "systemctl", "service", "getent", "ldd"})  # only with a question, below
_READERS = words(
    """
    cat head tail less more grep ls find strings awk sed tac nl dd stat readlink test wc xxd od
    """
)
_FILES = re.compile(
    r"/etc/(passwd|group|os-release|issue|hosts|resolv\.conf|crontab|fstab|\w*-release|sudoers|hostname|debian_version|mtab|exports)|"
    r"/proc/(version|cpuinfo|meminfo|mounts|modules|cmdline|net|1|self|kallsyms|filesystems|partitions|sys/kernel)|/\.dockerenv|"
    r"/run/\.containerenv|/var/run/docker\.sock|/sys/(class|kernel|fs/cgroup|devices/virtual/dmi)|^/root/?$|^/home/?$|^/$|^/dev/?$"
)
_SUID = re.compile(r"-perm[\x00 ][-/]?[u+]?[=]?(s|[246]000)|-writable|-user\x00root")
_TOOLS = re.compile(
    r"(?i)^(linpeas|linenum|lse|linuxprivchecker|linux-exploit-suggester\S*|les|pspy(32|64)?s?|unix-privesc-check|deepce|amicontained|"
    r"peass|winpeas|suid3num|lazagne|mimipenguin|traitor|beroot|jalesc|sudo_killer|kubeaudit|botb|cdk|kdigger)(\.sh|\.py|\.pl|[-_.]\S*)?$"
)
_PLAIN = words("ps df free uptime top getent lsof netstat ss ip who w pgrep nproc env hostname service systemctl")
_SHARP = 2
_SECONDS = 60.0
_MANY = {
    Situation.INTRUDER: 3,
    Situation.SESSION: 5,
    Situation.OWN: 7,
    Situation.START: 9,
    Situation.HOST: 0,
    Situation.BUILD: 0,
}
_AGENTS = words(
    """
    telegraf zabbix_agentd zabbix_agent2 node_exporter netdata collectd datadog-agent puppet chef-client salt-minion snmpd
    monit nrpe osqueryd ansible checkmk
    """
)


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    here = situation(context)
    tool = next((n for n in (*called(context), programs.base(script_of(context.process))) if n and _TOOLS.match(n)), "")
    if tool and here is not Situation.HOST:
        return Verdict(object=tool, severity=Severity.HIGH, fill={"what": tool}, evidence={"tool": tool})
    if tool:
        return Verdict(object=tool, severity=Severity.MEDIUM, fill={"what": tool}, evidence={"tool": tool})
    many = _MANY[here]
    question = _question(context.command) if many else ""
    if not question or any(programs.base(p.exe) in _AGENTS for p in context.ancestors):
        return None
    # An intruder's commands, and those of `kubectl exec`, are often a session of their own each.
    scope = "subject" if here in (Situation.INTRUDER, Situation.SESSION) else burst_scope(context)
    asked = context.distinct(f"recon:{here.value}", question, _SECONDS, per=scope)
    # `ps` and `df` are how people look after a service; only with sharper questions are they a search.
    context.distinct(f"sharp:{here.value}", "", _SECONDS, per=scope)
    sharp = context.distinct(f"sharp:{here.value}", "" if question in _PLAIN else question, _SECONDS, per=scope) - 1
    if asked % many or sharp < _SHARP:
        return None  # said at each multiple, not at each further question
    severity = {Situation.INTRUDER: Severity.HIGH, Situation.SESSION: Severity.MEDIUM}.get(here, Severity.LOW)
    what = Text(f"{asked} different questions", f"{asked} 种不同的查询")
    root = context.session_root
    return Verdict(
        object=root.exe or "session",
        severity=severity,
        fill={"what": what},
        evidence={"last": context.line[:200], "asked": str(asked)},
    )


def _question(what: programs.Command) -> str:  # noqa: PLR0911 -- one return for each way out
    """What is asked, in a word; '' if it is not such a question."""
    name, arguments = what.name, what.arguments
    if name == "sudo":
        return "sudo -l" if "-l" in arguments else ""
    if name in _QUESTIONS:
        if name == "env" and any("=" in a or not a.startswith("-") for a in arguments):
            return ""  # it starts a program
        if name in ("mount", "hostname", "ip") and len([a for a in arguments if not a.startswith("-")]) > 2:
            return ""  # it changes something
        if name in _ARGUED:
            return (
                name
                if any(a in ("-l", "passwd", "group", "hosts", "list-units", "--status-all", "-W") for a in arguments)
                else ""
            )
        return name
    if name in _READERS:
        line = "\0".join(arguments)
        if name == "find":
            return "find suid" if _SUID.search(line) else ""
        return next((f"file {a}" for a in arguments if _FILES.search(a) and not a.startswith("-")), "")
    return ""


_S = EventFlag.EXEC_SESSION
_WORDS = ("whoami", "uname", "hostname", "ps", "mount", "df")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-049",
        title=Text("Find out about the machine in a burst", "短时间内大量探查系统信息"),
        message=Text(
            "Somebody looks around in {subject}: {what} within a minute, {process} last.",
            "有人正在 {subject} 中探查：一分钟内 {what}，最近一次为 {process}。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Look at what opened the session. If it is nobody of yours, pause the container: what follows looking around is "
            "usually an escape or a move to the next machine.",
            "查明会话由何而来。若非自己人，请暂停该容器：探查之后往往是逃逸或横向移动。",
        ),
        techniques=("T1082", "T1033", "T1016", "T1057", "T1613"),
        behaviours=(49,),
        fires=(
            Example(
                scene(
                    runs(2, 900, "/usr/bin/bash", "bash", flags=_S),
                    *(runs(10 + n, 2, f"/usr/bin/{w}", w, flags=_S) for n, w in enumerate(_WORDS)),
                ),
                "in an exec session",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/apache2", "apache2", at=0.0),
                    *(runs(10 + n, 1, "/bin/busybox", "sh", "-c", w) for n, w in enumerate(_WORDS[:3])),
                    *(runs(20 + n, 10 + n, "/bin/busybox", w) for n, w in enumerate(_WORDS[:3])),
                    runs(30, 10, "/bin/busybox", "cat", "/etc/passwd"),
                    runs(31, 10, "/bin/busybox", "ls", "-la", "/"),
                    runs(32, 10, "/bin/busybox", "find", "/", "-perm", "-4000"),
                ),
                "busybox applets below a web server",
            ),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", "/srv/linpeas.sh")), "a tool that asks everything"),
        ),
        quiet=(
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dash", "sh", "/docker-entrypoint.sh", at=0.0),
                    *(runs(10 + n, 1, f"/usr/bin/{w}", w, at=1.0) for n, w in enumerate((*_WORDS, "id"))),
                ),
                "a start script",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/bash", "bash", on=HOST),
                    *(runs(30 + n, 20, f"/usr/bin/{w}", w, on=HOST) for n, w in enumerate(_WORDS)),
                ),
                "an administrator on a host",
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/bash", "bash", flags=_S),
                    *(runs(10 + n, 2, "/usr/bin/ps", "ps", "aux", flags=_S) for n in range(20)),
                ),
                "one question again and again",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/zabbix_agentd", "zabbix_agentd"),
                    *(runs(10 + n, 2, f"/usr/bin/{w}", w) for n, w in enumerate((*_WORDS, "free", "uptime", "ss"))),
                ),
                "a monitoring agent",
            ),
        ),
    ),
    interests=(
        tool_interest(_QUESTIONS | {"sudo"}),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                r"/(etc|proc|sys)/|\.dockerenv|containerenv|-perm\x00|\x00/(root|home|dev)?/?(\x00|$)",
                r"(?i)(linpeas|linenum|lse|privchecker|exploit-suggester|pspy|privesc|deepce|amicontained)",
            ),
        ),
    ),
    judge=_judge,
)
