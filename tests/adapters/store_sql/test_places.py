"""Places: the row of each image follows what changes."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.places import BASE_NAME
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.envelope import ScanResult
from periderm.model.image import ImageConfig
from periderm.model.query import Query
from tests.ports.plugs import container, finding, image, inventory
from tests.ports.test_store_scans import vulnerable


def test_the_base_image_is_what_its_builder_wrote_down(store: SqlStore) -> None:
    """From the label that image-spec names for it."""

    told = msgspec.structs.replace(inventory(1), config=ImageConfig(labels={BASE_NAME: "docker.io/library/debian:12"}))
    store.put_scan_result(ScanResult(image_digest="sha256:1", node_id="n", time=5, seconds=1.0, findings=(), inventory=told))
    assert [state.base for state in store.images(Query(text="library/debian")).items] == ["docker.io/library/debian:12"]


def test_two_assets_of_one_digest_are_one_image(store: SqlStore) -> None:
    """First and last seen over both, the name of the one seen last."""
    store.put_assets([image(1, first_seen=5, last_seen=10, name="old")])
    store.put_assets([image(2, digest="sha256:1", first_seen=7, last_seen=20, name="new")])
    found = store.images(Query()).items
    assert [(s.name, s.first_seen, s.last_seen) for s in found] == [("new", 5, 20)]


def test_findings_put_by_themselves_count_too(store: SqlStore) -> None:
    """Those that are matched again come without a scan."""
    store.put_assets([image(1)])
    store.put_findings([finding(1), vulnerable(2)])
    state = store.images(Query()).items[0]
    assert (state.findings, state.vulnerabilities) == ({"high": 2}, 1)


def test_a_container_that_moves_to_another_image(store: SqlStore) -> None:
    """It counts where it is now."""
    store.put_assets([image(1), image(2), container(1, image_digest="sha256:1", running=True)])
    store.put_assets([container(1, image_digest="sha256:2", running=True)])
    assert {state.digest: state.running for state in store.images(Query()).items} == {"sha256:1": 0, "sha256:2": 1}
