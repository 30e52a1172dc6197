"""RUN-015: a token or certificate for the Kubernetes API is read by a program that is not the workload itself.

Operators and controllers read their own token all day; a file tool, a shell, a person or an intruder's program does not.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Tokens lie in a folder that Kubernetes swaps by a link: …/..2026_11_22_08_00_00.123/token.
_TOKEN = re.compile(
    r".*/(?:kubernetes\.io|eks\.amazonaws\.com|azure/tokens|openshift|tokens)(?:/serviceaccount)?/(?:\.\.[^/]+/)?(?:token"
    r"|azure-identity-token|vault-token|namespace_token)"
)
_POD_TOKEN = re.compile(
    r"/var/lib/kubelet/pods/[^/]+/volumes/kubernetes\.io~(?:projected|secret)/[^/]+/(?:\.\.[^/]+/)?(?:token|.*\.key|\S+)"
)
_NODE = re.compile(
    r"/etc/kubernetes/(?:[\w-]+\.conf|pki/(?:.*/)?[\w.-]+\.key)|/var/lib/kubelet/(?:kubeconfig|pki/[\w.-]+\.(?:pem|key)"
    r"|bootstrap-kubeconfig)"
    r"|/etc/rancher/k3s/k3s\.yaml|/var/lib/rancher/[\w/-]+/(?:tls/.*\.key|cred/.*|token|node-token)"
    r"|/var/snap/microk8s/.*/credentials/.*"
    r"|/(?:root|home/[^/]+)/\.kube/config|.*/kubeconfig(?:\.ya?ml)?|/etc/origin/.*\.(?:key|kubeconfig)"
    r"|/var/lib/k0s/pki/.*\.(?:key|conf)"
)
_CLIENTS = frozenset(
    """
    kubectl helm helmfile kustomize k9s oc kubelet kube-proxy kube-apiserver kube-controller-manager kube-scheduler
    kubeadm etcd k3s k3s-server k3s-agent k0s rke2 microk8s cilium cilium-agent calico-node flanneld argocd argo flux
    tkn istioctl pilot-agent velero terraform vault-agent vault skaffold stern kind minikube
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.MEDIUM,
    program=Severity.MEDIUM,
    start=Severity.LOW,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.absent or not context.reads:
        return None
    path = programs.normal(event.text or event.raw)
    there = paths.place(path, context)
    token = _TOKEN.fullmatch(there.path) is not None
    node = _NODE.fullmatch(there.path) is not None or _POD_TOKEN.fullmatch(there.path) is not None
    if not token and not node:
        return None
    who, what = actors.actor(context), context.command
    client = what.name in _CLIENTS and (context.system_program or not context.process.drifted)
    if who is not Actor.INTRUDER and client and not (node and there.host):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    inline = programs.interpreter(what.name) and any(a in ("-c", "-e", "-r") for a in what.arguments[:3])
    tool = what.name in programs.FILE_READERS or what.name in programs.NET_TOOLS or programs.is_shell(what)
    if who in (Actor.PROGRAM, Actor.SERVER):
        if tool or inline:
            severity = lower(Severity.HIGH) if context.failed else Severity.HIGH
        elif token or not context.contained:
            return None  # the workload itself
    elif who is Actor.PERSON and not (tool or inline):
        severity = lower(severity)
    if not context.contained and who is not Actor.INTRUDER:
        severity = lower(severity, 2)
    elif there.host:
        severity = max(severity, Severity.HIGH)
    shown = re.sub(r"/\.\.\d[^/]*/", "/", path)
    return Verdict(object=shown, severity=severity)


_SECRETS = "/run/secrets/kubernetes.io/serviceaccount"
_REAL = _SECRETS + "/..2026_11_22_08_00_00.1234/token"
_LINK = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-015",
        title=Text("Read a Kubernetes token or certificate", "读取 Kubernetes 令牌或证书"),
        message=Text("{process} in {subject} read {object}.", "{subject} 中的 {process} 读取了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Delete the pod or the service account so that its token ends, and look in the audit log for calls with it. Set "
            "automountServiceAccountToken: false where a workload does not call the API.",
            "请删除该 Pod 或服务账户使令牌失效，并在审计日志中查找使用该令牌的调用。"
            "不调用 API 的负载应设置 automountServiceAccountToken: false。",
        ),
        techniques=("T1528", "T1552.001"),
        behaviours=(15,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat", _LINK), opens(2, _REAL, raw=_LINK)), "cat, through the link"),
            Example(
                scene(_NGINX, runs(2, 1, "/usr/bin/dash", "sh", "-c", "read t <token"), opens(2, _REAL, raw="token")),
                "a server's shell, relative and without a tool",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), opens(2, _REAL)), "an interpreter's one line"
            ),
            Example(
                scene(runs(2, 1, "/srv/kubectl", "kubectl", flags=EventFlag.UPPER), opens(2, _REAL)),
                "a kubectl that was brought",
            ),
            Example(
                scene(runs(2, 1, "/bin/busybox", "cat"), opens(2, "/host/etc/kubernetes/admin.conf")),
                "the node's own, by a mount",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/tar", "tar"), opens(2, "/var/run/secrets/eks.amazonaws.com/serviceaccount/token")),
                "a cloud's token for the pod",
            ),
            Example(
                scene(runs(12, 10, "/usr/bin/cat", "cat", on=HOST), opens(12, "/etc/kubernetes/pki/ca.key", on=HOST)),
                "the cluster's key on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(1, 0, "/manager", "manager", at=0.0), opens(1, _REAL, raw=_LINK)), "an operator reads its token"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "/app/main.py"), opens(2, _REAL)), "an application in Python"
            ),
            Example(scene(runs(2, 1, "/usr/bin/kubectl", "kubectl", "get", "po"), opens(2, _REAL)), "kubectl of the image"),
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, _SECRETS + "/namespace")), "the namespace is no secret"),
            Example(
                scene(runs(12, 10, "/usr/bin/kubelet", "kubelet", on=HOST), opens(12, "/etc/kubernetes/kubelet.conf", on=HOST)),
                "the kubelet on the host",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN,),
            text=(
                (
                    r"(kubernetes\.io|eks\.amazonaws\.com|azure/tokens|openshift"
                    r"|tokens)(/serviceaccount)?/(\.\.[^/\n]+/)?[\w-]*token$"
                ),
                (
                    r"/var/lib/kubelet/(pods/.*/volumes/|kubeconfig|pki/|bootstrap)|/etc/kubernetes/[\w/.-]+\.(conf|key)$"
                    r"|/k3s\.yaml$"
                ),
                (
                    r"/var/lib/rancher/|microk8s/.*/credentials/|/\.kube/config$|/kubeconfig(\.ya?ml)?$|/etc/origin/"
                    r"|/var/lib/k0s/pki/"
                ),
            ),
        ),
    ),
    judge=_judge,
)
