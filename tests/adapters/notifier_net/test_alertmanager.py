"""Alertmanager: its address, with a route prefix or none, and who asks."""

from __future__ import annotations

import pytest

from periderm.adapters.notifier_net.alertmanager import Alertmanager
from tests.adapters.notifier_net.conftest import http
from tests.told import message, notice, place


@pytest.mark.parametrize(("prefix", "path"), [("", "/api/v2/alerts"), ("/", "/api/v2/alerts"), ("/am/", "/am/api/v2/alerts")])
def test_alerts_are_posted(prefix: str, path: str) -> None:
    """All in one request."""
    with place(lambda _: (200, b"")) as there:
        Alertmanager(http(there, prefix), "user:word").deliver(message(notice(), notice(subject_id="inc-2")))
    (asked,) = there.asked
    assert (asked.method, asked.path) == ("POST", path)
    assert asked.headers["authorization"].startswith("Basic ")
    assert [a["labels"]["subject"] for a in asked.json()] == ["inc-shop", "inc-2"]
