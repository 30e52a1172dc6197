"""Jira's issues: made, told what is new, closed by the workflow's own transitions, and found again."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from periderm.adapters.notifier_net.jira import Jira
from periderm.formats.notices.issues import marker
from periderm.model.errors import NotifierError
from periderm.model.notice import Occasion, Ticket
from tests.adapters.notifier_net.conftest import http
from tests.told import Asked, message, notice, place

STATES = {"1": ("To Do", "new"), "2": ("In Arbeit", "indeterminate"), "3": ("Fertig", "done")}


class Server:
    """What Jira does of REST API 2, as far as we ask; `cloud` has only the newer search."""

    def __init__(self, *, cloud: bool = True) -> None:
        self.cloud = cloud
        self.issues: dict[str, dict[str, Any]] = {}
        self.closable = True

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        path, _, query = asked.path.removeprefix("/jira/rest/api/2/").partition("?")
        if asked.headers.get("authorization", "")[:6] != "Basic ":
            return 401, b""
        if path == "issue" and asked.method == "POST":
            key = f"OPS-{len(self.issues) + 1}"
            self.issues[key] = {"fields": asked.json()["fields"], "state": "1", "comments": []}
            return 201, {"id": "1", "key": key, "self": "x"}
        if path in ("search", "search/jql"):
            return self._search(path, query)
        if path == "mypermissions":
            return 200, {"permissions": {"CREATE_ISSUES": {"havePermission": "projectKey=OPS" in query}}}
        found = re.fullmatch(r"issue/([^/]+)(?:/(comment|transitions))?", path)
        if found is None or found[1] not in self.issues:
            return 404, {"errorMessages": ["Issue does not exist"]}
        return self._one(found[1], found[2], asked)

    def _search(self, path: str, query: str) -> tuple[int, Any]:
        if (path == "search/jql") is not self.cloud:
            return 404 if not self.cloud else 410, b""
        mark = re.search(r'labels = "([^"]+)"', unquote(query))
        assert mark is not None
        return 200, {"issues": [self._shown(k) for k, i in self.issues.items() if mark[1] in i["fields"]["labels"]]}

    def _one(self, key: str, part: str | None, asked: Asked) -> tuple[int, Any]:
        issue = self.issues[key]
        if part is None:
            return 200, self._shown(key)
        if part == "comment":
            issue["comments"].append(asked.json()["body"])
            return 201, {"id": "1"}
        if asked.method == "POST":
            issue["state"] = asked.json()["transition"]["id"][-1]
            return 204, b""
        there = [s for s in STATES if s != issue["state"] and (self.closable or s != "3")]
        return 200, {
            "transitions": [
                {"id": f"1{s}", "name": f"Nach {STATES[s][0]}", "to": {"statusCategory": {"key": STATES[s][1]}}} for s in there
            ]
        }

    def _shown(self, key: str) -> dict[str, Any]:
        name, category = STATES[self.issues[key]["state"]]
        return {"key": key, "fields": {"status": {"name": name, "statusCategory": {"key": category}}}}


def jira(place: Any, **more: Any) -> Jira:
    """What asks the place."""
    return Jira(http(place, "/jira/"), "u:token", "OPS", base="https://jira.test", **more)


@pytest.mark.parametrize("cloud", [True, False])
def test_an_issue_follows_its_incident(cloud: bool) -> None:
    """Made, commented, closed, opened again: by the category of a status, whatever its language."""
    server = Server(cloud=cloud)
    with place(server) as there:
        tracker = jira(there, labels=["security"])
        ticket = tracker.put(message(), None, open_=True)
        assert (ticket.key, ticket.url, ticket.open) == ("OPS-1", "https://jira.test/browse/OPS-1", True)
        grown = message(notice(occasion=Occasion.INCIDENT_GROWN))
        assert tracker.put(grown, ticket, open_=True).status == "To Do"
        closed = tracker.put(message(notice(occasion=Occasion.INCIDENT_CLOSED, ends=True)), ticket, open_=False)
        assert (closed.open, closed.status) == (False, "Fertig")
        assert tracker.put(message(notice(occasion=Occasion.INCIDENT_REOPENED)), closed, open_=True).open
    (issue,) = server.issues.values()
    assert issue["fields"]["labels"] == ["periderm", marker("inc-shop"), "security"]
    assert len(issue["comments"]) == 3


def test_an_answer_that_was_lost_makes_no_second_issue() -> None:
    """The first is found by its label, and not commented with what it says already."""
    server = Server()
    with place(server) as there:
        jira(there).put(message(), None, open_=True)
        assert jira(there).put(message(), None, open_=True).key == "OPS-1"
    assert [i["comments"] for i in server.issues.values()] == [[]]


def test_an_issue_that_was_deleted_is_made_anew() -> None:
    """People may do that; what goes on goes on."""
    server = Server()
    with place(server) as there:
        ticket = jira(there).put(message(), None, open_=True)
        server.issues.clear()
        assert jira(there).look(ticket) is None
        assert jira(there).put(message(), ticket, open_=True).key == "OPS-1"


def test_a_workflow_without_a_way_is_said() -> None:
    """With the option that names one."""
    server = Server()
    server.closable = False
    with place(server) as there:
        ticket = jira(there).put(message(), None, open_=True)
        with pytest.raises(NotifierError, match="No transition of OPS-1 closes it") as refused:
            jira(there).put(message(), ticket, open_=False)
        assert "close=NAME" in refused.value.next_step
        assert jira(there, close="nach in arbeit").put(message(), ticket, open_=False).status != "Fertig"


def test_rights_are_tried_without_making_anything() -> None:
    """And a wrong project or secret is said."""
    server = Server()
    with place(server) as there:
        assert "OPS" in jira(there).try_out()
        with pytest.raises(NotifierError, match="may not create"):
            Jira(http(there, "/jira"), "u:t", "OTHER").try_out()
        with pytest.raises(NotifierError, match="401"):
            Jira(http(there, "/jira"), "token-alone", "OPS").try_out()
    assert server.issues == {}


def test_a_key_is_only_a_key() -> None:
    """What a tracker once said goes nowhere else."""
    with place(Server()) as there:
        assert jira(there).look(Ticket(key="../../admin?x=/")) is None
        assert there.asked[0].path == "/jira/rest/api/2/issue/..%2F..%2Fadmin%3Fx%3D%2F?fields=status"
        there.script = lambda _: (200, [1])
        with pytest.raises(NotifierError, match="not understood"):
            jira(there).look(Ticket(key="OPS-1"))
    assert msgspec.json.encode(Ticket(key="a"))
