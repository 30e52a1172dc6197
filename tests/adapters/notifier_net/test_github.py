"""GitHub's issues: made, told what is new, closed, opened again, and found again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from periderm.adapters.notifier_net.github import GitHub
from periderm.model.errors import NotifierError
from periderm.model.notice import Occasion, Ticket
from tests.adapters.notifier_net.conftest import http
from tests.told import Asked, message, notice, place


class Server:
    """What GitHub's API does, as far as we ask."""

    def __init__(self) -> None:
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: list[str] = []

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        assert asked.headers["accept"] == "application/vnd.github+json"
        assert asked.headers["authorization"] == "Bearer token"
        path = asked.path.partition("?")[0].removeprefix("/repos/team/shop")
        if path == "":
            return 200, {"full_name": "team/shop", "has_issues": True, "archived": False}
        if path == "/issues" and asked.method == "GET":
            return 200, list(reversed(self.issues.values()))
        if path == "/issues":
            number = len(self.issues) + 1
            url = f"https://github.test/team/shop/issues/{number}"
            self.issues[number] = {"number": number, "state": "open", "html_url": url, **asked.json()}
            return 201, self.issues[number]
        found = re.fullmatch(r"/issues/(\d+)(/comments)?", path)
        if found is None or int(found[1]) not in self.issues:
            return 404, {"message": "Not Found"}
        issue = self.issues[int(found[1])]
        if found[2]:
            self.comments.append(asked.json()["body"])
            return 201, {}
        if asked.method == "PATCH":
            issue |= asked.json()
        return 200, issue


def github(place: Any) -> GitHub:
    """What asks the place."""
    return GitHub(http(place, "/"), "token", "team/shop", labels=["security"])


def test_an_issue_follows_its_incident() -> None:
    """Made, commented, closed, opened again."""
    server = Server()
    with place(server) as there:
        tracker = github(there)
        ticket = tracker.put(message(), None, open_=True)
        assert ticket == Ticket(key="#1", url="https://github.test/team/shop/issues/1", open=True, status="open")
        tracker.put(message(notice(occasion=Occasion.INCIDENT_GROWN)), ticket, open_=True)
        closed = tracker.put(message(notice(occasion=Occasion.INCIDENT_CLOSED, ends=True)), ticket, open_=False)
        assert (closed.open, closed.status) == (False, "closed (completed)")
        again = tracker.put(message(notice(occasion=Occasion.INCIDENT_REOPENED)), closed, open_=True)
        assert again.open
    assert server.issues[1]["labels"] == ["security"]
    assert len(server.comments) == 3


def test_an_answer_that_was_lost_makes_no_second_issue() -> None:
    """The first is found by its mark; a pull request with the same mark is none."""
    server = Server()
    with place(server) as there:
        github(there).put(message(), None, open_=True)
        server.issues[2] = {**server.issues[1], "number": 2, "pull_request": {}}
        assert github(there).put(message(), None, open_=True).key == "#1"
    assert server.comments == []


def test_a_spent_rate_is_waited_for() -> None:
    """It comes as 403, which else is for good."""
    for headers, again in (({"X-RateLimit-Remaining": "0"}, True), ({}, False)):
        with place(lambda _, told=headers: (403, {}, told)) as there, pytest.raises(NotifierError) as refused:
            github(there).try_out()
        assert refused.value.again is again


def test_rights_are_tried_without_making_anything() -> None:
    """And a repository that takes no issues is said."""
    server = Server()
    with place(server) as there:
        assert "team/shop" in github(there).try_out()
        assert server.issues == {}
        there.script = lambda _: (200, {"has_issues": False})
        with pytest.raises(NotifierError, match="takes no issues"):
            github(there).try_out()


def test_what_is_gone_is_gone() -> None:
    """Deleted, or moved away; what a tracker once said leads nowhere else."""
    with place(Server()) as there:
        assert github(there).look(Ticket(key="#7")) is None
        for key in ("7", "#7/../8", "#x"):
            with pytest.raises(NotifierError):
                github(there).look(Ticket(key=key))
        there.script = lambda _: (200, {"number": "x"})
        with pytest.raises(NotifierError, match="not understood"):
            github(there).look(Ticket(key="#1"))


@pytest.mark.parametrize("repository", ["", "a", "a/b/c", "../x", "a/b?c", "a b/c"])
def test_a_repository_that_is_none_is_refused(repository: str) -> None:
    """Before anything is asked."""
    with place() as there:
        with pytest.raises(NotifierError):
            GitHub(http(there), "token", repository)
        assert there.asked == []
