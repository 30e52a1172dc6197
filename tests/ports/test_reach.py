"""What every store promises of parts (see `periderm/ports/reach.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.asset import Ownership
from periderm.model.principal import Reach
from periderm.model.query import Query
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import alert, container, finding, gap, image, incident


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """With a container of the shop and one of the bank, and all that belongs to each."""
    made: Store = request.param.open(tmp_path)
    for number, name in ((1, "shop"), (2, "bank")):
        owned = Ownership(application=name)
        made.put_assets([image(number), container(number, ownership=owned, image_digest=f"sha256:{number}")])
        made.put_findings([finding(number, asset_id=f"img-{number}")])
        made.put_alerts([alert(number, asset_id=f"ctr-{number}")])
        made.put_incident(incident(number, asset_id=f"ctr-{number}"))
        made.put_gaps([gap(number, asset_id=f"ctr-{number}")])
    yield made
    made.close()


def test_pages_are_restricted_with_their_totals(store: Store) -> None:
    """Each list by what its rows belong to; a cursor goes on within the part."""
    within = (Reach(application="shop"),)
    for name in ("findings", "alerts", "incidents", "gaps", "images"):
        page = getattr(store, name)(Query(within=within))
        assert (len(page.items), page.total) == (1, 1), name
        assert getattr(store, name)(Query()).total == 2, name
        assert getattr(store, name)(Query(within=())).total == 0, name
        assert getattr(store, name)(Query(within=(Reach(application="none"),))).total == 0, name
    first = store.assets(Query(within=within, limit=1))
    second = store.assets(Query(within=within, limit=1, cursor=first.next_cursor))
    assert {a.id for a in (*first.items, *second.items)} == {"ctr-1", "img-1"}
    assert (first.total, second.next_cursor) == (2, "")


def test_what_is_named_is_looked_up(store: Store) -> None:
    """By asset, by digest, by node."""
    within = (Reach(application="bank"),)
    assert store.assets_covered(within, ["ctr-1", "ctr-2", "img-2"]) == {"ctr-2", "img-2"}
    assert store.digests_covered(within, ["sha256:1", "sha256:2"]) == {"sha256:2"}
    assert store.nodes_covered(within) == {"nod-1"}
    assert store.subjects_covered(within, 5) == (["ctr-2"], False)
