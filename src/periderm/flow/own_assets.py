"""Tells all known assets what rules and tables say of whose they are. Decides nothing of who comes first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.correlate.coverage import gap_id, ownership_gap
from periderm.correlate.owning import Owners
from periderm.model.asset import Asset
from periderm.model.gap import GapKind
from periderm.model.query import Query, pages_of
from periderm.ports.store import Store

KINDS = ("node", "image", "container", "workload")
SHOWN = 50
_PAGE = 1_000


class Moved(msgspec.Struct, frozen=True):
    """One asset before and after."""

    before: Asset
    after: Asset


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Of `assets`, `changed` got another owner, application, environment or grade, the first of them `moved`; `without` running
    containers and nodes still have no owner or application."""

    assets: int
    changed: int
    without: int
    moved: tuple[Moved, ...] = ()


def own_assets(store: Store, owners: Owners, now: int, *, dry: bool = False) -> Owned:
    """Page by page, each in a transaction of its own: another sees a part of it for a while. With `dry` nothing changes. Raises
    StoreError."""
    assets = changed = without = 0
    moved: list[Moved] = []
    for kind in KINDS:
        # A page is read before the one before it is changed no more: what changes keeps its place, nothing is seen anew.
        for page in pages_of(store.assets, Query(kind=kind, limit=_PAGE)):
            owned = [owners.owned(asset) for asset in page.items]
            new = [Moved(before, after) for before, after in zip(page.items, owned, strict=True) if after is not before]
            assets += len(owned)
            changed += len(new)
            without += sum(ownership_gap(asset, now) is not None for asset in owned)
            moved += new[: SHOWN - len(moved)]
            if new and not dry:
                _put(store, [one.after for one in new], now)
    return Owned(assets=assets, changed=changed, without=without, moved=tuple(moved))


def _put(store: Store, assets: Sequence[Asset], now: int) -> None:
    with store.transaction():
        store.put_assets(assets)
        for asset in assets:
            if ownership_gap(asset, now) is None:
                store.close_gap(gap_id(GapKind.OWNER_UNKNOWN, asset.id))
