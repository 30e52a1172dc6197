"""RUN-016: something in a container talks to the Kubernetes API server that is not an operator doing its work.

Judged by the address and port, by the name asked for, and by what tools are told. An application that calls the API is
quiet; a tool, a shell, an intruder's program is not.
"""

from __future__ import annotations

import ipaddress
import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import connects, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_API_PORTS = frozenset({6443, 16443, 8443})
# The first address of the service ranges that installers choose: kubeadm, k3s, microk8s, OpenShift, EKS, GKE, AKS, kubespray.
_FIRST = frozenset(
    """
    10.96.0.1 10.43.0.1 10.152.183.1 172.30.0.1 10.100.0.1 172.20.0.1 10.0.0.1 10.233.0.1 10.254.0.1 10.32.0.1
    34.118.224.1 10.3.0.1 10.247.0.1 192.168.0.1 10.245.0.1 10.128.0.1
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_TOOLS = frozenset(
    {"kubectl", "kubectl.kubernetes", "oc", "helm", "k9s", "kubeletctl", "kube-hunter", "peirates", "rakkess", "kubesploit"}
)
_WORDS = re.compile(
    r"kubernetes\.default(?:\.svc)?|KUBERNETES_(?:SERVICE_HOST|PORT)|serviceaccount/token|/apis?/v1/|/apis/[a-z0-9.]+/v\d|"
    r"https?://[^ /]+:6443",
    re.IGNORECASE,
)
_CALLERS = programs.NET_TOOLS | frozenset({"http", "https", "xh", "grpcurl", "nmap", "python", "lwp-request"})


_NAME = re.compile(r"^kubernetes(\.default(\.svc)?)?(\.|$)")


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if process.runtime or actors.packaged(context) or context.building:
        return None
    if event.kind is EventKind.EXEC:
        return _command(context)
    if event.kind is EventKind.CONNECT and not _api(event.text, event.port):
        return None
    if event.kind is EventKind.DNS and not _NAME.match(event.text):
        return None
    thing = f"{event.text}:{event.port}" if event.kind is EventKind.CONNECT else event.text
    return _verdict(thing, context)


def _api(text: str, port: int) -> bool:
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if port == 443:
        return address.compressed in _FIRST
    return port in _API_PORTS and (address.is_private or port != 8443) and not address.is_loopback


def _command(context: Context) -> Verdict | None:
    what = context.command
    if what.name in _TOOLS:
        if any(a in ("version", "completion", "template", "lint", "--help", "help", "--client") for a in what.arguments[:2]):
            return None
        return _verdict(what.name, context)
    if what.name in _CALLERS or programs.interpreter(what.name) or programs.is_shell(what):
        found = next((f[0] for reading in context.readings if (f := _WORDS.search(reading))), "")
        named = what.name in _CALLERS or re.search(r"https?://|curl|wget|/dev/tcp", " ".join(context.readings))
        if found and named:
            return _verdict(found, context)
    return None


def _verdict(thing: str, context: Context) -> Verdict | None:
    who, what = actors.actor(context), context.command
    inline = bool(programs.interpreter(what.name)) and any(a in ("-c", "-e", "-r") for a in what.arguments[:3])
    hand = what.name in _CALLERS or what.name in _TOOLS or programs.is_shell(what) or inline
    if who is not Actor.INTRUDER and not hand:
        return None  # an operator, a controller, an application
    own = what.name in ("kubectl", "oc", "helm")
    severity = Severity.HIGH
    if who is Actor.START:
        severity = Severity.LOW
    elif who is not Actor.INTRUDER and (own or who is Actor.CONFIGURATION):
        severity = Severity.MEDIUM if context.interactive else Severity.LOW  # jobs that the image was made for
    return Verdict(object=thing, severity=lower(severity) if context.failed else severity)


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_CURL = "curl -k https://$KUBERNETES_SERVICE_HOST/api/v1/secrets"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-016",
        title=Text("Connect to the Kubernetes API server from a container", "从容器连接 Kubernetes API 服务器"),
        message=Text(
            "{process} in {subject} talks to the API server ({object}).",
            "{subject} 中的 {process} 正在访问 API 服务器（{object}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look in the audit log for what this pod's account did. Close the way with a network policy if the workload "
            "does not "
            "need the API, and give its account no more rights than its work needs.",
            "在审计日志中查看该 Pod 的账户做了什么。若负载不需要 API，请用网络策略关闭通路，并只授予其账户工作所需的权限。",
        ),
        techniques=("T1613", "T1552.007"),
        behaviours=(16,),
        fires=(
            Example(
                scene(runs(2, 1, "/usr/bin/curl", "curl", "-k"), connects(2, "10.96.0.1", 443)), "curl to the service address"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), connects(2, "192.168.7.4", 6443)),
                "one line of Python",
            ),
            Example(
                scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash"), connects(2, "::ffff:10.43.0.1", 443)),
                "a shell without a tool",
            ),
            Example(
                scene(runs(2, 1, "/srv/k", "k", "get", "pods", flags=EventFlag.UPPER), connects(2, "10.96.0.1", 443)),
                "renamed kubectl",
            ),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", "-c", _CURL)), "the words of a command"),
            Example(
                scene(runs(2, 1, "/usr/bin/wget", "wget"), row(EventKind.DNS, 2, "kubernetes.default.svc.cluster.local")),
                "the name is asked for",
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/kubectl", "kubectl", "get", "secrets", flags=EventFlag.EXEC_SESSION)),
                "kubectl by hand",
            ),
        ),
        quiet=(
            Example(scene(runs(1, 0, "/manager", "manager", at=0.0), connects(1, "10.96.0.1", 443)), "an operator at work"),
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl", "https://x"), connects(2, "93.184.216.34", 443)), "any web site"),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "main.py"), connects(2, "10.96.0.1", 443)), "an application"
            ),
            Example(scene(runs(2, 1, "/usr/bin/kubectl", "kubectl", "version", "--client")), "kubectl says its version"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "/api/v1/", "access.log")), "a look into a log"),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.CONNECT,), ports=_API_PORTS, where=Where.CONTAINER),
        Interest(
            kinds=(EventKind.CONNECT,),
            text=(*tuple(re.escape(a) + "$" for a in sorted(_FIRST)), r"(?i)^::ffff:[0-9a-f]+:"),
            where=Where.CONTAINER,
        ),
        Interest(kinds=(EventKind.DNS,), text=(_NAME.pattern,), where=Where.CONTAINER),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                rf"^([^\n\x00]*/)?({programs.names(_TOOLS)})(\x00|$)",
                r"kubernetes\.default|KUBERNETES_(SERVICE|PORT)|serviceaccount/token|/apis?/v1/|/apis/[a-z0-9.]+/v[0-9]|:6443",
                r"a3ViZXJuZXRlcy5kZWZhdWx0|t1YmVybmV0ZXMuZGVmYXVsd|rdWJlcm5ldGVzLmRlZmF1bH|S1VCRVJORVRFU1|tVQkVSTkVURVNf|LVUJFUk5FVEVTX|L2FwaS92MS|9hcGkvdjEv|vYXBpL3YxL",
            ),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
