"""Containers of Kubernetes manifests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.plain_yaml import load
from periderm.formats.pod_manifest import read

WEB = """
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      securityContext: {runAsUser: 33}
      initContainers: [{name: prepare, image: "shop:1", command: [mkdir, /data/x]}]
      containers:
      - name: web
        image: shop:1
        command: [nginx]
        args: [-g, "daemon off;"]
        securityContext: {runAsUser: 101}
        ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}, {containerPort: 99999}, {containerPort: x}]
        volumeMounts: [{mountPath: /data/}, {mountPath: /etc/x, readOnly: true}, {mountPath: /a/../b}, {mountPath: c}]
        livenessProbe: {exec: {command: [curl, -f, "http://127.0.0.1/"]}}
        readinessProbe: {httpGet: {port: 8080}}
        lifecycle: {preStop: {exec: {command: [nginx, -s, quit]}}}
      - {name: log, image: "log:1", args: ["--of", "$(NODE)"]}
"""


def test_what_a_deployment_says() -> None:
    """Command, arguments, ports, places, probes and hooks; the container's user goes before the pod's; what has a variable in
    it, and what is no port or place, is not taken."""
    first, web, log = read(load(WEB.encode()))
    assert (first.name, first.first, first.user, first.command) == ("prepare", True, "33", ("mkdir", "/data/x"))
    assert (web.workload, web.image, web.user, web.first) == ("Deployment/shop", "shop:1", "101", False)
    assert (web.command, web.arguments) == (("nginx",), ("-g", "daemon off;"))
    assert (web.ports, web.mounts) == (("tcp/8080", "udp/53"), ("/data",))
    assert (web.probes, web.lifecycle) == ((("curl", "-f", "http://127.0.0.1/"),), (("nginx", "-s", "quit"),))
    assert log.arguments == ()


def test_what_else_makes_pods() -> None:
    """A Pod itself, a job by the clock, and a list of them; a Service makes none."""
    pod = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "a"}]}}
    cron = {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "b"}]}}}}}}
    service = {"kind": "Service", "spec": {"ports": []}}
    assert [each.name for each in read({"kind": "List", "items": [pod, cron, service]})] == ["a", "b"]
    assert [each.workload for each in read(pod)] == ["Pod/p"]
    assert read(service) == ()


_LEAVES = st.none() | st.text(max_size=6) | st.sampled_from(["Pod", "8080", "/x", "true", "TCP"])
_NAMES = "kind spec containers ports containerPort volumeMounts mountPath command exec livenessProbe items name"
_KEYS = st.sampled_from(_NAMES.split())
_DOCUMENTS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5), max_leaves=30
)


@given(_DOCUMENTS)
def test_anything(document: object) -> None:
    """Whatever the document is, it is read or left out."""
    wrapped = {"kind": "Pod", "spec": {"containers": [document, {"name": document, "ports": document, "args": document}]}}
    for each in (*read(document), *read(wrapped)):
        assert all(port.partition("/")[2].isdigit() for port in each.ports)
