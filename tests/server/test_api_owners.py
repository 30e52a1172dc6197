"""Who answers for what, through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.owners import import_owners
from periderm.model.owner_table import OwnerSource
from periderm.model.principal import LOCAL_ADMIN
from tests.server.client import Client

RULES = "/api/v1/owner-rules"


TABLES = "/api/v1/owner-tables"


def test_a_table_is_tried_put_looked_at_and_removed(told: Application, person: Client) -> None:
    """In CSV; a dry run changes nothing."""
    table = b"name,owner\nshop-web-*,team-x\n"
    tried = person.ask("PUT", f"{TABLES}/cmdb?dry=yes", table, {"content_type": "text/csv"})
    assert (tried.status, tried.json()["dry"], person.get(TABLES).json()) == (200, True, [])
    assert person.ask("PUT", f"{TABLES}/cmdb", table, {"content_type": "text/csv"}).json()["rows"] == 1
    found = person.get(f"{TABLES}/cmdb").json()
    assert (found["table"]["count"], found["matched"] > 0) == (1, True)
    assert person.ask("PUT", f"{TABLES}/cmdb", b"no table", {"content_type": "text/csv"}).status == 400
    assert person.ask("PUT", f"{TABLES}/rules", table, {"content_type": "text/csv"}).status == 400
    assert person.ask("DELETE", f"{TABLES}/cmdb").status == 204
    assert person.get(f"{TABLES}/cmdb").status == 404


def test_a_table_is_fetched_from_where_an_administrator_says(told: Application, person: Client) -> None:
    """Not where nothing is fetched, nor from what only the machine may name; the address in lists has no key in it."""
    body = {"address": "https://cmdb.test/x?key=hush", "networks": ["127.0.0.0/8"]}
    refused = person.ask("PUT", f"{TABLES}/cmdb/source", msgspec.json.encode(body), {"content_type": "application/json"})
    assert refused.status == 403
    import_owners(told, LOCAL_ADMIN, "cmdb", (), fetch=OwnerSource(address="https://cmdb.test/x?key=hush"))
    assert "hush" not in person.get(TABLES).text + person.get(f"{TABLES}/cmdb").text
    assert person.post(f"{TABLES}/cmdb/fetch").status == 403
    assert person.post(f"{TABLES}/none/fetch").status == 404


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
