"""Finds the workload that a person means, with its baseline, its containers and what its image holds. Changes nothing."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.model.asset import Container, Workload
from periderm.model.baseline import Baseline
from periderm.model.errors import NotFoundError
from periderm.model.image import ImageInventory
from periderm.model.query import Query

_MOST = 1000


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """`containers` of the workload, those that run first and then the newest; `inventory` of the image that the first of
    them runs, None if it was not scanned."""

    baseline: Baseline
    containers: tuple[Container, ...] = ()
    inventory: ImageInventory | None = None


def baseline_of(app: Application, name: str) -> Known:
    """By the workload's id, its name, or the name or id of one of its containers. Raises NotFoundError."""
    for workload_id in _named(app, name):
        baseline = app.store.baseline(workload_id)
        if baseline is not None:
            containers = containers_of(app, workload_id)
            return Known(baseline=baseline, containers=containers, inventory=_inventory(app, baseline, containers))
    raise NotFoundError(
        f"There is no baseline of {name!r}.", "`periderm baseline list` shows the workloads whose behaviour is being learned."
    )


def containers_of(app: Application, workload_id: str) -> tuple[Container, ...]:
    """Of one workload, those that run first and then the newest."""
    page = app.store.assets(Query(kind="container", workload_id=workload_id, limit=_MOST))
    found = [asset for asset in page.items if isinstance(asset, Container)]
    return tuple(sorted(found, key=lambda c: (not c.running, -c.started, c.id)))


def _named(app: Application, name: str) -> list[str]:
    """Ids of the workloads that a name may stand for, the surest first."""
    ids = [name]
    asset = app.store.asset(name)
    if isinstance(asset, Container):
        ids.append(asset.normal_id)
    summaries = app.store.baselines(Query(text=name, limit=_MOST)).items
    ids += [summary.workload_id for summary in summaries if name in (summary.workload_id, summary.name)]
    for found in app.store.assets(Query(kind="workload", text=name, limit=_MOST)).items:
        if isinstance(found, Workload) and found.name == name:
            ids.append(found.id)
    for found in app.store.assets(Query(kind="container", text=name, limit=_MOST)).items:
        if isinstance(found, Container) and found.name == name:
            ids.append(found.normal_id)
    return list(dict.fromkeys(ids))


def _inventory(app: Application, baseline: Baseline, containers: tuple[Container, ...]) -> ImageInventory | None:
    """Of the image that runs now, or else of the newest that the baseline knows."""
    digests = [c.image_digest for c in containers[:1]]
    digests += sorted(baseline.images, key=lambda digest: -baseline.images[digest])
    for digest in dict.fromkeys(d for d in digests if d):
        for named in app.store.images_named(digest):
            inventory = app.store.inventory(named)
            if inventory is not None:
                return inventory
    return None
