"""What is done to all incidents or findings that a search matches, and not only to those on a page: counted first, bounded, all
of them or none, with one entry in the audit log that says which search and how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.findings import list_findings
from periderm.app.handling import MOST_AT_ONCE, change_part
from periderm.app.incidents import list_incidents
from periderm.model.errors import LimitError, UsageError
from periderm.model.finding import Finding
from periderm.model.handling import HandlingAction
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query, pages_of

MOST = 5_000  # that are changed at once: one transaction keeps others from writing while it lasts
Item = TypeVar("Item", Incident, Finding)
_ROWS = 500
_MOST_PAGES = 400  # of a search that looks at many rows for few
_SOME = 20  # ids that the log names


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """How many match within what the caller may see: `count`, and `more` if there are more than are changed at once or than the
    search looked at; the first are `ids`."""

    count: int
    more: bool = False
    ids: tuple[str, ...] = ()


def matching_incidents(app: Application, who: Principal, query: Query) -> Matching:
    """What a change to all of these would hit. Raises UsageError."""
    require(who, Permission.RESPOND)
    return _matching(lambda q: list_incidents(app, who, q), query)


def matching_findings(app: Application, who: Principal, query: Query) -> Matching:
    """What a change to all of these would hit. Raises UsageError."""
    require(who, Permission.RESPOND)
    return _matching(lambda q: list_findings(app, who, q), query)


def change_all_states(
    app: Application, who: Principal, query: Query, state: IncidentState, *, expected: int, words: str = ""
) -> int:
    """Says of all incidents that match now where people are with them; of how many it was not so before. `expected` is the
    number that was shown, `words` the search as the log tells it. Raises UsageError if more match by now, LimitError for too
    many; then none is changed."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        found = _found(lambda q: list_incidents(app, who, q), query, expected)
        changed = [msgspec.structs.replace(i, state=state, revision=i.revision + 1) for i in found if i.state is not state]
        for incident in changed:
            app.store.put_incident(incident)
        note(app, who, "incident.state-all", "", _told(state.value, words, [each.id for each in changed]))
    return len(changed)


def handle_all_findings(
    app: Application,
    who: Principal,
    query: Query,
    action: HandlingAction,
    *,
    expected: int,
    assignee: str = "",
    words: str = "",
) -> int:
    """Assigns, closes or reopens all findings that match now; how many. Raises what `change_all_states` raises."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        ids = [finding.id for finding in _found(lambda q: list_findings(app, who, q), query, expected)]
        for start in range(0, len(ids), MOST_AT_ONCE):
            change_part(app, who, ids[start : start + MOST_AT_ONCE], action, assignee)
        what = f"{action.value} to {assignee[:100]}" if assignee and action is HandlingAction.ASSIGN else action.value
        note(app, who, "handling.all", "", _told(what, words, ids))
    return len(ids)


# --- what these use ---


def _matching(read: Callable[[Query], Page[Item]], query: Query) -> Matching:
    ids: list[str] = []
    for number, page in enumerate(pages_of(read, _from_the_first(query)), 1):
        ids += [item.id for item in page.items]
        if len(ids) > MOST or (number >= _MOST_PAGES and page.next_cursor):
            return Matching(count=min(len(ids), MOST), more=True, ids=tuple(ids[:_SOME]))
    return Matching(count=len(ids), ids=tuple(ids[:_SOME]))


def _found(read: Callable[[Query], Page[Item]], query: Query, expected: int) -> list[Item]:
    """All that match now. Raises UsageError, LimitError."""
    found: list[Item] = []
    for number, page in enumerate(pages_of(read, _from_the_first(query)), 1):
        found += page.items
        if len(found) > MOST or (number >= _MOST_PAGES and page.next_cursor):
            raise LimitError(f"More than {MOST} match, or more was looked at than is for one change.", "Narrow the search.")
    if len(found) > expected:
        raise UsageError(
            f"{len(found)} match by now; {expected} were shown.", "Go back, look at them again, and say it once more."
        )
    if not found:
        raise UsageError("Nothing matches any more.", "Go back and look again.")
    return found


def _from_the_first(query: Query) -> Query:
    return msgspec.structs.replace(query, cursor="", skip=0, limit=_ROWS)


def _told(what: str, words: str, ids: Sequence[str]) -> str:
    some = ", ".join(ids[:_SOME]) + (" …" if len(ids) > _SOME else "")
    return f"{what}: {len(ids)} that match {words[:500]!r}: {some}"
