"""Health, readiness and figures of a server."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from periderm.app.application import Application
from periderm.app.meters import Meters
from periderm.console import assets
from periderm.model.envelope import Heartbeat
from periderm.server.create import create_server
from periderm.server.operations import KEPT_NS
from tests.server.client import Client
from tests.story import FixedClock

SCRAPER = "Bearer scraper-secret"


@pytest.fixture
def measured(empty: Application) -> Application:
    """With meters, a token, and settings that may change."""
    return msgspec.structs.replace(empty, meters=Meters(), metrics_token="scraper-secret")


@pytest.fixture
def scraper(measured: Application, built: assets.Assets) -> Iterator[Client]:
    """Somebody with the metrics token."""
    client = Client(create_server(measured, "service-secret", built=built), authorization=SCRAPER)
    yield client
    client.close()


def test_a_stranger_learns_only_whether_it_works(stranger: Client, empty: Application, clock: FixedClock) -> None:
    """It lives before it is ready; ready when its digest has spoken. No figures, and no detail."""
    assert (stranger.get("/healthz").status, stranger.get("/healthz").text) == (200, "ok\n")
    answer = stranger.get("/readyz")
    assert (answer.status, answer.json()) == (
        503,
        {"ready": False, "checks": {"store": "ok", "digest": "not started", "spool": "ok", "background": "ok"}},
    )
    empty.store.put_heartbeat(Heartbeat(role="server", node_id="", pid=1, time=clock.now(), version="1"))
    assert stranger.get("/readyz").status == 503  # the answer of a second ago
    clock.time += KEPT_NS
    assert stranger.get("/readyz").status == 200
    refused = stranger.get("/metrics")
    assert (refused.status, "periderm_" in refused.text) == (401, False)


def test_figures_need_a_token_that_opens_nothing_else(scraper: Client) -> None:
    """As Prometheus reads them, with its media type; the API is closed to that token."""
    answer = scraper.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert {family.name for family in text_string_to_metric_families(answer.text)} >= {
        "periderm_build_info",
        "periderm_scan_jobs",
    }
    assert scraper.get("/api/v1/incidents").status == 401


def test_the_service_and_people_may_read_them(service: Client, person: Client) -> None:
    """They may read everything."""
    assert service.get("/metrics").status == 200
    assert person.get("/metrics").status == 200


def test_they_can_be_opened_while_it_runs(measured: Application, built: assets.Assets) -> None:
    """By the live settings."""
    settings = [measured.settings]
    app = msgspec.structs.replace(measured, live=lambda: settings[0])
    client = Client(create_server(app, "x" * 40, built=built))
    try:
        assert client.get("/metrics").status == 401
        settings[0] = msgspec.structs.replace(measured.settings, metrics_open=True)
        assert client.get("/metrics").status == 200
    finally:
        client.close()
