"""Answers are counted by route."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.meters import Meters
from periderm.console import assets
from periderm.flow import tracing
from periderm.flow.tracing import Tracer
from periderm.model.trace import Span
from periderm.server.create import create_server
from tests.server.client import Client
from tests.story import FixedClock


@pytest.fixture
def spans(clock: FixedClock) -> Iterator[list[Span]]:
    """What is traced."""
    found: list[Span] = []
    tracing.begin(Tracer(found.append, clock, lambda size: b"\1" * size))
    yield found
    tracing.begin(None)


def test_what_a_caller_writes_makes_no_series(empty: Application, built: assets.Assets, spans: list[Span]) -> None:
    """Ids, unknown addresses and odd methods are told by their route or as 'other'; so are spans."""
    meters = Meters()
    client = Client(create_server(msgspec.structs.replace(empty, meters=meters), "service-secret", built=built))
    client.headers["authorization"] = "Bearer service-secret"
    try:
        for path in ("/api/v1/incidents/a", "/api/v1/incidents/b", "/nowhere/1", "/nowhere/2", "/healthz"):
            client.get(path)
    finally:
        client.close()
    counted = next(family for family in meters.families() if family.name == "periderm_http_requests_total")
    found = {(dict(s.labels)["route"], dict(s.labels)["code"]): s.value for s in counted.samples}
    assert found == {("/api/v1/incidents/{id}", "404"): 2, ("other", "404"): 2, ("/healthz", "200"): 1}
    assert [span.name for span in spans] == ["GET /api/v1/incidents/{id}"] * 2 + ["GET other"] * 2
