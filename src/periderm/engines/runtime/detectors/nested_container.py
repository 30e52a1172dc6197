"""RUN-142: from within a container somebody starts another one: a runtime's client with `run`, `create`, `apply` and the like.

Which socket it then talks to is RUN-019. Builders that run in containers do this for a living; what counts is what the new
container is to be given.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.scene import runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CLIENTS = frozenset(
    {"docker", "podman", "podman-remote", "nerdctl", "ctr", "crictl", "kubectl", "oc", "helm", "runc", "crun",
     "docker-compose", "podman-compose", "buildah", "k3s"}
)  # fmt: skip
_STARTS = frozenset({"run", "create", "start", "runp", "apply", "play", "kube", "up", "install", "debug", "deploy", "spec"})
_GROUPS = frozenset({"container", "containers", "compose", "pod", "service", "task", "tasks", "kubectl", "c", "t"})
_HOST = re.compile(
    r"--privileged|--(?:pid|net|network|ipc|uts|userns|cgroupns)[= ]host|--cap-add[= ](?:ALL|all|(?:CAP_)?SYS_\w+|(?:CAP_)?BPF)"
    r"|(?:-v|--volume|--mount|--bind)[= ]?(?:/|type=bind,(?:source|src)=/)(?::|,|etc|root|proc|dev|var/run|run)"
    r"|--device[= ]/dev/(?:sd|vd|nvme|mem|xvd)|seccomp[=:]unconfined|hostPID|hostPath"
)
_NESTED = frozenset(
    {"dockerd", "containerd", "buildkitd", "dockerd-entrypoint.sh", "containerd-shim-runc-v2", "podman", "buildah"}
)
_WORKERS = frozenset(
    {"gitlab-runner", "Runner.Worker", "jenkins", "act_runner", "drone-runner-docker", "buildkite-agent", "argocd", "flux",
     "helm-controller", "kube-controller-manager", "kubelet", "rancher", "portainer"}
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    what = context.command
    if what.name not in _CLIENTS or context.process.runtime:
        return None
    words = [a for a in what.arguments if not a.startswith("-") and a not in _GROUPS]
    deed = next((a for a in words[:3] if a in _STARTS), "")
    if not deed:
        return None
    lineage = [programs.command(p.exe, p.argv).name for p in context.ancestors]
    if any(name in _NESTED or name in _CLIENTS for name in lineage) and not context.server_shell:
        return None  # an engine of its own, or the client started itself again
    bad = context.server_shell or any(stranger(p) for p in context.lineage)
    host = _HOST.search(context.line)
    if host is not None:
        severity = Severity.CRITICAL if bad or context.interactive else Severity.HIGH
    elif bad:
        severity = Severity.HIGH
    elif context.building or any(name in _WORKERS for name in lineage):
        severity = Severity.LOW
    else:
        severity = Severity.MEDIUM
    return Verdict(
        object=f"{what.name} {deed}",
        severity=severity,
        fill={"deed": deed, "rights": host[0] if host else "-"},
        evidence={"command": context.line[:300]},
    )


_SHELL = runs(2, 1, "/usr/bin/dash", "sh", flags=EventFlag.EXEC_SESSION)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-142",
        title=Text("Start a container from within a container", "在容器内启动容器"),
        message=Text(
            "{process} in {subject} starts a container ({deed}; rights of the host: {rights}).",
            "{subject} 中的 {process} 启动容器（{deed}；宿主机权限：{rights}）。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look for the new container and end it. Take the runtime's socket and the cluster's token from this one; "
            "builds belong "
            "into a builder without an engine of the host's.",
            "找到并终止新容器。从本容器移除运行时套接字和集群令牌；构建应使用不依赖宿主机引擎的构建工具。",
        ),
        techniques=("T1610", "T1059.013", "T1611"),
        behaviours=(19, 24),
        fires=(
            Example(
                scene(
                    _SHELL,
                    runs(3, 2, "/usr/bin/docker", "docker", "run", "-v", "/:/host", "--rm", "-it", "alpine", "chroot", "/host"),
                ),
                "the host's root for a new container",
            ),
            Example(
                scene(_SHELL, runs(3, 2, "/usr/bin/nerdctl", "nerdctl", "run", "--pid=host", "--privileged", "a")), "privileged"
            ),
            Example(
                scene(_SHELL, runs(3, 2, "/usr/local/bin/kubectl", "kubectl", "apply", "-f", "pod.yaml")),
                "a pod of the cluster",
            ),
            Example(
                scene(_SHELL, runs(3, 2, "/usr/bin/ctr", "ctr", "-n", "k8s.io", "containers", "create", "a", "b")),
                "containerd's tool",
            ),
        ),
        quiet=(
            Example(scene(_SHELL, runs(3, 2, "/usr/bin/docker", "docker", "ps")), "only a list"),
            Example(scene(_SHELL, runs(3, 2, "/usr/bin/kubectl", "kubectl", "get", "pods")), "only a question"),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dockerd", "dockerd", at=0.0),
                    runs(2, 1, "/usr/bin/containerd-shim-runc-v2", "containerd-shim-runc-v2"),
                    runs(3, 2, "/usr/bin/runc", "runc", "create", "a"),
                ),
                "an engine within a container",
            ),
            Example(scene(_SHELL, runs(3, 2, "/usr/bin/helm", "helm", "template", "x")), "text is made"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(
                r"(^|/)(docker|podman|podman-remote|nerdctl|ctr|crictl|kubectl|oc|helm|runc|crun|docker-compose|podman-compose|buildah|k3s)$",
            ),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
