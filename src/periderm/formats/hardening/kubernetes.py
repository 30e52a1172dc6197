"""A securityContext with its volumes, and a NetworkPolicy, as YAML fragments to be put into a manifest. Applies nothing.

Source: Kubernetes API v1 (SecurityContext, SeccompProfile, AppArmorProfile), networking.k8s.io/v1 (NetworkPolicy).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.formats.hardening.apparmor import profile_name
from periderm.formats.hardening.named import slug, volume
from periderm.model.hardening import Door, Hardening

Value = str | int | bool | Mapping[str, "Value"] | Sequence["Value"]
_OWN_LABELS = (
    "io.kubernetes.",
    "io.cri-containerd.",
    "org.opencontainers.",
    "annotation.",
    "io.podman.",
    "PODMAN_",
    "com.docker.",
)


def write(hardening: Hardening, *, seccomp: bool, apparmor: bool = False) -> bytes:
    """Two documents: a piece of a pod's spec, and a NetworkPolicy where its peers were watched."""
    documents = [_head(hardening) + _yaml(_pod(hardening, seccomp=seccomp, apparmor=apparmor))]
    if hardening.watched_network:
        documents.append(_yaml(network_policy(hardening)))
    return "---\n".join(documents).encode("utf-8", "backslashreplace")


def security_context(hardening: Hardening, *, seccomp: bool, apparmor: bool = False) -> dict[str, Value]:
    """Of the container."""
    context: dict[str, Value] = {}
    if hardening.read_only:
        context["readOnlyRootFilesystem"] = True
    if hardening.no_new_privileges:
        context["allowPrivilegeEscalation"] = False
    if hardening.capabilities is not None:
        keep = [name.removeprefix("CAP_") for name in hardening.capabilities]
        context["capabilities"] = {"drop": ["ALL"], **({"add": keep} if keep else {})}
    if hardening.user is not None:
        user, _, group = hardening.user.partition(":")
        context["runAsNonRoot"] = True
        context["runAsUser"] = int(user)
        if group:
            context["runAsGroup"] = int(group)
    if seccomp:
        context["seccompProfile"] = {"type": "Localhost", "localhostProfile": f"profiles/{slug(hardening.name)}-seccomp.json"}
    else:
        context["seccompProfile"] = {"type": "RuntimeDefault"}
    if apparmor:
        context["appArmorProfile"] = {"type": "Localhost", "localhostProfile": profile_name(hardening)}
    return context


def network_policy(hardening: Hardening) -> dict[str, Value]:
    """Who may come in by which port, and whither it may go; everything else is refused."""
    ingress: list[Value] = [{"ports": [_port(door) for door in hardening.listens]}] if hardening.listens else []
    egress: list[Value] = [_egress(peer, doors) for peer, doors in _by_peer(hardening.connects).items()]
    if hardening.resolves:
        egress.append({"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"periderm-{slug(hardening.name)}"},
        "spec": {
            "podSelector": {"matchLabels": _labels(hardening)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": egress,
        },
    }


def _pod(hardening: Hardening, *, seccomp: bool, apparmor: bool) -> dict[str, Value]:
    name = slug(hardening.name)
    container: dict[str, Value] = {
        "name": name,
        "securityContext": security_context(hardening, seccomp=seccomp, apparmor=apparmor),
    }
    volumes: list[Value] = []
    mounts: list[Value] = []
    for place in hardening.writable if hardening.read_only else ():
        if place.lent:
            continue
        called = volume(hardening.name, place.path)
        mounts.append({"name": called, "mountPath": place.path})
        kind: dict[str, Value] = {"persistentVolumeClaim": {"claimName": called}} if place.lasting else {"emptyDir": {}}
        volumes.append({"name": called, **kind})
    if mounts:
        container["volumeMounts"] = mounts
    return {"spec": {"containers": [container], **({"volumes": volumes} if volumes else {})}}


def _by_peer(doors: Iterable[Door]) -> dict[str, list[Door]]:
    found: dict[str, list[Door]] = {}
    for door in doors:
        found.setdefault(door.peer, []).append(door)
    return found


def _egress(peer: str, doors: Iterable[Door]) -> dict[str, Value]:
    ports: list[Value] = [_port(door) for door in doors]
    if peer == "*":
        return {"ports": ports}
    block = peer if "/" in peer else f"{peer}/{128 if ':' in peer else 32}"
    return {"to": [{"ipBlock": {"cidr": block}}], "ports": ports}


def _port(door: Door) -> dict[str, Value]:
    """One port, or all of the protocol."""
    return {"protocol": door.protocol.upper(), **({"port": door.port} if door.port else {})}


def _labels(hardening: Hardening) -> dict[str, Value]:
    """The pod's own labels where they are known; else a label that whoever applies it must give."""
    own = {key: value for key, value in sorted(hardening.labels.items()) if not key.startswith(_OWN_LABELS)}
    return dict(own) or {"app": slug(hardening.name)}


def _head(hardening: Hardening) -> str:
    return f"# {slug(hardening.name)}: from what it was seen to do. Put it into the pod template of its manifest.\n"


def _yaml(value: Value, depth: int = 0) -> str:
    """Mappings and lists over lines, scalars as JSON (which YAML 1.2 takes as they are)."""
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            plain = key if key.isidentifier() else _scalar(key)
            lines.append(f"{pad}{plain}:{_after(item, depth + 1)}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            text = _yaml(item, depth + 1) if not _simple(item) else f"{pad}  {_scalar(item)}\n"
            lines.append(f"{pad}- {text.lstrip()}".rstrip("\n"))
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _after(item: Value, depth: int) -> str:
    return f" {_scalar(item)}\n" if _simple(item) else f"\n{_yaml(item, depth)}"


def _simple(item: Value) -> bool:
    return isinstance(item, str | int | bool) or not item


def _scalar(item: Value) -> str:
    if isinstance(item, str):
        item = item.encode("utf-8", "backslashreplace").decode("utf-8")
    return msgspec.json.encode(item).decode()
