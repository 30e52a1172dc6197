"""Telling all assets whose they are."""

from __future__ import annotations

from pathlib import Path

from periderm.correlate.coverage import gap_id, ownership_gap
from periderm.correlate.owning import Owners
from periderm.flow.own_assets import SHOWN, own_assets
from periderm.model.asset import Ownership
from periderm.model.gap import GapKind
from periderm.model.owner_table import OwnerRow, OwnerTable
from tests.ports.plugs import STORES, container

SHOP = Ownership(owner="team-shop", application="shop")


def test_all_pages_are_told_and_gaps_end(tmp_path: Path) -> None:
    """More than one page; the first are shown; a dry run counts the same and changes nothing."""
    store = STORES[0].open(tmp_path)
    try:
        assets = [container(number, running=True) for number in range(1_203)]
        store.put_assets(assets)
        gap = ownership_gap(assets[7], 1)
        assert gap is not None
        store.put_gaps([gap])
        owners = Owners([OwnerTable(id="t", rows=(OwnerRow(name="web-*", ownership=SHOP),))])
        dry = own_assets(store, owners, 5, dry=True)
        assert (dry.assets, dry.changed, dry.without, len(dry.moved)) == (1_203, 1_203, 0, SHOWN)
        assert store.asset(assets[7].id) == assets[7]
        assert own_assets(store, owners, 5) == dry
        again = own_assets(store, owners, 5)
        assert (again.changed, again.without) == (0, 0)
        assert store.gap(gap_id(GapKind.OWNER_UNKNOWN, assets[7].id)) is None
    finally:
        store.close()
