"""What a person does with assets: list them, and read one with what is known about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from periderm.app.application import Application, require
from periderm.app.transfers import carried_from
from periderm.engines.runtime.response import holding_policy
from periderm.model.asset import Asset, Container, Image, Node, Workload
from periderm.model.baseline import Phase
from periderm.model.build import Verdict
from periderm.model.effect import EffectRecord
from periderm.model.errors import NotFoundError
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.transfer import Carried

Found = TypeVar("Found", Node, Workload)


class AssetStory(msgspec.Struct, frozen=True, kw_only=True):
    """An asset with what bears on it. For a container the findings are those of its image and of itself; for an image
    `containers` are those that run from it and `inventory` what a scan found in it, None as long as it was not scanned.
    `carried` tells from which network an image's result came, `verdicts` what gates said of it.
    `policy` is the one that holds for it."""

    asset: Asset
    findings: Page[Finding]
    incidents: Page[Incident]
    gaps: tuple[CoverageGap, ...] = ()
    containers: tuple[Container, ...] = ()
    image: Image | None = None
    inventory: ImageInventory | None = None
    policy: Policy | None = None
    carried: Carried | None = None
    verdicts: tuple[Verdict, ...] = ()
    node: Node | None = None
    workload: Workload | None = None
    effects: tuple[EffectRecord, ...] = ()
    baseline: BaselineKnown | None = None


class BaselineKnown(msgspec.Struct, frozen=True, kw_only=True):
    """Where the baseline of an asset is in its life, and how much is normal in it."""

    workload_id: str
    phase: Phase
    entries: int


def list_assets(app: Application, who: Principal, query: Query) -> Page[Asset]:
    """A page of assets; `query.kind` is the tag ('node', 'image', 'container', …)."""
    require(who, Permission.READ)
    return app.store.assets(query)


def show_asset(app: Application, who: Principal, asset_id: str) -> AssetStory:
    """One asset and what bears on it. Raises NotFoundError."""
    require(who, Permission.READ)
    asset = app.store.asset(asset_id)
    if asset is None:
        raise NotFoundError(f"There is no asset {asset_id!r}.", "`periderm assets` lists those that exist.")
    image = image_of(app, asset)
    findings = app.store.findings(Query(asset_id=asset_id, order="severity", limit=50))
    if image is not None and image.id != asset_id:
        of_image = app.store.findings(Query(asset_id=image.id, order="severity", limit=50))
        findings = Page((*findings.items, *of_image.items), "", findings.total + of_image.total)
    incidents = app.store.incidents(_incidents_of(asset))
    return AssetStory(
        asset=asset,
        findings=findings,
        incidents=incidents,
        gaps=app.store.gaps(Query(asset_id=asset_id, limit=50)).items,
        containers=_containers(app, asset),
        image=image,
        inventory=app.store.inventory(image.digest) if image is not None else None,
        carried=carried_from(app, image.digest) if image is not None else None,
        verdicts=tuple(app.store.verdicts(image.digest)) if image is not None else (),
        policy=holding_policy(asset, app.store.policies()) if isinstance(asset, Container | Node) else None,
        node=_of(app, Node, getattr(asset, "node_id", "")),
        workload=_of(app, Workload, getattr(asset, "workload_id", "")),
        effects=app.store.effects(Query(asset_id=asset_id, limit=20)).items,
        baseline=_baseline(app, asset),
    )


def _incidents_of(asset: Asset) -> Query:
    """Of an image all that ran from it, of a workload all its containers, of a node all on it."""
    match asset:
        case Image():
            return Query(image_digest=asset.digest, limit=20)
        case Workload():
            return Query(workload_id=asset.id, limit=20)
        case Node():
            return Query(node_id=asset.id, limit=20)
        case _:
            return Query(asset_id=asset.id, limit=20)


def _of(app: Application, kind: type[Found], name: str) -> Found | None:
    found = app.store.asset(name) if name else None
    return found if isinstance(found, kind) else None


def _baseline(app: Application, asset: Asset) -> BaselineKnown | None:
    name = asset.normal_id if isinstance(asset, Container | Node) else asset.id if isinstance(asset, Workload) else ""
    found = app.store.baseline(name) if name else None
    if found is None:
        return None
    return BaselineKnown(workload_id=found.workload_id, phase=found.phase, entries=len(found.entries))


def image_of(app: Application, asset: Asset) -> Image | None:
    """The image itself, or the one a container runs from."""
    if isinstance(asset, Image):
        return asset
    if not isinstance(asset, Container) or not asset.image_digest:
        return None
    page = app.store.assets(Query(kind="image", image_digest=asset.image_digest, limit=10))
    return next((a for a in page.items if isinstance(a, Image)), None)


def _containers(app: Application, asset: Asset) -> tuple[Container, ...]:
    if not isinstance(asset, Image):
        return ()
    page = app.store.assets(Query(kind="container", image_digest=asset.digest, limit=100))
    return tuple(a for a in page.items if isinstance(a, Container))


def names_of(app: Application, who: Principal, asset_ids: Iterable[str]) -> dict[str, str]:
    """Names of assets by id; an asset that is not known is called by its id."""
    require(who, Permission.READ)
    found = {asset_id: app.store.asset(asset_id) for asset_id in set(asset_ids)}
    return {asset_id: asset.name if asset is not None else asset_id for asset_id, asset in found.items()}
