"""Assets by id: what is put again is merged, so that nothing that was known gets lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

import msgspec

from periderm.adapters.store_sql import places, schema
from periderm.adapters.store_sql.asset_words import put_words
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import put_marks
from periderm.adapters.store_sql.registries import put_aliases
from periderm.model.asset import Asset, Container, ContainerOutline, Image, Node, Ownership, Process, User, Workload
from periderm.model.query import Page, Query
from periderm.model.registry import digest_named


def _own(asset: Asset) -> tuple[str, str, str, str, tuple[str, ...]]:
    """kind, node, workload, image digest, and words to find it by."""
    match asset:
        case Node():
            return "node", asset.id, "", "", (asset.hostname, asset.os_name, *asset.addresses)
        case Image():
            return "image", asset.node_id, "", asset.digest, (asset.digest, *asset.references)
        case Container():
            words = (asset.container_id, asset.image_name, *asset.command)
            return "container", asset.node_id, asset.workload_id, asset.image_digest, words
        case Workload():
            return "workload", "", asset.id, "", (asset.kind, asset.namespace, asset.image_name)
        case Process():
            return "process", asset.node_id, "", "", (asset.executable,)
        case User():
            return "user", asset.node_id, "", "", ()
        case _:
            assert_never(asset)


def _columns(asset: Asset) -> Mapping[str, object]:
    kind, node, workload, image, words = _own(asset)
    owned = asset.ownership
    return {
        "time": asset.last_seen,
        "kind": kind,
        "node_id": node,
        "workload_id": workload,
        "image_digest": image,
        "search": searchable(asset.name, *words, owned.application, owned.owner, owned.environment),
    }


ASSETS: Family[Asset] = Family(
    what="asset",
    table=schema.assets,
    decoder=msgspec.msgpack.Decoder(Asset),
    key=lambda asset: asset.id,
    columns=_columns,
    aliases={"asset_id": "id"},
)

CONTAINER_OUTLINES = ASSETS.outline(ContainerOutline, lambda outline: outline.id)


def merge(old: Asset, new: Asset) -> Asset:
    """The new value with the first `first_seen`, the greatest `last_seen` and `scanned_at`, and what the old one
    knew of its owner where the new one is silent."""
    merged = msgspec.structs.replace(
        new,
        first_seen=old.first_seen or new.first_seen,
        last_seen=max(old.last_seen, new.last_seen),
        ownership=Ownership(
            environment=new.ownership.environment or old.ownership.environment,
            application=new.ownership.application or old.ownership.application,
            owner=new.ownership.owner or old.ownership.owner,
            grade=new.ownership.grade or old.ownership.grade,
        ),
    )
    if isinstance(merged, Image) and isinstance(old, Image):
        merged = msgspec.structs.replace(merged, scanned_at=max(old.scanned_at, merged.scanned_at))
    return merged


def tells(old: Asset, new: Asset) -> bool:
    """Whether more changed than that it was seen again."""
    return msgspec.structs.replace(old, last_seen=new.last_seen) != new


def follow(transaction: Transaction, given: Sequence[Asset]) -> None:
    """Bring the rows of images, and which containers run, up to date with these assets."""
    images = [asset.digest for asset in given if isinstance(asset, Image)]
    for asset in given:
        if isinstance(asset, Image):
            put_aliases(transaction.connection, asset.digest, filter(None, map(digest_named, asset.references)))
    if images:
        places.refresh(transaction, images)
    containers = {
        plain(a.id): plain(a.image_digest or digest_named(a.image_name)) if a.running else ""
        for a in given
        if isinstance(a, Container)
    }
    if containers:
        places.keep_running(transaction.connection, containers)


class SqlAssets(Part):
    """`ports.store.AssetStore`."""

    def put_assets(self, assets: Iterable[Asset]) -> None:
        """Store or merge. What is told of images and of what runs follows."""
        given = list(assets)
        with self._database.writing() as transaction:
            now: dict[str, Asset] = {}

            def merged(old: Asset, new: Asset) -> Asset:
                now[plain(new.id)] = merge(old, new)
                return now[plain(new.id)]

            ASSETS.put(transaction, given, merged, tells=tells)
            as_they_are = {plain(asset.id): asset for asset in given} | now
            put_marks(transaction.connection, as_they_are)
            put_words(transaction.connection, as_they_are)
            follow(transaction, given)

    def asset(self, asset_id: str) -> Asset | None:
        """One asset."""
        return self._get(ASSETS, asset_id)

    def assets(self, query: Query) -> Page[Asset]:
        """A page of assets, the last seen first."""
        return self._page(ASSETS, query)

    def container_outlines(self, query: Query) -> Page[ContainerOutline]:
        """A page of containers, the last seen first."""
        return self._page(CONTAINER_OUTLINES, msgspec.structs.replace(query, kind="container"))
