"""Who answers for what, through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.owners import import_owners
from periderm.model.principal import LOCAL_ADMIN
from tests.server.client import Client

RULES = "/api/v1/owner-rules"


def test_rules_are_tried_and_put(told: Application, person: Client) -> None:
    """A dry run says what it would change; whoever saw another state is refused."""
    import_owners(told, LOCAL_ADMIN, "cmdb", (), source="cmdb.csv")
    (table,) = person.get("/api/v1/owner-tables").json()
    assert (table["name"], table["rows"], table["fetch"]) == ("cmdb", 0, None)
    before = person.get(RULES).json()
    assert before["rows"] == []
    given = {"rules": [{"name": "*", "ownership": {"owner": "team-all"}}], "state": before["state"], "dry": True}
    tried = person.post(RULES, msgspec.json.encode(given))
    assert tried.status == 200
    assert tried.json()["changed"] >= 1
    assert person.get(RULES).json() == before
    given["dry"] = False
    assert person.post(RULES, msgspec.json.encode(given)).status == 200
    assert len(person.get(RULES).json()["rows"]) == 1
    assert person.post(RULES, msgspec.json.encode(given)).status == 400
