"""What a person does with assets: list them, and read one with what is known about it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.app.application import Application, require
from periderm.model.asset import Asset, Container, Image
from periderm.model.errors import NotFoundError
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


class AssetStory(msgspec.Struct, frozen=True, kw_only=True):
    """An asset with what bears on it. For a container the findings are those of its image and of itself; for an image
    `containers` are those that run from it and `inventory` what a scan found in it, None as long as it was not scanned."""

    asset: Asset
    findings: Page[Finding]
    incidents: Page[Incident]
    gaps: tuple[CoverageGap, ...] = ()
    containers: tuple[Container, ...] = ()
    image: Image | None = None
    inventory: ImageInventory | None = None
    policy: Policy | None = None


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
    incidents = app.store.incidents(Query(asset_id=asset_id, limit=20))
    return AssetStory(
        asset=asset,
        findings=findings,
        incidents=incidents,
        gaps=app.store.gaps(Query(asset_id=asset_id, limit=50)).items,
        containers=_containers(app, asset),
        image=image,
        inventory=app.store.inventory(image.digest) if image is not None else None,
    )


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
