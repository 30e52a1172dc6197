"""Kubernetes manifests of what makes pods: the containers, and how each is run. Takes YAML that was read already, in which
every scalar is text; resolves no template, no ConfigMap and no Secret.

Source: kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1 (Container, PodSecurityContext, Probe).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.model.deployed import Deployed

_TEMPLATED = frozenset(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"))
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_MOST_ITEMS = 500
_MOST_CONTAINERS = 100
_MOST_WORDS = 200
_LONGEST = 4_096


def read(document: object) -> tuple[Deployed, ...]:
    """All containers of one document, those of a List too; () for what makes no pods. Whatever is not as it should be is left
    out: a manifest promises what it says plainly."""
    return tuple(_containers(document))[:_MOST_CONTAINERS]


def _containers(document: object, deep: bool = True) -> Iterator[Deployed]:
    kind = _text(_get(document, "kind"))
    if deep and kind.endswith("List"):
        for item in _list(_get(document, "items"))[:_MOST_ITEMS]:
            yield from _containers(item, deep=False)
        return
    spec = _get(document, "spec")
    if kind == "CronJob":
        spec = _get(_get(_get(_get(spec, "jobTemplate"), "spec"), "template"), "spec")
    elif kind in _TEMPLATED:
        spec = _get(_get(spec, "template"), "spec")
    elif kind != "Pod":
        return
    workload = f"{kind}/{_text(_get(_get(document, 'metadata'), 'name'))}"
    user = _number(_get(_get(spec, "securityContext"), "runAsUser"))
    for field, first in (("initContainers", True), ("containers", False)):
        for each in _list(_get(spec, field))[:_MOST_CONTAINERS]:
            if isinstance(each, dict):
                yield _container(each, workload, user, first)


def _container(told: dict[object, object], workload: str, user: str, first: bool) -> Deployed:
    hooks = _get(told, "lifecycle")
    return Deployed(
        workload=workload,
        name=_text(told.get("name")),
        image=_text(told.get("image")),
        command=_words(told.get("command")),
        arguments=_words(told.get("args")),
        user=_number(_get(told.get("securityContext"), "runAsUser")) or user,
        ports=tuple(_ports(told.get("ports"))),
        probes=tuple(filter(None, (_words(_get(_get(told.get(name), "exec"), "command")) for name in _PROBES))),
        lifecycle=tuple(filter(None, (_words(_get(_get(_get(hooks, name), "exec"), "command")) for name in _HOOKS))),
        mounts=tuple(_mounts(told.get("volumeMounts"))),
        first=first,
    )


def _ports(told: object) -> Iterator[str]:
    for each in _list(told)[:_MOST_ITEMS]:
        number = _number(_get(each, "containerPort"))
        if number and 0 < int(number) < 65536:
            protocol = (_text(_get(each, "protocol")) or "TCP").lower()
            if protocol in ("tcp", "udp", "sctp"):
                yield f"{protocol}/{int(number)}"


def _mounts(told: object) -> Iterator[str]:
    for each in _list(told)[:_MOST_ITEMS]:
        path = _text(_get(each, "mountPath"))
        if path.startswith("/") and "/../" not in path + "/" and _text(_get(each, "readOnly")).lower() != "true":
            yield path.rstrip("/") or "/"


def _get(told: object, name: str) -> object:
    return told.get(name) if isinstance(told, dict) else None


def _list(told: object) -> Sequence[object]:
    return told if isinstance(told, list) else ()


def _text(told: object) -> str:
    return told[:_LONGEST] if isinstance(told, str) and told.isprintable() else ""


def _words(told: object) -> tuple[str, ...]:
    """An argv; a word with a variable of the pod in it (`$(NAME)`) makes the whole unknown."""
    words = _list(told)[:_MOST_WORDS]
    if not all(isinstance(word, str) for word in words) or any("$(" in str(word) for word in words):
        return ()
    return tuple(str(word)[:_LONGEST] for word in words)


def _number(told: object) -> str:
    text = _text(told)
    return text if text.isascii() and text.isdecimal() and len(text) < 11 else ""
