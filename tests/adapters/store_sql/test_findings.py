"""Findings and the images they belong to."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from tests.ports.plugs import container, finding, image


def test_a_finding_knows_its_image(store: SqlStore) -> None:
    """Put by itself it is found by the digest of the image that its asset is; one of a container is not."""
    store.put_assets([image(1), container(1, image_digest="sha256:1")])
    store.put_findings([finding(1), finding(2, asset_id="ctr-1"), finding(3, asset_id="unknown")])
    assert [item.id for item in store.findings(Query(image_digest="sha256:1")).items] == ["fnd-0001"]
    assert store.findings(Query()).total == 3


def test_many_assets_in_one_put(store: SqlStore) -> None:
    """More than one question to the database can name."""
    store.put_assets(image(number) for number in range(1200))
    store.put_findings(finding(number, asset_id=f"img-{number}") for number in range(1200))
    assert store.findings(Query(limit=1)).total == 1200
    assert store.findings(Query(image_digest="sha256:1111")).total == 1
