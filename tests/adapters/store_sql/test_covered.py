"""Which of some assets, images and nodes are in a part."""

from __future__ import annotations

import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Ownership, Workload
from periderm.model.principal import Reach
from tests.ports.plugs import container, image

SHOP = (Reach(application="shop"),)


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Two containers of the shop, one of the bank; the second runs by an image's other name."""
    shop, bank = Ownership("production", "shop", "a"), Ownership("test", "bank", "b")
    store.put_assets(
        [
            image(1),
            image(2),
            Workload(id="wkl-1", name="web", kind="compose"),
            container(1, ownership=shop, image_digest="sha256:1", workload_id="wkl-1", labels={"team": "web", "tier": "front"}),
            container(2, ownership=shop, labels={"team": "db"}, node_id="nod-2"),
            container(3, ownership=bank, image_digest="sha256:2", labels={"team": "web"}, node_id="nod-3"),
        ]
    )
    return store


def test_what_is_covered(filled: SqlStore) -> None:
    """Of those that are asked about."""
    assert filled.assets_covered(SHOP, ["ctr-1", "ctr-3", "wkl-1", "img-1", "img-2", "none", ""]) == {"ctr-1", "wkl-1", "img-1"}
    assert filled.digests_covered(SHOP, ["sha256:1", "sha256:2", ""]) == {"sha256:1"}
    assert filled.nodes_covered(SHOP) == {"nod-1", "nod-2"}
    found, more = filled.subjects_covered(SHOP, 10)
    assert (set(found), more) == ({"ctr-1", "ctr-2", "wkl-1"}, False)
    assert filled.subjects_covered(SHOP, 1)[1]
    assert filled.assets_covered((), ["ctr-1"]) == filled.digests_covered((), ["sha256:1"]) == frozenset()
    assert filled.nodes_covered(()) == frozenset()
