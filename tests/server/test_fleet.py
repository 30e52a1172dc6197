"""The door of agents: what is served there, and that nothing else is."""

from __future__ import annotations

from periderm.server.endpoints import MSGPACK
from periderm.server.fleet import FLEET, create_fleet_server
from periderm.server.internal import INTERNAL


def test_only_what_agents_use_is_served(empty: object) -> None:
    """No list of anything, no console, no API of people: what is not there cannot be reached with a stolen certificate."""
    server = create_fleet_server(empty)  # type: ignore[arg-type]  # any application
    paths = {route.path for route in server.routes}  # type: ignore[attr-defined]  # all are routes
    assert paths == {endpoint.path for endpoint in (*FLEET, *INTERNAL)}
    assert all(path.startswith(("/api/v1/fleet/", "/api/v1/internal/", "/api/v1/ingest")) for path in paths)


def test_what_is_sent_is_small() -> None:
    """Strangers may send to two of them: a small body, in a form that is checked."""
    for endpoint in FLEET:
        assert endpoint.body_limit <= 64 * 1024
        assert endpoint.body is None or endpoint.body_media == MSGPACK
