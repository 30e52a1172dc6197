"""Scans: who waits, who works, what was found."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.query import Query
from tests.ports.plugs import finding, image, inventory


def request(number: int) -> ScanRequest:
    """An image that waits."""
    return ScanRequest(image_digest=f"sha256:{number}", source="x", reference="r", node_id="nod-1", requested=number)


def test_each_step_of_a_scan_is_told(store: SqlStore) -> None:
    """It waits, it is taken, it is done."""
    store.put_scan_request(request(1))
    store.take_scan("w", 10, 1)
    store.put_scan_result(ScanResult(image_digest="sha256:1", node_id="nod-1", time=5, seconds=1.0, findings=()))
    assert [change.what for change in store.changes(0)] == ["scan"] * 3


def test_a_result_of_an_image_that_nobody_asked_for(store: SqlStore) -> None:
    """A scan from the command line: found by the image's digest, with its inventory, before the image is known."""
    result = ScanResult(
        image_digest="sha256:1", node_id="nod-1", time=5, seconds=1.0, findings=(finding(1),), inventory=inventory(1)
    )
    store.put_scan_result(result)
    assert store.inventory("sha256:1") == inventory(1)
    assert store.findings(Query(image_digest="sha256:1")).total == 1
    assert store.scan_results(Query(node_id="nod-1", image_digest="sha256:1")).total == 1
    assert store.put_scan_request(request(1)) is False


def test_an_image_on_two_nodes_is_scanned_for_both(store: SqlStore) -> None:
    """Both assets with that digest say so."""
    store.put_assets([image(1, node_id="nod-1"), image(2, digest="sha256:1", node_id="nod-2")])
    store.put_scan_result(ScanResult(image_digest="sha256:1", node_id="nod-1", time=5, seconds=1.0, findings=()))
    assert [getattr(item, "scanned_at", 0) for item in store.assets(Query()).items] == [5, 5]
