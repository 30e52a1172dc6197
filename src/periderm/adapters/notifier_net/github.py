"""Issues of GitHub (https://docs.github.com/en/rest/issues/issues, version 2022-11-28), or of an enterprise server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from periderm.adapters.notifier_net.http import Answer, Http, authorization
from periderm.formats.notices import issues
from periderm.model.errors import NotifierError
from periderm.model.notice import Message, Occasion, Ticket

PUBLIC = "https://api.github.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")
_KEY = re.compile(r"#([0-9]{1,12})")
_ODD = NotifierError("GitHub's answer is not understood.", "Check that the address is GitHub's API.")


class GitHub:
    """`ports.notifier.Tickets`. `repository` is OWNER/NAME."""

    def __init__(self, http: Http, token: str, repository: str, *, labels: Sequence[str] = ()) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise NotifierError("Its repository is not OWNER/NAME.", "Name it so.", again=False)
        self._http = http
        self._headers = {
            **authorization(token),
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._repository = repository
        self._labels = labels

    def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
        """Made, told what is new, closed or opened again."""
        ticket = self.look(known) if known is not None else self._found(message)
        if ticket is None:
            return _ticket(self._ask("POST", "issues", issues.github_fields(message, self._labels)))
        number = _number(ticket)
        if message.notices[0].occasion is not Occasion.INCIDENT_NEW or known is not None:
            self._ask("POST", f"issues/{number}/comments", {"body": issues.github_text(message)})
        if ticket.open == open_:
            return ticket
        state = {"state": "open", "state_reason": "reopened"} if open_ else {"state": "closed", "state_reason": "completed"}
        return _ticket(self._ask("PATCH", f"issues/{number}", state))

    def look(self, ticket: Ticket) -> Ticket | None:
        """As it is now; one that was deleted (410) or moved away is gone."""
        answer = self._http.ask("GET", self._path(f"issues/{_number(ticket)}"), headers=self._headers)
        if answer.status in (301, 404, 410):
            return None
        return _ticket(self._good(answer).json())

    def try_out(self) -> str:
        """Whether the repository can be seen and has issues."""
        told = self._good(self._http.ask("GET", self._path(""), headers=self._headers)).json()
        if not isinstance(told, dict) or told.get("has_issues") is False or told.get("archived") is True:
            raise NotifierError(f"{self._repository} takes no issues.", "Switch issues on there, or name another.", again=False)
        return f"{self._repository} takes issues"

    def _found(self, message: Message) -> Ticket | None:
        """The one that an earlier try made whose answer was lost: among the latest of ours."""
        listed = self._ask("GET", "issues?state=all&sort=created&direction=desc&per_page=50")
        mark = f"<!-- {issues.marker(message.notices[0].subject_id)} -->"
        for told in listed if isinstance(listed, list) else ():
            if isinstance(told, dict) and mark in str(told.get("body") or "") and "pull_request" not in told:
                return _ticket(told)
        return None

    def _path(self, path: str) -> str:
        return f"{self._http.path.rstrip('/')}/repos/{self._repository}/{path}".rstrip("/")

    def _ask(self, method: str, path: str, value: Any = None) -> Any:
        if value is None:
            return self._good(self._http.ask(method, self._path(path), headers=self._headers)).json()
        return self._http.post(self._path(path), value, self._headers, method).json()

    def _good(self, answer: Answer) -> Answer:
        """A spent rate is told as 403 with nothing left ('Rate limits for the REST API')."""
        if answer.status == 403 and answer.headers.get("x-ratelimit-remaining") == "0":
            raise NotifierError("GitHub's rate for this token is spent.", "It is tried again.", wait=600.0)
        return self._http.good(answer)


def _ticket(told: Any) -> Ticket:
    number = told.get("number") if isinstance(told, dict) else None
    if not isinstance(number, int):
        raise _ODD
    state = str(told.get("state") or "")
    url = str(told.get("html_url") or "")
    reason = str(told.get("state_reason") or "")
    return Ticket(
        key=f"#{number}",
        url=url[:500] if url.startswith("https://") else "",
        open=state != "closed",
        status=(f"{state} ({reason})" if reason else state)[:100],
    )


def _number(ticket: Ticket) -> int:
    found = _KEY.fullmatch(ticket.key)
    if found is None:
        raise NotifierError(f"{ticket.key[:40]!r} is no issue of GitHub's.", "", again=False)
    return int(found[1])
