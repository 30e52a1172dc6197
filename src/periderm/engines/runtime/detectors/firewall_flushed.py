"""RUN-128: the firewall's rules are thrown away or the firewall is switched off.

Container engines, network plug-ins and fail2ban keep chains of their own: what they change is not meant.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_TABLES = re.compile(r"(?:ip6?|eb|arp)tables(?:-legacy|-nft)?|xtables-\w+-multi")
_BUILT_IN = frozenset({"INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING"})
_SERVICES = frozenset(
    {"firewalld", "ufw", "nftables", "iptables", "ip6tables", "netfilter-persistent", "shorewall", "csf", "lfd", "apf"}
)
_OWNERS = frozenset(
    """
    dockerd containerd podman netavark kubelet kube-proxy cilium-agent calico-node flanneld bridge portmap firewall
    host-local aws-k8s-agent fail2ban-server firewalld ufw istio-iptables pilot-agent istio-cni libvirtd lxd incusd
    tailscaled wg-quick netfilter-persistent ufw-init csf lfd shorewall weave weaver kube-router antrea-agent
    ovn-kube-util k3s k3s-agent k3s-server rke2 crowdsec-firewall-bouncer
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime:
        return None
    what = _meant(context.command)
    step = _step(what)
    severity = actors.grade(context, _GRADES)
    if step is None or severity is None:
        return None
    intruder = actors.actor(context) is Actor.INTRUDER
    if not intruder:
        above = (p for p in context.ancestors[:5] if not p.drifted)
        if any(
            programs.base(p.exe) in _OWNERS or programs.base(programs.script(programs.command(p.exe, p.argv))) in _OWNERS
            for p in above
        ):
            return None
        step += 0 if context.contained else 1
    line = " ".join((what.name, *what.arguments))
    return Verdict(object=line[:200], severity=lower(severity, step) if step else severity)


def _meant(what: programs.Command) -> programs.Command:
    """The tool behind `xtables-nft-multi` (known by the name it was called by) and behind `python3 /usr/sbin/ufw`."""
    called = programs.base(what.called)
    if what.name.startswith("xtables-"):
        if _TABLES.fullmatch(called) and called != what.name:
            return what._replace(name=called)
        return what._replace(name=what.arguments[0], arguments=what.arguments[1:]) if what.arguments else what
    if programs.interpreter(what.name) and (script := programs.script(what)):
        return what._replace(name=programs.base(script), arguments=what.arguments[what.arguments.index(script) + 1 :])
    return what


def _step(what: programs.Command) -> int | None:  # noqa: PLR0911 -- one tool a line
    """None if the command leaves the firewall as it is, else how many steps milder than the worst it is."""
    arguments = what.arguments
    words = set(arguments)
    if _TABLES.fullmatch(what.name):
        flush = next((i for i, a in enumerate(arguments) if a in ("-F", "--flush", "-X", "--delete-chain")), -1)
        if flush >= 0:
            chain = arguments[flush + 1] if flush + 1 < len(arguments) else ""
            return 0 if not chain or chain.startswith("-") or chain in _BUILT_IN else None
        policy = next((i for i, a in enumerate(arguments) if a in ("-P", "--policy")), -1)
        if policy >= 0 and "ACCEPT" in arguments[policy + 1 : policy + 3]:
            return 1
        return None
    if what.name == "nft":
        line = " ".join(arguments)
        return 0 if re.search(r"\bflush (?:ruleset|table|chain)|\bdelete table\b", line) and "-f" not in words else None
    if what.name == "ufw":
        return 0 if words & {"disable", "reset"} else None
    if what.name == "firewall-cmd":
        return (
            1
            if words & {"--panic-off", "--set-default-zone=trusted"} or any(a.startswith("--remove-") for a in arguments)
            else None
        )
    if what.name in ("systemctl", "service", "rc-service", "chkconfig", "update-rc.d", "invoke-rc.d"):
        named = {a.removesuffix(".service") for a in arguments} & _SERVICES
        return 0 if named and words & {"stop", "disable", "mask", "off", "remove", "kill"} else None
    if what.name == "netfilter-persistent":
        return 0 if "flush" in words or "stop" in words else None
    if what.name in ("csf", "shorewall"):
        return 0 if words & {"-x", "--disable", "clear", "stop", "-f"} else None
    return None


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-128",
        title=Text("Clear the firewall's rules or stop the firewall", "清除防火墙规则或停止防火墙"),
        message=Text("In {subject} the firewall was opened: {object}", "{subject} 中的防火墙被打开：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Load the rules again from where they are kept, and look at the connections since. Containers need no "
            "NET_ADMIN: take "
            "it away.",
            "从保存处重新加载规则，并检查此后的连接。容器不需要 NET_ADMIN：请将其去掉。",
        ),
        techniques=("T1686",),
        behaviours=(43,),
        references=("man:iptables(8)", "man:nft(8)"),
        fires=(
            Example(
                scene(_NGINX, _SH, runs(3, 2, "/usr/sbin/xtables-nft-multi", "iptables", "-F")),
                "all rules, called by a link's name",
            ),
            Example(scene(runs(2, 900, "/usr/sbin/nft", "nft", "flush", "ruleset", flags=_EXEC)), "nftables"),
            Example(
                scene(runs(2, 900, "/usr/sbin/iptables", "iptables", "-P", "INPUT", "ACCEPT", flags=_EXEC)),
                "everything is let in",
            ),
            Example(
                scene(runs(12, 10, "/usr/bin/python3.11", "python3", "/usr/sbin/ufw", "disable", on=HOST)), "ufw on a host"
            ),
            Example(
                scene(runs(12, 10, "/usr/bin/systemctl", "systemctl", "disable", "--now", "firewalld", on=HOST)), "the service"
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(12, 1, "/usr/bin/dockerd", "dockerd", on=HOST),
                    runs(13, 12, "/usr/sbin/iptables", "iptables", "-t", "nat", "-F", on=HOST),
                ),
                "a container engine",
            ),
            Example(scene(runs(2, 1, "/usr/sbin/iptables", "iptables", "-F", "f2b-sshd")), "one chain of a tool"),
            Example(scene(runs(2, 1, "/usr/sbin/iptables", "iptables", "-L", "-n")), "a list"),
            Example(scene(runs(12, 1, "/usr/sbin/nft", "nft", "-f", "/etc/nftables.conf", on=HOST)), "rules are loaded"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"/xtables-\w+-multi$",),
            args=(
                r"^([^\n\x00]*/)?((ip6?|eb|arp)tables(-legacy|-nft)?|nft|firewall-cmd|netfilter-persistent|csf|shorewall)\x00",
                r"(^|/|\x00)ufw\x00([^\n]*\x00)?(disable|reset)",
                (
                    rf"^([^\n\x00]*/)?(systemctl|service|rc-service|chkconfig|update-rc\.d"
                    rf"|invoke-rc\.d)\x00.*({programs.names(_SERVICES)})"
                ),
            ),
        ),
    ),
    judge=_judge,
)
