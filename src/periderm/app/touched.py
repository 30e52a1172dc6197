"""What an image's findings touch: the containers that run of it now, their workloads, nodes and owners.

A runtime may know the image by the digest of its configuration, of its manifest or index, or by a name with a digest: all
of them count.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.app.application import Application, require
from periderm.model.asset import Container, Node, Ownership, Workload
from periderm.model.errors import NotFoundError
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every
from periderm.model.registry import digest_named

MOST_CONTAINERS = 1000
_PAGE = 1000


class TouchedWorkload(msgspec.Struct, frozen=True, kw_only=True):
    """One workload with containers of the image. `nodes` are names; `container_ids` are assets, the first of them."""

    id: str
    name: str
    kind: str = ""
    namespace: str = ""
    owner: Ownership = Ownership()
    containers: int = 0
    nodes: tuple[str, ...] = ()
    container_ids: tuple[str, ...] = ()


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that runs of one image, by workload, the most containers first. `more` says that not all were counted."""

    image_digest: str
    containers: int = 0
    nodes: int = 0
    workloads: tuple[TouchedWorkload, ...] = ()
    more: bool = False


def touched_by_image(app: Application, who: Principal, image_digest: str) -> Touched:
    """What runs of an image, by any of its digests."""
    require(who, Permission.READ)
    images = app.store.images_named(image_digest)
    return touched(app, images[0] if len(images) == 1 else image_digest)


def touched_by_finding(app: Application, who: Principal, finding_id: str) -> Touched:
    """What runs of the image that a finding is in; nothing for one of a host. Raises NotFoundError."""
    require(who, Permission.READ)
    if app.store.finding(finding_id) is None:
        raise NotFoundError(f"There is no finding {finding_id!r}; it may be fixed.", "`periderm findings` lists them.")
    image = app.store.images_of([finding_id]).get(finding_id)
    return touched(app, image.digest) if image is not None else Touched(image_digest="")


def touched(app: Application, image_digest: str) -> Touched:
    """What runs of it."""
    containers: list[Container] = []
    more = False
    for container in running_of(app, image_digest):
        if len(containers) == MOST_CONTAINERS:
            more = True
            break
        containers.append(container)
    names: dict[str, str] = {}
    groups: dict[str, list[Container]] = {}
    for container in containers:
        groups.setdefault(container.normal_id, []).append(container)
        if container.node_id not in names:
            node = app.store.asset(container.node_id)
            names[container.node_id] = node.name if isinstance(node, Node) else container.node_id
    workloads = [_workload(app, group, names) for group in groups.values()]
    ordered = tuple(sorted(workloads, key=lambda w: (-w.containers, w.name, w.id)))
    return Touched(image_digest=image_digest, containers=len(containers), nodes=len(names), workloads=ordered, more=more)


def running_of(app: Application, image_digest: str) -> Iterator[Container]:
    """Containers that run of an image, each once, whichever of its digests their runtime tells."""
    seen: set[str] = set()
    for digest in app.store.digests_of(image_digest):
        for query in (Query(kind="container", image_digest=digest, limit=_PAGE), _named(digest)):
            for container in every(app.store.assets, query):
                if not isinstance(container, Container):
                    continue
                told = container.image_digest or digest_named(container.image_name)
                if container.running and told == digest and container.id not in seen:
                    seen.add(container.id)
                    yield container


def _named(digest: str) -> Query:
    """Containers whose image's name ends with the digest."""
    return Query(kind="container", text=f"@{digest}", limit=_PAGE)


def _workload(app: Application, group: list[Container], names: dict[str, str]) -> TouchedWorkload:
    first = min(group, key=lambda c: (c.name, c.id))
    asset = app.store.asset(first.workload_id) if first.workload_id else None
    workload = asset if isinstance(asset, Workload) else None
    owner = workload.ownership if workload is not None and workload.ownership != Ownership() else first.ownership
    return TouchedWorkload(
        id=first.normal_id,
        name=workload.name if workload is not None else first.name,
        kind=workload.kind if workload is not None else "container",
        namespace=workload.namespace if workload is not None else "",
        owner=owner,
        containers=len(group),
        nodes=tuple(sorted({names[c.node_id] for c in group})),
        container_ids=tuple(c.id for c in sorted(group, key=lambda c: (c.name, c.id))[:20]),
    )
