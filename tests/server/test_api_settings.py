"""Settings through the API."""

from __future__ import annotations

from tests.server.client import Client


def test_only_people_who_administer_see_them(person: Client, service: Client) -> None:
    """Our own processes do not."""
    assert person.get("/api/v1/settings").json()["settings"] == []
    assert service.get("/api/v1/settings").status == 403
