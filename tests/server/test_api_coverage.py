"""Coverage, self-tests and rules through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.tested import CoverageReport
from periderm.model.exercise import Outcome, SelfTest
from tests.app.test_tested import result, run
from tests.server.client import Client


def test_the_matrix_and_the_runs(empty: Application, service: Client) -> None:
    """As the page shows them."""
    empty.store.put_selftest(run(5, result("A", Outcome.SEEN, "T1190", seconds=0.5)))
    report = msgspec.json.decode(service.get("/api/v1/coverage").body, type=CoverageReport)
    assert next(m for m in report.techniques if m.covered.id == "T1190").seen == 1
    (got,) = msgspec.json.decode(service.get("/api/v1/selftests").body, type=list[SelfTest])
    assert got.id == "slf-5"


def test_rules_that_cannot_be_read_are_told(empty: Application, service: Client) -> None:
    """With where to ask."""
    answer = service.get("/api/v1/rules")
    assert answer.status == 404
    assert "periderm rules list" in answer.text


def test_an_undo_needs_something_that_holds(told: Application, service: Client) -> None:
    """A kill is no such thing, nor is what never was."""
    assert service.post("/api/v1/effects/eff-kill/undo", b'{"reason":"x"}').status in (400, 403)
    assert service.post("/api/v1/effects/eff-none/undo", b'{"reason":"x"}').status in (403, 404)
