"""Which assets are in a part, by their marks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.reach import visible
from periderm.adapters.store_sql.schema_people import asset_marks
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Ownership, Workload
from periderm.model.principal import Reach
from periderm.model.query import Query
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


def seen(store: SqlStore, *reaches: Reach) -> set[str]:
    """Ids of assets in these parts."""
    return {asset.id for asset in store.assets(Query(within=reaches)).items}


def test_a_part_holds_what_its_marks_say(filled: SqlStore) -> None:
    """All that a part names must be equal; any of several parts counts; none is nothing."""
    assert seen(filled, Reach(application="shop")) == {"ctr-1", "ctr-2", "wkl-1", "img-1"}
    assert seen(filled, Reach(application="shop", labels=(("team", "web"),))) == {"ctr-1", "wkl-1", "img-1"}
    assert seen(filled, Reach(labels=(("team", "web"),))) == {"ctr-1", "ctr-3", "wkl-1", "img-1", "img-2"}
    assert seen(filled, Reach(labels=(("team", "web"), ("tier", "front")))) == {"ctr-1", "wkl-1", "img-1"}
    assert seen(filled, Reach(environment="test"), Reach(labels=(("team", "db"),))) == {"ctr-2", "ctr-3", "img-2"}
    assert seen(filled, Reach(application="shop", environment="test")) == set()
    assert seen(filled, Reach(application="SHOP")) == set()
    assert seen(filled) == set()


def test_a_reach_without_marks_is_not_everything_here(filled: SqlStore) -> None:
    """Whoever sees everything is not asked for parts: by mistake it must show nothing."""
    assert seen(filled, Reach()) == set()


def test_marks_follow_the_asset(filled: SqlStore, database: Database) -> None:
    """A new owner, a label that is gone; an owner that is not told again stays."""
    filled.put_assets([container(1, image_digest="sha256:1", labels={"team": "db"})])
    assert "ctr-1" in seen(filled, Reach(application="shop", labels=(("team", "db"),)))
    assert "ctr-1" not in seen(filled, Reach(labels=(("team", "web"),)))
    filled.put_assets([container(1, ownership=Ownership("production", "bank"), image_digest="sha256:1")])
    assert "ctr-1" not in seen(filled, *SHOP)
    with database.reading() as connection:
        rows = connection.execute(select(asset_marks.c.mark, asset_marks.c.value).where(asset_marks.c.id == "ctr-1")).all()
    assert sorted(map(tuple, rows)) == [("application", "bank"), ("environment", "production")]


def test_a_family_that_nobody_thought_of_shows_nothing(database: Database) -> None:
    """Whatever columns it has."""
    with database.reading() as connection:
        query = select(schema.registry_tags.c.id).where(visible("tag", schema.registry_tags, SHOP))
        assert connection.execute(query).all() == []
