"""An understood search as SQL."""

from __future__ import annotations

import pytest

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.conditions import condition, has_index, indexed
from periderm.adapters.store_sql.store import SqlStore
from periderm.algorithms.searching.reading import read
from periderm.algorithms.searching.understanding import understand
from periderm.model.asset import Container, Image, Ownership
from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.model.search import Condition, Family, Match
from periderm.model.search_fields import FIELDS, Takes

TABLES = {
    Family.INCIDENT: ("incident", schema.incidents),
    Family.ALERT: ("alert", schema.alerts),
    Family.FINDING: ("finding", schema.findings),
    Family.VULNERABILITY: ("vulnerability", schema.vulnerabilities),
    Family.IMAGE: ("image", schema.places),
    Family.ASSET: ("asset", schema.assets),
    Family.BASELINE: ("baseline", schema.baselines),
}
VALUES = {Takes.LEVEL: "4", Takes.TIME: "1", Takes.PAIR: "a=b", Takes.NAME: "a*b", Takes.NUMBER: "1"}


def where(text: str) -> Condition:
    """Understood."""
    return understand(read(text), 10**18)


@pytest.mark.parametrize("family", TABLES)
def test_each_kind_has_a_test_for_each_field_that_it_knows(family: Family) -> None:
    """But for techniques, which `app.search` makes detectors of, and the two ends of a time. Others are refused."""
    what, table = TABLES[family]
    for field in FIELDS:
        if field.name in ("in", "since", "until", "technique"):
            continue
        wanted = Match(field.name, (VALUES.get(field.takes) or field.choices[0],))
        if family in field.of:
            assert condition(what, table, wanted) is not None
        else:
            with pytest.raises(UsageError):
                condition(what, table, wanted)


def test_assets_are_found_by_names_owners_and_labels(store: SqlStore) -> None:
    """In any case, with stars, and not by what they are not."""
    owned = Ownership(owner="Payments", application="shop")
    one = Container(id="con-1", name="Shop-Web", container_id="1", runtime="podman", node_id="n", ownership=owned)
    image = Image(id="img-1", name="shop/web:1", digest="sha256:aa", labels={"team": "blue"})
    store.put_assets([one, image])

    def found(text: str) -> list[str]:
        return sorted(asset.id for asset in store.assets(Query(where=where(text))).items)

    assert found("owner:payments") == ["con-1"]
    assert found("container:shop-*") == ["con-1"]
    assert found("container:*WEB") == ["con-1"]
    assert found("label:team=blue") == ["img-1"]
    assert found("image:shop/web:1") == ["img-1"]
    assert found("-owner:payments") == ["img-1"]
    assert found("owner:payments or label:team=blue") == ["con-1", "img-1"]
    assert found("container:shop_web") == []
    assert found("kind:container web") == ["con-1"]


def test_an_index_leads_only_where_there_is_one() -> None:
    """By the whole beginning of a value, or by its severity."""
    assert indexed(schema.alerts, where("owner:pay*"))
    assert not indexed(schema.alerts, where("owner:*ments"))
    assert indexed(schema.alerts, where("severity>=high"))
    assert not indexed(schema.alerts, where("severity<high"))
    assert not indexed(schema.places, where("severity>=high"))
    assert not indexed(schema.alerts, where("word"))
    assert has_index(schema.incidents, "state")
    assert not has_index(schema.places, "state")
