"""RUN-043: what watches or protects the machine is stopped, killed, switched off or removed; also servers by intruders.

Firewalls are RUN-128, logs RUN-042. What the init system does while it stops a service is told at the command that asked.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_GUARDS = frozenset(
    """
    periderm periderm-agent falco falco-modern-bpf falcosidekick tracee tracee-ebpf tetragon kubearmor sysdig
    sysdigcloud-agent dragent auditd audisp audispd osqueryd wazuh wazuh-agent wazuh-agentd wazuh-execd wazuh-modulesd
    ossec ossec-agentd ossec-syscheckd clamd clamav-daemon clamav-freshclam freshclam clamonacc falcon-sensor falcond
    ds_agent wdavdaemon mdatp mde elastic-agent elastic-endpoint auditbeat filebeat packetbeat cbagentd cbdaemon
    sentinelone sentineld s1-agent s1-orchestrator AliYunDun AliYunDunMonitor aliyun-service AliSecGuard YDService
    YDLive YDEyes aegis cloudmonitor hostguard hss fail2ban fail2ban-server sshguard crowdsec apparmor snort suricata
    zeek ossec-hids samhain aide tripwire rkhunter chkrootkit esets sophos-spl savd sav-protect xagt taniumclient
    traps_pmd twistlock aquasec stackrox neuvector cilium-agent datadog-agent security-agent process-agent
    system-probe prisma lacework datacollector lynis rsyslogd rsyslog syslog-ng syslogd systemd-journald journald
    vector fluent-bit fluentd td-agent selinux sysmon
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_STOPPING = frozenset(
    {"stop", "disable", "mask", "kill", "remove", "off", "--now", "purge", "autoremove", "del", "erase", "delete", "force-stop"}
)
_KILLERS = frozenset({"pkill", "killall", "killall5", "skill", "fuser", "slay"})
_SERVICES = frozenset(
    """
    systemctl service rc-service rc-update update-rc.d chkconfig initctl stop sv s6-svc supervisorctl invoke-rc.d
    monit pidof
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_REMOVERS = frozenset({"apt", "apt-get", "dpkg", "yum", "dnf", "rpm", "zypper", "apk", "snap"})
_SIGNALS = frozenset({2, 3, 4, 6, 9, 11, 15, 19, 20})
_FILES = re.compile(
    r"/sys/fs/selinux/(?:enforce|disable|load)|/etc/selinux/config|/sys/kernel/security/apparmor/\.(?:remove|replace|load)"
    r"|/etc/audit/(?:audit(?:d\.conf|\.rules)|rules\.d/.*)|/etc/(?:falco|tracee|tetragon|periderm|osquery|wazuh|clamav)/.*"
    r"|/var/ossec/etc/.*"
    r"|/sys/kernel/(?:debug/)?tracing/(?:tracing_on|events/enable)|/proc/sys/kernel/(?:ftrace_enabled|yama/ptrace_scope"
    r"|randomize_va_space|kptr_restrict)"
    r"|/proc/sys/fs/protected_(?:symlinks|hardlinks|regular|fifos)"
)
_PARTS = re.compile(
    r"/(?:usr/)?(?:local/)?s?bin/(?:falco|tracee|tetragon|auditd|osqueryd|clamd|clamscan|periderm\w*)|/var/ossec/bin/.*"
    r"|/opt/(?:CrowdStrike|SentinelOne|sentinelone|ds_agent|microsoft/mdatp|osquery|wazuh|elastic|Elastic)/.*"
    r"|/sys/fs/bpf/.+|/usr/local/(?:aegis|qcloud/YunJing)/.*"
)
_PINS = "/sys/fs/bpf/"
_PINNING = "run-043-pins"
BPF_OBJ_PIN = 6  # of enum bpf_cmd
PIN_SECONDS = 86_400.0
_MODULES = re.compile(r"\b(?:falco|scap|sysdig_probe|falcon_lsm\w*|tracee|ds_filter|bmhook|gsch)\b")
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)
_INITS = frozenset(
    """
    systemd init s6-supervise runsv supervisord openrc-run.sh start-stop-daemon systemd-shutdown monit tini dumb-init
    catatonit podman-init docker-init logrotate timeout conmon
    """.split()  # noqa: SIM905 -- a list reads better as words
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.building or context.absent:
        return None
    kind = context.event.kind
    if kind is EventKind.BPF:
        if context.event.arg0 != BPF_OBJ_PIN or context.failed:
            return None
        context.distinct(_PINNING, "made", PIN_SECONDS)
        return None
    thing, step, technique = "", 0, "T1685"
    if kind is EventKind.SIGNAL:
        thing, technique = _signal(context)
    elif kind is EventKind.EXEC:
        thing, step, technique = _command(context)
    elif kind is EventKind.UNLINK:
        path = programs.normal(context.event.text or context.event.raw)
        thing = path if _PARTS.fullmatch(path) and not _its_own(context) else ""
        if thing.startswith(_PINS):
            # One alert for a folder of pins. Who makes pins takes them away again: a tool that ends, a test.
            thing = "/".join(thing.split("/")[:5])
            if context.distinct(_PINNING, "taken away", PIN_SECONDS) > 1:
                thing, step = (thing, 3) if actors.intruding(context) else ("", 0)
    else:
        path = paths.place(paths.changed(context), context).path if paths.changed(context) else ""
        thing, step = (
            (path if _FILES.fullmatch(path) and not _its_own(context) else ""),
            1 if "/proc/sys/" in path or "/etc/" in path else 0,
        )
        technique = "T1685.004" if "/audit/" in path else "T1685"
    severity = actors.grade(context, _GRADES)
    if not thing or severity is None:
        return None
    if not context.contained and actors.actor(context) is not Actor.INTRUDER:
        step += 1
    return Verdict(object=thing[:200], severity=lower(severity, step) if step else severity, techniques=(technique,))


def _signal(context: Context) -> tuple[str, str]:
    event = context.event
    name = programs.base(event.text)
    if event.arg0 not in _SIGNALS or context.failed or event.arg1 == event.pid:
        return "", ""
    if actors.intruding(context) and (name in programs.SERVERS or _guard(name)):
        return f"signal {event.arg0} to {name}", "T1685" if _guard(name) else "T1489"
    if not _guard(name) or _its_own(context) or (context.system_program and context.command.name in _INITS):
        return "", ""
    return f"signal {event.arg0} to {name}", "T1685"


def _guard(name: str) -> bool:
    # A task's name is cut to 15 characters by the kernel.
    return name in _GUARDS or (len(name) == 15 and any(guard.startswith(name) for guard in _GUARDS))


def _its_own(context: Context) -> bool:
    """The watcher itself, its workers, and its package."""
    if actors.intruding(context):
        return False
    own = (programs.command(p.exe, p.argv) for p in context.lineage[:4])
    return any(
        what.name in _GUARDS or programs.base(programs.script(what)) in _GUARDS or what.arguments[:2] == ("-m", "periderm")
        for what in own
    )


def _command(context: Context) -> tuple[str, int, str]:  # noqa: PLR0911 -- one tool a line
    what = context.command
    arguments = [a.removesuffix(".service") for a in what.arguments]
    line = " ".join((what.name, *what.arguments))
    aimed = next((a for a in arguments if programs.base(a) in _GUARDS), "")
    if what.name in _SERVICES and what.name != "pidof":
        if _STOPPING.intersection(arguments) or (what.name in ("stop", "s6-svc")):
            if aimed:
                return line, 0, "T1685.004" if "audit" in aimed else "T1685"
            if actors.intruding(context):
                served = next(
                    (a for a in arguments if a in programs.SERVERS or a in ("mysql", "postgresql", "docker", "ssh", "cron")), ""
                )
                return (line, 1, "T1489") if served else ("", 0, "")
        return "", 0, ""
    if what.name in _KILLERS:
        if any(a in ("-0", "-HUP", "-1", "-USR1", "-USR2", "-l", "-SIGHUP") for a in arguments):
            return "", 0, ""
        if aimed or any(
            guard in a
            for a in arguments
            for guard in (
                "falco",
                "auditd",
                "osquery",
                "periderm",
                "tracee",
                "tetragon",
                "wazuh",
                "ossec",
                "clamd",
                "aliyun",
                "AliYun",
                "YunJing",
                "aegis",
            )
        ):
            return line, 0, "T1685"
        if actors.intruding(context) and any(programs.base(a) in programs.SERVERS for a in arguments):
            return line, 1, "T1489"
        return "", 0, ""
    if (
        what.name in _REMOVERS
        and _STOPPING.intersection((*arguments, *("remove" for a in arguments if a in ("-e", "-P", "-r"))))
        and aimed
    ):
        return line, 0, "T1685"
    if programs.base(what.path) in _GUARDS and arguments[-1:] == ["stop"]:
        return line, 0, "T1685"
    return _switch(what, arguments, line)


def _switch(what: programs.Command, arguments: list[str], line: str) -> tuple[str, int, str]:  # noqa: PLR0911 -- one tool a line
    if what.name == "setenforce" and arguments[:1] and arguments[0].lower() in ("0", "permissive"):
        return line, 0, "T1685"
    if what.name in ("aa-disable", "aa-complain", "aa-teardown", "aa-remove-unknown") or (
        what.name == "apparmor_parser" and any(re.fullmatch(r"-(?>[^\WR]*R)\w*|--remove", a) for a in arguments)
    ):
        return line, 0, "T1685"
    if what.name == "auditctl" and (arguments[:2] == ["-e", "0"] or any(a in ("-D", "-d", "-W") for a in arguments)):
        return line, 0, "T1685.004"
    if what.name in ("rmmod", "modprobe") and _MODULES.search(line) and (what.name == "rmmod" or "-r" in arguments):
        return line, 0, "T1685"
    if what.name == "bpftool" and any(a in ("detach", "delete") for a in arguments):
        return line, 1, "T1685"
    if what.name == "sysctl" and re.search(
        r"(?:ftrace_enabled|ptrace_scope|randomize_va_space|kptr_restrict|protected_\w+)\s*=\s*0", line
    ):
        return line, 1, "T1685"
    if what.name == "mdatp" and "disabled" in arguments:
        return line, 0, "T1685"
    return "", 0, ""


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-043",
        title=Text("Stop or weaken what protects the machine", "停止或削弱安全防护"),
        message=Text(
            "{process} in {subject} acts against protection: {object}", "{subject} 中的 {process} 正在破坏安全防护：{object}"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Start it again and look at what happened meanwhile; take it that more is to come. Run agents outside the reach of "
            "workloads: no shared process namespace, no privileged containers.",
            "重新启动该防护并检查期间发生的事情；请假定攻击仍将继续。"
            "防护程序应运行在负载无法触及之处：不共享进程命名空间，不使用特权容器。",
        ),
        techniques=("T1685", "T1489"),
        behaviours=(43,),
        fires=(
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/usr/bin/pkill", "pkill", "-9", "falco")), "by name, below a server's shell"
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/systemctl", "systemctl", "stop", "auditd.service", flags=_EXEC)),
                "a service is stopped",
            ),
            Example(
                scene(runs(12, 10, "/home/a/x", "x", on=HOST), row(EventKind.SIGNAL, 12, "periderm", arg0=9, arg1=77, on=HOST)),
                "our agent is killed by system call",
            ),
            Example(scene(_NGINX, _SH, row(EventKind.SIGNAL, 2, "mysqld", arg0=15, arg1=77)), "an intruder stops a server"),
            Example(scene(runs(2, 900, "/usr/sbin/setenforce", "setenforce", "0", flags=_EXEC)), "SELinux"),
            Example(scene(_NGINX, _SH, opens(2, "/host/sys/fs/selinux/enforce", write=True)), "the same without its tool"),
            Example(scene(runs(12, 10, "/usr/sbin/auditctl", "auditctl", "-e", "0", on=HOST)), "the audit system"),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/rm", "rm", on=HOST),
                    row(EventKind.UNLINK, 12, "/sys/fs/bpf/periderm/events", on=HOST),
                ),
                "pinned programs are removed",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(12, 1, "/usr/sbin/logrotate", "logrotate", on=HOST),
                    row(EventKind.SIGNAL, 12, "rsyslogd", arg0=1, arg1=7, on=HOST),
                ),
                "the logger is told to open its files anew",
            ),
            Example(
                scene(
                    runs(12, 1, "/usr/lib/systemd/systemd", "systemd", on=HOST),
                    row(EventKind.SIGNAL, 12, "auditd", arg0=15, arg1=7, on=HOST),
                ),
                "the init system carries out a stop",
            ),
            Example(scene(runs(2, 1, "/usr/bin/pkill", "pkill", "-f", "worker.py")), "some other program"),
            Example(scene(runs(2, 1, "/usr/bin/systemctl", "systemctl", "status", "auditd")), "a look"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/rsyslog.prerm", "upgrade"),
                    runs(4, 3, "/usr/bin/systemctl", "systemctl", "stop", "rsyslog"),
                ),
                "a package is upgraded",
            ),
            Example(scene(_NGINX, row(EventKind.SIGNAL, 1, "nginx", arg0=15, arg1=1004)), "a server stops its worker"),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/python3.11", "python3", "-m", "pytest", on=HOST),
                    row(EventKind.BPF, 12, arg0=BPF_OBJ_PIN, on=HOST),
                    row(EventKind.UNLINK, 12, "/sys/fs/bpf/mine/ring", on=HOST),
                ),
                "a program takes its own pins away",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.SIGNAL,)),
        Interest(kinds=(EventKind.BPF,), arg0=BPF_OBJ_PIN),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                (
                    rf"^([^\n\x00]*/)?(busybox\x00)?({programs.names(_SERVICES | _KILLERS | _REMOVERS)})\x00.*(stop|disable"
                    rf"|mask|kill|remove|off|purge|del|erase|-)"
                ),
                rf"^([^\n\x00]*/)?(busybox\x00)?({programs.names(_KILLERS)})\x00",
                r"^([^\n\x00]*/)?(setenforce|aa-\w+|apparmor_parser|auditctl|rmmod|modprobe|bpftool|sysctl|mdatp)(\x00|$)",
                rf"/({programs.names(_GUARDS)})\x00([^\n]*\x00)?stop$",
            ),
        ),
        Interest(
            kinds=(*paths.CHANGES, EventKind.UNLINK),
            writes=True,
            text=(
                (
                    r"/sys/fs/(selinux/|bpf/)|/etc/(selinux|audit|falco|tracee|tetragon|periderm|osquery|wazuh|clamav)/"
                    r"|/var/ossec/"
                ),
                (
                    r"/security/apparmor/|/tracing/(tracing_on|events/enable)$|/proc/sys/(kernel/(ftrace|yama|randomize|kptr)"
                    r"|fs/protected)"
                ),
                (
                    r"bin/(falco|tracee|tetragon|auditd|osqueryd|clamd|clamscan|periderm\w*)$|/opt/(CrowdStrike|[sS]entinel"
                    r"|ds_agent|microsoft/mdatp|osquery|wazuh|[eE]lastic)|/usr/local/(aegis|qcloud)"
                ),
            ),
        ),
    ),
    judge=_judge,
)
