"""RUN-019: a program talks to the container runtime's socket: from a container, or on the host a program that has no
business there. Who can talk to it can start a container that owns the machine.

The path that was connected to counts, and where the host's socket was mounted under another name. A socket that was handed
over as a descriptor, and a runtime that listens on TCP, are not seen here.
"""

from __future__ import annotations

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.lent import runtime_socket
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind, Subject
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_AF_UNIX = 1
_CLIENTS = programs.CONTAINER_RUNTIMES | frozenset(
    {"docker", "docker-compose", "docker-buildx", "docker-init", "podman-remote", "kubectl", "kubeadm", "k3s", "k0s",
     "minikube", "kind", "cri-dockerd", "buildkitd", "buildctl", "systemd", "systemctl", "cadvisor", "lazydocker", "ctop",
     "dive", "trivy", "grype", "syft", "earthly", "act", "tilt", "skaffold", "act_runner", "gitlab-runner", "terraform",
     "packer", "vagrant"}
)  # fmt: skip
# What is given the socket to do its work with it: it is its container's own program and nothing else may act for it.
_AGENTS = frozenset(
    {"traefik", "portainer", "agent", "watchtower", "cadvisor", "telegraf", "datadog-agent", "trace-agent", "system-probe",
     "promtail", "vector", "fluent-bit", "otelcol", "otelcol-contrib", "grafana-agent", "alloy", "docker-gen", "ouroboros",
     "diun", "netdata", "gitlab-runner", "drone-runner-docker", "woodpecker-agent", "act_runner", "kubelet", "falco",
     "tetragon", "tracee", "sysdig", "node-problem-detector", "filebeat", "metricbeat", "dozzle", "autoheal", "ofelia",
     "docker-socket-proxy", "haproxy", "containerd-shim-runc-v2", "cilium-agent", "calico-node", "longhorn-manager"}
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.CONNECT or event.family != _AF_UNIX or context.process.runtime:
        return None
    subject = event.subject
    container = subject if isinstance(subject, Container) else None
    name = runtime_socket(event.text or event.raw, container)
    if not name or context.absent:
        return None  # many a library looks whether there is one
    severity = _inside(context) if container is not None else _outside(context)
    if severity is None:
        return None
    return Verdict(
        object=event.text or event.raw,
        severity=lower(severity) if context.failed else severity,
        fill={"socket": name},
    )


def _inside(context: Context) -> Severity | None:
    process, what = context.process, context.command
    if context.server_shell or stranger(process) or context.interactive:
        return Severity.CRITICAL
    if process.how == "entrypoint" and what.name in _AGENTS and not process.drifted:
        return None
    if any(p.runtime or programs.base(p.exe) in ("dockerd", "containerd", "podman", "buildkitd") for p in context.lineage):
        return Severity.LOW if not any(stranger(p) for p in context.lineage) else Severity.HIGH  # an engine of its own
    return Severity.HIGH


def _outside(context: Context) -> Severity | None:
    process, what = context.process, context.command
    if context.server_shell or stranger(process):
        return Severity.HIGH
    if context.system_program and what.name in _CLIENTS:
        return None
    if what.name in _CLIENTS and process.exe.startswith(("/opt/", "/usr/", "/snap/", "/var/lib/rancher/", "/home/", "/root/")):
        return None
    if programs.interpreter(what.name) or what.name in programs.RUNTIMES_OF_SERVERS:
        return Severity.LOW  # Ansible, compose, test suites
    return Severity.MEDIUM


def _talks(process: int, path: str, *, on: Subject = SHOP, ret: int = 0) -> Event:
    flags = EventFlag.FAILED if ret else EventFlag(0)
    return row(EventKind.CONNECT, process, path, on=on, family=1, arg0=1, ret=ret, flags=flags)


_SOCK = "/var/run/docker.sock"
_RENAMED = msgspec.structs.replace(SHOP, mount_sources=("/run/podman/podman.sock:/tmp/x:rw",))

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-019",
        title=Text("Connect to the container runtime's socket", "连接容器运行时套接字"),
        message=Text(
            "{process} in {subject} talks to {socket} ({object}): it can start containers that own the host.",
            "{subject} 中的 {process} 与 {socket}（{object}）通信：它可以启动完全控制宿主机的容器。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the socket out of the container: who has it has root on the host. Where a program needs a part of it, put a "
            "proxy in between that lets only reading calls through. Then look for containers that were started meanwhile.",
            "从容器中移除该套接字：拥有它即拥有宿主机 root 权限。确需部分功能时，请使用只放行读取调用的代理。"
            "随后检查此间启动了哪些容器。",
        ),
        techniques=("T1610", "T1611", "T1059.013"),
        behaviours=(19,),
        references=("https://docs.docker.com/engine/security/#docker-daemon-attack-surface",),
        fires=(
            Example(
                scene(runs(2, 1, "/usr/bin/curl", "curl", "--unix-socket", _SOCK), _talks(2, _SOCK)), "curl in a container"
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), _talks(2, "/run/containerd/containerd.sock")), "a program of one's own"),
            Example(scene(runs(2, 1, "/usr/bin/python3", "python3"), _talks(2, "docker.sock")), "by a path that is relative"),
            Example(scene(runs(2, 1, "/app/x", "x"), _talks(2, "/host/run/crio/crio.sock")), "below a mount of the host"),
            Example(
                scene(runs(2, 1, "/app/x", "x", on=_RENAMED), _talks(2, "/tmp/x", on=_RENAMED)), "mounted under another name"
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), _talks(2, _SOCK, ret=-13)), "refused, told softer"),
            Example(
                scene(
                    runs(20, 1, "/usr/sbin/nginx", "nginx", on=HOST),
                    runs(21, 20, "/bin/sh", "sh", on=HOST),
                    runs(22, 21, "/usr/bin/docker", "docker", "run", on=HOST),
                    _talks(22, _SOCK, on=HOST),
                ),
                "docker's own client, below a web server's shell on the host",
            ),
            Example(scene(runs(20, 10, "/tmp/x", "x", on=HOST), _talks(20, _SOCK, on=HOST)), "a program in /tmp on the host"),
            Example(
                scene(runs(20, 10, "/usr/bin/curl", "curl", on=HOST), _talks(20, _SOCK, on=HOST)), "curl by hand on the host"
            ),
        ),
        quiet=(
            Example(
                scene(runs(20, 10, "/usr/bin/docker", "docker", "ps", on=HOST), _talks(20, _SOCK, on=HOST)),
                "docker on the host",
            ),
            Example(
                scene(runs(1, 0, "/usr/local/bin/traefik", "traefik", at=0.0), _talks(1, _SOCK)), "a proxy that reads labels"
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), _talks(2, _SOCK, ret=-2)), "a library looks whether there is one"),
            Example(scene(runs(2, 1, "/usr/sbin/php-fpm8.2", "php-fpm"), _talks(2, "/run/php/php-fpm.sock")), "another socket"),
            Example(
                scene(
                    runs(30, 1, "/usr/bin/kubelet", "kubelet", on=HOST), _talks(30, "/run/containerd/containerd.sock", on=HOST)
                ),
                "kubelet",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.CONNECT,),
            text=(
                r"(^|/)(docker|containerd|podman|crio|cri-dockerd|dockershim|buildkitd|frakti|kubelet|k3s)\.sock|io\.podman$",
            ),
        ),
        Interest(kinds=(EventKind.CONNECT,), text=(r"^[./]",), where=Where.CONTAINER),
    ),
    judge=_judge,
)
