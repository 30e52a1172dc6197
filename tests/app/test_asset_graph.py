"""What hangs together with an asset."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import asset_graph as g
from periderm.app.application import Application
from periderm.app.asset_graph import LineKind, PointKind, asset_graph
from periderm.model.behaviour import Aspect
from periderm.model.errors import NotFoundError
from periderm.model.principal import LOCAL_ADMIN
from tests.baseline_story import NGINX, baseline, entry
from tests.story import CONTAINER_ID, IMAGE_ID, INCIDENT_ID, NODE_ID, WORKLOAD_ID, container, findings


def test_a_container_hangs_on_its_image_node_workload_and_owner(told: Application) -> None:
    """And has its incidents and the weaknesses of its image, the gravest first."""
    found = asset_graph(told, LOCAL_ADMIN, CONTAINER_ID)
    lines = {(line.kind, line.source, line.target) for line in found.lines}
    assert lines >= {
        (LineKind.SOURCE, IMAGE_ID, CONTAINER_ID),
        (LineKind.HOLDS, NODE_ID, CONTAINER_ID),
        (LineKind.REPLICA, WORKLOAD_ID, CONTAINER_ID),
        (LineKind.OWNS, "owner", CONTAINER_ID),
        (LineKind.HIT, CONTAINER_ID, INCIDENT_ID),
        (LineKind.WEAK, CONTAINER_ID, "fnd-secret-cloud"),
    }
    owner = next(p for p in found.points if p.kind is PointKind.OWNER)
    assert owner.name.en == "team-shop · shop · production"
    graves = [p.id for p in found.points if p.kind is PointKind.FINDING]
    assert graves[0] == "fnd-secret-cloud"


def test_an_image_holds_what_runs_from_it(told: Application) -> None:
    """An incident hangs on the container that it hit."""
    found = asset_graph(told, LOCAL_ADMIN, IMAGE_ID)
    lines = {(line.kind, line.source, line.target) for line in found.lines}
    assert (LineKind.SOURCE, IMAGE_ID, CONTAINER_ID) in lines
    assert (LineKind.HIT, CONTAINER_ID, INCIDENT_ID) in lines
    for other in (NODE_ID, WORKLOAD_ID):
        assert any(p.id == INCIDENT_ID for p in asset_graph(told, LOCAL_ADMIN, other).points)


def test_peers_come_from_the_baseline(told: Application) -> None:
    """The network's part of it; a Unix socket is no peer."""
    entries = [entry(Aspect.CONNECT, NGINX, f"tcp/5432 10.0.0.{n}") for n in range(12)]
    told.store.put_baselines([baseline(WORKLOAD_ID, "web", *entries, entry(Aspect.CONNECT, NGINX, "unix /run/x"))])
    peers = [p for p in asset_graph(told, LOCAL_ADMIN, CONTAINER_ID).points if p.kind is PointKind.PEER]
    assert len(peers) == g.PEERS + 1
    assert peers[-1].count == 12 - g.PEERS
    assert all("unix" not in p.name.en for p in peers)


def test_it_never_has_more_than_forty_points(told: Application) -> None:
    """What finds no room is counted, and nothing is left without a word."""
    now = told.clock.now()
    told.store.put_assets([container(n, now) for n in range(20, 120)])
    told.store.put_findings([msgspec.structs.replace(findings(now)[0], id=f"fnd-{n}") for n in range(50)])
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    for n in range(30):
        told.store.put_incident(msgspec.structs.replace(incident, id=f"inc-{n}"))
    for name in (CONTAINER_ID, IMAGE_ID, WORKLOAD_ID, NODE_ID):
        found = asset_graph(told, LOCAL_ADMIN, name)
        assert len(found.points) <= g.MOST
        ids = {p.id for p in found.points}
        assert all(line.source in ids and line.target in ids for line in found.lines)
        assert any(p.kind is PointKind.INCIDENT and p.count for p in found.points)
    more = next(p for p in asset_graph(told, LOCAL_ADMIN, IMAGE_ID).points if p.kind is PointKind.CONTAINER and p.count)
    assert more.count == 103 - g.CONTAINERS


def test_nobody_known_is_a_point_too(told: Application) -> None:
    """Of a container and a node; an asset that is not there is told."""
    found = asset_graph(told, LOCAL_ADMIN, "con-cache")
    owner = next(p for p in found.points if p.kind is PointKind.OWNER)
    assert owner.name.en == ""
    with pytest.raises(NotFoundError):
        asset_graph(told, LOCAL_ADMIN, "con-none")
