"""RUN-018: a container talks to what runs the node and the cluster: the kubelet, the container engine's port, etcd.

Monitoring reads the kubelet's figures all day: a program that the image brought is only noted there. The API server is
RUN-016, the engine's Unix socket RUN-019.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SERVICES: dict[int, str] = {
    10250: "kubelet",
    10255: "kubelet, read-only",
    10248: "kubelet's health",
    10249: "kube-proxy",
    10256: "kube-proxy's health",
    10257: "controller manager",
    10259: "scheduler",
    4194: "cAdvisor",
    2375: "container engine",
    2376: "container engine, TLS",
    2379: "etcd",
    2380: "etcd's peers",
    6666: "etcd",
    4243: "container engine",
}
_DATA = frozenset({2379, 2380})
_MONITORS = frozenset(
    """
    metrics-server prometheus prometheus-agent node_exporter telegraf vmagent datadog-agent agent otelcol
    otelcol-contrib fluent-bit filebeat metricbeat grafana-agent alloy heapster kube-state-metrics cadvisor
    newrelic-infra kubelet-stats opentelemetry-collector kube-apiserver konnectivity-server proxy-agent
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_CLIENTS = frozenset({"etcdctl", "etcdutl", "kubeletctl", "docker", "crictl", "ctr", "nerdctl", "kube-hunter"})
_WORDS = re.compile(
    r":(?:1025[05]|2375|2376|2379|4194)\b|/(?:containers|images|exec)/(?:json|create|[0-9a-f]{12,64}/(?:json|stats|exec))|"
    r"/v1\.\d\d/(?:containers|images|exec|info)|/runningpods/?|/run/[^/ ]+/[^/ ]+/[^/ ]+ .*cmd=|docker(?:\s+\S+)? stats\b|"
    r"/v[23]/keys|/v3/kv/range|/stats/summary",
)
_HANDS = programs.NET_TOOLS | _CLIENTS | {"nmap", "masscan"}


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if process.runtime or context.building or actors.packaged(context):
        return None
    if event.kind is EventKind.EXEC:
        return _command(context)
    service = _SERVICES.get(event.port, "")
    if not service or not context.contained or event.family == 1:
        return None
    if event.text.startswith("127.") or event.text in ("::1", "localhost"):
        return None if event.port in _DATA and not actors.intruding(context) else _verdict(service, context, local=True)
    return _verdict(f"{service} at {event.text}:{event.port}", context)


def _command(context: Context) -> Verdict | None:
    what = context.command
    if what.name in ("kubeletctl", "kube-hunter"):
        return _verdict(what.name, context)
    if what.name in ("docker", "podman", "nerdctl") and context.contained and "stats" in what.arguments[:4]:
        return _verdict(f"{what.name} stats", context)
    if what.name not in programs.NET_TOOLS and not programs.is_shell(what):
        return None
    found = next((f[0] for reading in context.readings if (f := _WORDS.search(reading))), "")
    if not found or (
        programs.is_shell(what) and not re.search(r"curl|wget|/dev/tcp|\bnc\b|docker", " ".join(context.readings))
    ):
        return None
    return _verdict(found, context)


def _verdict(thing: str, context: Context, *, local: bool = False) -> Verdict | None:
    who, what = actors.actor(context), context.command
    inline = bool(programs.interpreter(what.name)) and any(a in ("-c", "-e", "-r") for a in what.arguments[:3])
    hand = what.name in _HANDS or programs.is_shell(what) or inline
    severity = Severity.HIGH
    if who is not Actor.INTRUDER:
        if not hand:
            if what.name in _MONITORS or context.event.port in _DATA or local:
                return None
            severity = Severity.LOW
        elif what.name in _CLIENTS or who is Actor.START or context.event.port in (2375, 2376):
            severity = Severity.LOW if who is Actor.START else Severity.MEDIUM  # CI jobs drive an engine by its port
            if what.name in programs.NET_TOOLS and who is not Actor.START:
                severity = Severity.HIGH
    if not context.contained:
        severity = lower(severity, 2)
    return Verdict(object=thing, severity=lower(severity) if context.failed else severity)


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-018",
        title=Text("Connect to the node's own interfaces", "连接节点自身的接口"),
        message=Text("{process} in {subject} talks to {object}.", "{subject} 中的 {process} 正在访问 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Close these ports to workloads with a network policy. Let the kubelet demand authentication "
            "(anonymous-auth=false, "
            "read-only-port=0), and never open the container engine on TCP without client certificates.",
            "用网络策略对负载关闭这些端口。要求 kubelet 认证（anonymous-auth=false、read-only-port=0），"
            "并且不要在没有客户端证书的情况下以 TCP 开放容器引擎。",
        ),
        techniques=("T1613", "T1552.007"),
        behaviours=(18,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl", "-sk"), connects(2, "10.0.0.7", 10250)), "curl to the kubelet"),
            Example(
                scene(_NGINX, runs(2, 1, "/usr/bin/bash", "bash"), connects(2, "172.17.0.1", 2375)),
                "a shell and the engine's port",
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), connects(2, "10.0.0.7", 2379)),
                "a foreign program and etcd",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), connects(2, "10.0.0.7", 10255)),
                "one line of Python",
            ),
            Example(scene(runs(2, 1, "/bin/busybox", "wget", "-qO-", "http://10.0.0.7:10255/pods")), "an applet's words"),
            Example(scene(runs(2, 1, "/usr/bin/docker", "docker", "stats", "--no-stream")), "docker stats in a container"),
            Example(
                scene(runs(2, 1, "/app/x", "x"), connects(2, "10.0.0.7", 10250)), "a program nobody knows for it, said softly"
            ),
        ),
        quiet=(
            Example(
                scene(runs(1, 0, "/metrics-server", "metrics-server", at=0.0), connects(1, "10.0.0.7", 10250)),
                "figures are read",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/patroni", "patroni"), connects(2, "10.0.0.9", 2379)), "a program keeps state in etcd"
            ),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/kube-apiserver", "kube-apiserver", on=HOST), connects(12, "127.0.0.1", 2379, on=HOST)
                ),
                "the API server and its etcd on a host",
            ),
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl", "http://10.0.0.7:8080/stats")), "another port"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.CONNECT,), ports=frozenset(p for p, name in _SERVICES.items() if name), where=Where.CONTAINER
        ),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(
                (
                    r":(1025[05]|2375|2376|2379|4194)(\D|$)|/(containers|images|exec)/|/v1\.[0-9][0-9]/|/runningpods|/v[23]/k"
                    r"|/stats/summary"
                ),
                r"^([^\n\x00]*/)?(docker|podman|nerdctl)\x00([^\n]*\x00)?stats(\x00|$)|docker stats",
                r"^([^\n\x00]*/)?(kubeletctl|kube-hunter)(\x00|$)",
            ),
        ),
    ),
    judge=_judge,
)
