"""Issues of Jira: server, data centre and cloud by REST API 2 (https://developer.atlassian.com/cloud/jira/platform/rest/v2/).

A status belongs to a category that is the same in every language and workflow ('done' is closed): by that an issue is seen as
closed, and the transition that closes or opens it is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from periderm.adapters.notifier_net.http import Http, authorization
from periderm.formats.notices import issues
from periderm.model.errors import NotifierError
from periderm.model.notice import Message, Occasion, Ticket

_ODD = NotifierError("Jira's answer is not understood.", "Check that the address is Jira's.")


class Jira:
    """`ports.notifier.Tickets`. `close` and `reopen` name transitions where the category does not choose the right one."""

    def __init__(
        self,
        http: Http,
        secret: str,
        project: str,
        *,
        kind: str = "Task",
        labels: Sequence[str] = (),
        close: str = "",
        reopen: str = "",
        base: str = "",
    ) -> None:
        self._http = http
        self._headers = authorization(secret)
        self._project = project
        self._kind = kind
        self._labels = labels
        self._close, self._reopen = close, reopen
        self._base = base.rstrip("/")

    def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
        """Made, told what is new, closed or opened again."""
        ticket = self.look(known) if known is not None else self._found(message)
        if ticket is None:
            return self._make(message)
        if message.notices[0].occasion is not Occasion.INCIDENT_NEW or known is not None:
            self._ask("POST", f"issue/{quote(ticket.key, safe='')}/comment", {"body": issues.jira_text(message)})
        if ticket.open != open_:
            self._move(ticket.key, open_=open_)
            return self.look(ticket) or ticket
        return ticket

    def look(self, ticket: Ticket) -> Ticket | None:
        """As it is now."""
        path = f"issue/{quote(ticket.key, safe='')}?fields=status"
        answer = self._http.ask("GET", self._path(path), headers=self._headers)
        if answer.status == 404:
            return None
        return self._ticket(self._http.good(answer).json())

    def try_out(self) -> str:
        """Whether issues can be made in the project."""
        told = self._ask("GET", f"mypermissions?projectKey={quote(self._project, safe='')}&permissions=CREATE_ISSUES")
        may = _at(told, "permissions", "CREATE_ISSUES", "havePermission")
        if may is not True:
            raise NotifierError(
                f"It may not create issues in {self._project}.", "Give it the right, or name another.", again=False
            )
        return f"may create issues in {self._project}"

    def _make(self, message: Message) -> Ticket:
        made = self._ask("POST", "issue", issues.jira_fields(message, self._project, self._kind, self._labels))
        key = _at(made, "key")
        if not isinstance(key, str) or not key:
            raise _ODD
        return Ticket(key=key[:100], url=self._url(key), open=True)

    def _found(self, message: Message) -> Ticket | None:
        """The one that an earlier try made whose answer was lost."""
        mark = issues.marker(message.notices[0].subject_id)
        jql = quote(f'project = "{self._project}" AND labels = "{mark}"', safe="")
        # Cloud has taken `search` away in favour of `search/jql`; servers know only `search`.
        answer = self._http.ask("GET", self._path(f"search/jql?jql={jql}&fields=status&maxResults=1"), headers=self._headers)
        if answer.status in (404, 405):
            answer = self._http.ask("GET", self._path(f"search?jql={jql}&fields=status&maxResults=1"), headers=self._headers)
        listed = _at(self._http.good(answer).json(), "issues")
        if not isinstance(listed, list):
            raise _ODD
        return self._ticket(listed[0]) if listed else None

    def _move(self, key: str, *, open_: bool) -> None:
        listed = _at(self._ask("GET", f"issue/{quote(key, safe='')}/transitions"), "transitions")
        choices = [t for t in listed if isinstance(t, dict)] if isinstance(listed, list) else []
        wanted = self._reopen if open_ else self._close
        named = [t for t in choices if wanted and str(t.get("name", "")).casefold() == wanted.casefold()]
        fitting = named or [t for t in choices if (_at(t, "to", "statusCategory", "key") == "done") is not open_]
        if not fitting:
            raise NotifierError(
                f"No transition of {key} {'opens it again' if open_ else 'closes it'}.",
                f"Name one with --option {'reopen' if open_ else 'close'}=NAME.",
                again=False,
            )
        self._ask("POST", f"issue/{quote(key, safe='')}/transitions", {"transition": {"id": str(fitting[0].get("id", ""))}})

    def _ticket(self, told: Any) -> Ticket:
        key, status = _at(told, "key"), _at(told, "fields", "status")
        if not isinstance(key, str):
            raise _ODD
        return Ticket(
            key=key[:100],
            url=self._url(key),
            open=_at(status, "statusCategory", "key") != "done",
            status=str(_at(status, "name") or "")[:100],
        )

    def _url(self, key: str) -> str:
        return f"{self._base}/browse/{quote(key, safe='')}" if self._base else ""

    def _path(self, path: str) -> str:
        return f"{self._http.path.rstrip('/')}/rest/api/2/{path}"

    def _ask(self, method: str, path: str, value: Any = None) -> Any:
        if value is None:
            return self._http.good(self._http.ask(method, self._path(path), headers=self._headers)).json()
        return self._http.post(self._path(path), value, self._headers, method).json()


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
