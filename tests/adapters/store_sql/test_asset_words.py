"""The names by which assets are searched."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.asset_words import words_of
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.derived import WORDS_ASKED, derive
from periderm.adapters.store_sql.schema_search import asset_words
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Container, Ownership


def box(**given: object) -> Container:
    """One container."""
    return Container(id="con-1", name="Shop", container_id="1", runtime="podman", node_id="n", **given)  # type: ignore[arg-type]  # any field


def test_words_are_folded_and_bounded() -> None:
    """A thousand labels are not a thousand rows."""
    assert words_of(box(ownership=Ownership(owner="Ann"), image_name="a/b:1")) >= {
        ("container", "shop"),
        ("owner", "ann"),
        ("image", "a/b:1"),
    }
    assert len(words_of(box(labels={str(n): "x" for n in range(1000)}))) < 100


@pytest.mark.parametrize("asked", [False, True])
def test_they_follow_the_asset_and_are_made_again_when_asked(store: SqlStore, database: Database, asked: bool) -> None:
    """A step of the schema asks by a counter."""
    store.put_assets([box(ownership=Ownership(owner="Ann"))])
    store.put_assets([box(ownership=Ownership(owner="Bo"))])
    with database.writing() as transaction:
        if asked:
            transaction.connection.execute(delete(asset_words))
            transaction.connection.execute(insert(schema.counters), [{"id": WORDS_ASKED, "value": 1}])
    derive(database)
    with database.reading() as connection:
        rows = connection.execute(select(asset_words.c.value).where(asset_words.c.field == "owner")).scalars().all()
        left = connection.execute(select(schema.counters.c.id).where(schema.counters.c.id == WORDS_ASKED)).all()
    assert list(rows) == ["bo"]
    assert left == []
