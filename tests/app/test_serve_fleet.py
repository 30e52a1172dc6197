"""What agents and workers ask of the server."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.respond import order
from periderm.app.serve_fleet import (
    LEASE_SECONDS,
    MOST_BASELINES,
    baseline_news,
    inventory_of,
    orders_for,
    policies_in_force,
    put_back_scan,
    renew_scan,
    take_scan,
)
from periderm.model.baseline import Baseline, Decision, Verdict
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, LimitError
from periderm.model.identity import workload_id
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.queue import Renewal
from tests.story import DIGEST, IMAGE_ID, INCIDENT_ID, NODE_ID, WORKLOAD_ID, FixedClock

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


def test_a_lease_is_renewed_and_given_back(empty: Application, clock: FixedClock) -> None:
    """By its holder alone; one whose result is on its way has longer."""
    request = ScanRequest(image_digest="sha256:aa", source="podman:aa", reference="a", node_id="n", requested=1)
    empty.store.put_scan_request(request)
    take_scan(empty, SERVICE, "worker-1", node_id="n", registries=False)
    clock.sleep(LEASE_SECONDS - 1)
    told = Renewal(worker="worker-1", image_digest="sha256:aa", doing="x" * 1000, done=0.5)
    assert renew_scan(empty, SERVICE, told) is True
    assert renew_scan(empty, SERVICE, msgspec.structs.replace(told, worker="worker-2")) is False
    clock.sleep(LEASE_SECONDS - 1)
    assert take_scan(empty, SERVICE, "worker-2") is None
    assert renew_scan(empty, SERVICE, msgspec.structs.replace(told, sending=True)) is True
    clock.sleep(LEASE_SECONDS * 3)
    assert take_scan(empty, SERVICE, "worker-2") is None
    assert put_back_scan(empty, SERVICE, Renewal(worker="worker-2", image_digest="sha256:aa")) is False
    assert put_back_scan(empty, SERVICE, told) is True
    assert take_scan(empty, SERVICE, "worker-2") == request


def test_an_image_that_kills_workers_is_a_finding_and_a_gap(told: Application, clock: FixedClock) -> None:
    """Of an image that is known as an asset both; and no worker gets it any more."""
    request = ScanRequest(image_digest=DIGEST, source="podman:aa", reference="a", node_id="n", requested=1)
    told.store.put_scan_request(request, again=True)
    for _ in range(3):
        assert take_scan(told, SERVICE, "worker") == request
        clock.sleep(LEASE_SECONDS + 1)
    assert take_scan(told, SERVICE, "worker") is None
    assert told.store.findings(Query(kind="not-examined", image_digest=DIGEST)).total == 1
    assert told.store.gaps(Query(kind="not-examined", asset_id=IMAGE_ID)).total == 1


def test_people_take_no_work(told: Application) -> None:
    """Orders and scans are for our own processes."""
    with pytest.raises(DeniedError):
        orders_for(told, READER, NODE_ID)
    with pytest.raises(DeniedError):
        take_scan(told, READER, "worker")
    with pytest.raises(DeniedError):
        renew_scan(told, READER, Renewal(worker="w", image_digest="x"))
    with pytest.raises(DeniedError):
        put_back_scan(told, READER, Renewal(worker="w", image_digest="x"))


def test_nodes_are_told_what_is_new_of_baselines(empty: Application) -> None:
    """With decisions, but not the alerts that people made them from; nobody asks for the whole fleet's at once."""
    decision = Decision(id="d", verdict=Verdict.ACCEPT, time=1, author="user:ada", reason="known", alerts=("alt-1",))
    empty.store.put_baselines([Baseline(workload_id="w", decisions=(decision,))])
    (news,) = baseline_news(empty, SERVICE, {"w": "", "unknown": ""})
    assert news.baseline.decisions == (msgspec.structs.replace(decision, alerts=()),)
    assert baseline_news(empty, SERVICE, {"w": news.version}) == []
    with pytest.raises(LimitError):
        baseline_news(empty, SERVICE, {str(n): "" for n in range(MOST_BASELINES + 1)})
    with pytest.raises(DeniedError):
        baseline_news(empty, Principal("nobody", frozenset()), {})


NODE = Principal(f"node:{NODE_ID}", frozenset({Permission.INGEST}), NODE_ID)
FOE = Principal("node:node-foe", frozenset({Permission.INGEST}), "node-foe")


def test_a_node_is_told_of_what_runs_on_it_only(told: Application) -> None:
    """Inventories of its images, baselines of its workloads; of others' it does not even learn that they are there."""
    assert inventory_of(told, NODE, DIGEST) is not None
    assert inventory_of(told, FOE, DIGEST) is None
    told.store.put_baselines([Baseline(workload_id=WORKLOAD_ID, since=1), Baseline(workload_id=NODE_ID, since=1)])
    asked = {WORKLOAD_ID: "", NODE_ID: ""}
    assert {news.baseline.workload_id for news in baseline_news(told, NODE, asked)} == set(asked)
    assert baseline_news(told, FOE, asked) == []


def test_a_service_of_machines_is_told_to_those_that_watched_it(told: Application) -> None:
    """It is one workload wherever it runs; who never told anything of it learns nothing."""
    service = workload_id("service", "", "/usr/sbin/sshd")
    told.store.put_baselines([Baseline(workload_id=service, name="service:/usr/sbin/sshd", observed={NODE_ID: 60})])
    for _ in range(2):
        assert len(baseline_news(told, NODE, {service: ""})) == 1
        assert baseline_news(told, FOE, {service: ""}) == []


def test_a_node_asks_for_its_own_orders_only(told: Application) -> None:
    """Another's are denied, not merely empty."""
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert orders_for(told, NODE, NODE_ID) == [record.effect]
    assert orders_for(told, FOE, "node-foe") == []
    with pytest.raises(DeniedError, match="only for itself"):
        orders_for(told, FOE, NODE_ID)


def test_a_nodes_worker_takes_its_own_images_and_holds_its_own_leases(empty: Application) -> None:
    """No other node's, none of a registry; and by another's worker's name it neither renews nor gives back."""
    mine = ScanRequest(image_digest="sha256:aa", source="podman:aa", reference="a", node_id="node-foe", requested=1)
    theirs = msgspec.structs.replace(mine, image_digest="sha256:bb", node_id=NODE_ID)
    remote = msgspec.structs.replace(mine, image_digest="sha256:cc", source="registry:r.example/x:1", node_id="")
    for request in (mine, theirs, remote):
        empty.store.put_scan_request(request)
    with pytest.raises(DeniedError, match="only for itself"):
        take_scan(empty, FOE, "worker", node_id=NODE_ID)
    assert take_scan(empty, FOE, "worker") == mine
    assert take_scan(empty, FOE, "worker") is None
    assert take_scan(empty, NODE, "worker") == theirs
    told = Renewal(worker="worker", image_digest="sha256:bb")
    assert renew_scan(empty, FOE, told) is False
    assert put_back_scan(empty, FOE, told) is False
    assert renew_scan(empty, NODE, told) is True
    assert put_back_scan(empty, NODE, told) is True
