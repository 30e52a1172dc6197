"""Fragments for Kubernetes."""

from __future__ import annotations

import msgspec
import yaml

from periderm.formats.hardening.kubernetes import write
from periderm.model.hardening import Door, Hardening, Writable

SHOP = Hardening(
    workload_id="w",
    name="shop",
    read_only=True,
    writable=(Writable("/run", False), Writable("/data", True), Writable("/lent", True, True)),
    capabilities=("CAP_NET_BIND_SERVICE",),
    no_new_privileges=True,
    user="101:102",
    listens=(Door("tcp", 80), Door("udp", 0)),
    connects=(
        Door("tcp", 443, "*"),
        Door("tcp", 5432, "10.0.0.7"),
        Door("tcp", 6379, "10.1.0.0/16"),
        Door("tcp", 1, "fd00::1"),
    ),
    resolves=True,
    watched_network=True,
    labels={"app.kubernetes.io/name": "shop: yes", "io.kubernetes.pod.name": "x"},
)


def test_a_pod_is_held_by_what_it_needs() -> None:
    """The YAML says, parsed by another reader, what the values are."""
    pod, policy = yaml.safe_load_all(write(SHOP, seccomp=True, apparmor=True))
    container = pod["spec"]["containers"][0]
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        "runAsNonRoot": True,
        "runAsUser": 101,
        "runAsGroup": 102,
        "seccompProfile": {"type": "Localhost", "localhostProfile": "profiles/shop-seccomp.json"},
        "appArmorProfile": {"type": "Localhost", "localhostProfile": "periderm-shop"},
    }
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/run", "/data"]
    assert pod["spec"]["volumes"] == [
        {"name": "shop-run", "emptyDir": {}},
        {"name": "shop-data", "persistentVolumeClaim": {"claimName": "shop-data"}},
    ]
    spec = policy["spec"]
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "shop: yes"}}
    assert spec["ingress"] == [{"ports": [{"protocol": "TCP", "port": 80}, {"protocol": "UDP"}]}]
    blocks = [rule["to"][0]["ipBlock"]["cidr"] for rule in spec["egress"] if "to" in rule]
    assert blocks == ["10.0.0.7/32", "10.1.0.0/16", "fd00::1/128"]
    assert {"ports": [{"protocol": "TCP", "port": 443}]} in spec["egress"]
    assert {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]} in spec["egress"]


def test_what_was_not_watched_is_left_as_it_is() -> None:
    """No network policy, no capabilities, the runtime's own seccomp profile."""
    bare = Hardening(workload_id="w", name="x")
    (pod,) = yaml.safe_load_all(write(bare, seccomp=False))
    assert pod["spec"]["containers"][0]["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}


def test_who_talks_to_nobody_is_refused_everything() -> None:
    """Both directions are named and empty."""
    silent = msgspec.structs.replace(SHOP, listens=(), connects=(), resolves=False, labels={})
    _, policy = yaml.safe_load_all(write(silent, seccomp=False))
    assert policy["spec"]["ingress"] == []
    assert policy["spec"]["egress"] == []
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app": "shop"}}
