"""What agents and workers ask of the server."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.respond import order
from periderm.app.serve_fleet import LEASE_SECONDS, inventory_of, orders_for, policies_in_force, take_scan
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.story import DIGEST, INCIDENT_ID, NODE_ID, FixedClock

SERVICE = Principal("service", frozenset({Permission.READ, Permission.INGEST}))
READER = Principal("user:reader", frozenset({Permission.READ}))


def test_policies_and_inventories_are_read(told: Application) -> None:
    """By digest; None for what was not scanned."""
    assert {p.id for p in policies_in_force(told, SERVICE)} == {"pol-default", "pol-shop"}
    found = inventory_of(told, SERVICE, DIGEST)
    assert found is not None
    assert found.digest == DIGEST
    assert inventory_of(told, SERVICE, "sha256:00") is None


def test_orders_go_to_their_node_only(told: Application) -> None:
    """And only those that wait."""
    assert orders_for(told, SERVICE, NODE_ID) == []
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert orders_for(told, SERVICE, NODE_ID) == [record.effect]
    assert orders_for(told, SERVICE, "nod-other") == []


def test_a_scan_is_leased(empty: Application, clock: FixedClock) -> None:
    """Nobody else gets it until the lease is over."""
    request = ScanRequest(image_digest="sha256:aa", source="podman:aa", reference="a", node_id="n", requested=1)
    empty.store.put_scan_request(request)
    assert take_scan(empty, SERVICE, "worker-1") == request
    assert take_scan(empty, SERVICE, "worker-2") is None
    clock.sleep(LEASE_SECONDS + 1)
    assert take_scan(empty, SERVICE, "worker-2") == request


def test_people_take_no_work(told: Application) -> None:
    """Orders and scans are for our own processes."""
    with pytest.raises(DeniedError):
        orders_for(told, READER, NODE_ID)
    with pytest.raises(DeniedError):
        take_scan(told, READER, "worker")
