"""The server as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from periderm.app.application import Application
from periderm.console import assets
from periderm.model.errors import UsageError
from periderm.server.create import create_server
from tests.server.client import Client


def test_nothing_is_read_without_a_caller(told: Application, server: Starlette, stranger: Client) -> None:
    """Every route but the ones that must be public refuses a stranger, whatever will be added later."""
    public = {"/api/v1/openapi.json", "/sign-in", "/sign-out", "/static/{name}", "/favicon.ico", "/healthz", "/readyz"}
    for route in server.routes:
        assert isinstance(route, Route)
        if route.path in public:
            continue
        for method in (route.methods or set()) - {"HEAD"}:
            path = route.path.replace("{id}", "inc-shop").replace("{digest}", "sha256:00")
            answer = stranger.ask(method, path, b"", {"origin": "http://127.0.0.1:8843"})
            # A webhook's caller proves himself by its own secret, and nobody is told whether there is one.
            assert answer.status == (403 if path.startswith("/api/v1/webhooks/") else 401), (method, path)
            assert b"kworkerds" not in answer.body
            assert b"shop-web" not in answer.body


def test_a_bad_number_to_begin_from_is_told(service: Client) -> None:
    """In the address or the browser's own header."""
    for path, headers in (("/api/v1/events?after=x", {}), ("/api/v1/events", {"last_event_id": "-1"})):
        assert service.get(path, **headers).status == 400
    assert service.get("/api/v1/events?foo=1").status == 400


def test_assets_that_were_not_built_are_told(empty: Application, tmp_path: Path) -> None:
    """With the command that builds them."""
    with pytest.raises(UsageError, match="not built"):
        create_server(empty, "token", built=assets.load(tmp_path))
