"""What the labels of a container or image say: whose it is, and what it is a replica of. Invents nothing: unknown stays ''."""

from __future__ import annotations

import re
from collections.abc import Mapping

from periderm.model.asset import UNKNOWN, Grade, Ownership, Workload
from periderm.model.identity import workload_id

# The first label that is there and not empty wins. Ours come first, then Kubernetes' recommended labels
# (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels), OCI's annotations
# (opencontainers/image-spec, annotations.md), compose's project, and names that many companies use.
OWNER = ("io.periderm.owner", "owner", "team", "org.opencontainers.image.authors", "maintainer")
APPLICATION = (
    "io.periderm.application",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/name",
    "application",
    "com.docker.compose.project",
    "io.podman.compose.project",
    "app",
)
ENVIRONMENT = ("io.periderm.environment", "app.kubernetes.io/environment", "environment", "env", "stage")
GRADE = ("io.periderm.grade", "grade")
WORKLOAD = "io.periderm.workload"
BUILD = "periderm.image-build"  # only the runtimes' adapters may set it: a step of an image build

_POD = "io.kubernetes.pod.name"
_POD_NAMESPACE = "io.kubernetes.pod.namespace"
_POD_CONTAINER = "io.kubernetes.container.name"
# A Deployment's pod is NAME-<ReplicaSet hash>-<5 characters>, a StatefulSet's NAME-<number>, a DaemonSet's or Job's
# NAME-<5 characters>; the alphabet without vowels is k8s.io/apimachinery's rand.SafeEncodeString.
_DEPLOYMENT_POD = re.compile(r"-[bcdf-hj-np-tv-xz2-9]{6,10}-[bcdf-hj-np-tv-xz2-9]{5}$")
_OTHER_POD = re.compile(r"-(?:[bcdf-hj-np-tv-xz2-9]{5}|\d+)$")
_REPLICA = re.compile(r"[-_.](?:\d{1,4}|[0-9a-f]{8,64})$")
_LIMIT = 256


def _first(labels: Mapping[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        if value := labels.get(key, "").strip():
            return value[:_LIMIT]
    return UNKNOWN


def unbelieved(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels without what an image or a person must not say of itself: that it is only a step of a build."""
    return {key: value for key, value in labels.items() if key != BUILD}


def ownership_of(labels: Mapping[str, str]) -> Ownership:
    """Who answers for it, as far as labels tell. A grade that is none of ours is unknown."""
    grade = _first(labels, GRADE).lower()
    return Ownership(
        environment=_first(labels, ENVIRONMENT),
        application=_first(labels, APPLICATION),
        owner=_first(labels, OWNER),
        grade=Grade(grade) if grade in tuple(Grade) else Grade.UNKNOWN,
    )


def workload_of(name: str, labels: Mapping[str, str], image_name: str = "") -> Workload:
    """What the container `name` is a replica of. Kubernetes' labels come first, then compose's, then ours, then the
    container's own name without a replica's suffix (`web-2`, `web.3f9c…`)."""
    kind, namespace, title = _identity(name, labels)
    return Workload(
        id=workload_id(kind, namespace, title),
        name=title,
        kind=kind,
        namespace=namespace,
        image_name=image_name,
        labels=dict(labels),
        ownership=ownership_of(labels),
    )


def namespace_of(labels: Mapping[str, str]) -> str:
    """Kubernetes' namespace, or the compose project; '' for neither."""
    return _identity("", labels)[1]


def _identity(name: str, labels: Mapping[str, str]) -> tuple[str, str, str]:
    if pod := labels.get(_POD, "").strip():
        stem = _DEPLOYMENT_POD.sub("", pod)
        stem = stem if stem != pod else _OTHER_POD.sub("", pod)
        container = labels.get(_POD_CONTAINER, "").strip()
        title = f"{stem}/{container}" if container else stem
        return "kubernetes", labels.get(_POD_NAMESPACE, "")[:_LIMIT], title[:_LIMIT]
    for vendor in ("com.docker.compose", "io.podman.compose"):
        if service := labels.get(f"{vendor}.service", "").strip():
            return "compose", labels.get(f"{vendor}.project", "")[:_LIMIT], service[:_LIMIT]
    if ours := labels.get(WORKLOAD, "").strip():
        return "workload", "", ours[:_LIMIT]
    return "container", "", (_REPLICA.sub("", name) or name)[:_LIMIT]
