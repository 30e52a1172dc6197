"""Looking back at what was seen: rows of this node's history by a question, in pages, live, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from periderm import __version__
from periderm.algorithms.searching.judging import fits
from periderm.app.application import Application, require
from periderm.app.event_search import facts_of, words_of
from periderm.formats.ocsf.activity import activity
from periderm.model.asset import Node
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.event import Event
from periderm.model.event_facts import KINDS, EventFacts
from periderm.model.event_query import EventQuery, Found, HistoryInfo
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page
from periderm.ports.history import History

MOST_JUDGED = 200_000  # rows that one page of the API holds a condition against
MOST_LIVE = 10_000  # rows between two looks

Rows = Iterator[Found]
Past: TypeAlias = History  # for doors, which know no port


def look_back(history: History, who: Principal, query: EventQuery) -> Rows:
    """The rows that were asked for, `where` among the conditions. Raises HistoryError, RuleError, UsageError."""
    require(who, Permission.READ)
    holds = _judge(query)
    if holds is None:
        return history.rows(query)
    return _held(history, query, holds)


def _held(history: History, query: EventQuery, holds: Callable[[Event], bool]) -> Rows:
    left = query.limit
    for found in history.rows(msgspec.structs.replace(query, limit=0, where="", fits=None)):
        if holds(found.event):
            yield found
            left -= 1
            if left == 0:
                return


def condition(where: str) -> Callable[[Event], bool] | None:
    """A condition of the rule language over the facts of one event; None if there is none. Of a row of the past only what
    the row says is known: facts of the process's ancestors are empty. Raises RuleError."""
    if not where:
        return None
    from periderm.algorithms.rules.language import Language
    from periderm.engines.runtime.rules.facts import of_event

    built = Language(EventFacts, words={"kind": KINDS}).compile(where, "where")
    return lambda event: built.holds(of_event(event))


def _judge(query: EventQuery) -> Callable[[Event], bool] | None:
    """What the history does not narrow by itself: a condition of the rule language, a search, or both."""
    holds, wanted = condition(query.where), query.fits
    if wanted is None:
        return holds
    if holds is None:
        return lambda event: fits(wanted, facts_of(event), words_of(event))
    return lambda event: holds(event) and fits(wanted, facts_of(event), words_of(event))


def follow(history: History, who: Principal, query: EventQuery) -> Iterator[list[Found]]:
    """At each step what was written since the step before, in the order of time. The first step begins after
    `query.after`; whoever asks decides how often. Raises as `look_back` does."""
    require(who, Permission.READ)
    holds = _judge(query)
    plain = msgspec.structs.replace(query, newest=False, limit=MOST_LIVE, before="", where="", fits=None)
    while True:
        fresh = list(history.rows(plain))
        if fresh:
            plain = msgspec.structs.replace(plain, after=max(found.number for found in fresh))
        yield fresh if holds is None else [found for found in fresh if holds(found.event)]


def latest(history: History) -> int:
    """A number that no row has exceeded yet, to follow from."""
    return history.last()


def what_is_kept(history: History, who: Principal) -> HistoryInfo:
    """Rows, size, age, quota, and what was dropped. Raises NotFoundError if nothing was ever kept here."""
    require(who, Permission.READ)
    info = history.info()
    if not (info.files or info.dropped_rows or info.expired_rows or info.damaged):
        raise _nothing()
    return info


def list_events(app: Application, who: Principal, query: EventQuery) -> Page[dict[str, Any]]:
    """A page of the history on the machine where the server runs, as OCSF activities; see `show_events`."""
    page = show_events(app, who, query)
    return Page(items=tuple(record(each) for each in page.items), next_cursor=page.next_cursor, total=page.total)


def show_events(app: Application, who: Principal, query: EventQuery) -> Page[Found]:
    """A page of the history on the machine where the server runs. `total` counts this page only: to count all would be to
    read all. A page of a `where` that hardly ever holds may be short or empty, and still not the last: one looks at 200,000
    rows at most. Raises NotFoundError where no history is, RuleError for a condition that cannot be read."""
    require(who, Permission.READ)
    if app.history is None:
        raise _nothing()
    if not 1 <= query.limit <= 1000:
        raise UsageError(f"`limit` is {query.limit}.", "It is a number from 1 to 1000.")
    holds = _judge(query)
    shown: list[Found] = []
    following = last = ""
    wide = msgspec.structs.replace(query, where="", fits=None, limit=query.limit + 1 if holds is None else MOST_JUDGED + 1)
    for looked_at, found in enumerate(app.history.rows(wide)):
        if len(shown) == query.limit or looked_at == MOST_JUDGED:
            following = last
            break
        last = found.place
        if holds is None or holds(found.event):
            shown.append(found)
    if not shown and not following and not app.history.info().files:
        raise _nothing()
    return Page(items=tuple(shown), next_cursor=following, total=len(shown))


def show_kept(app: Application, who: Principal) -> HistoryInfo:
    """The same for the server's own machine. Raises NotFoundError."""
    if app.history is None:
        require(who, Permission.READ)
        raise _nothing()
    return what_is_kept(app.history, who)


def record(found: Found, node: Node | None = None) -> dict[str, Any]:
    """A row as an OCSF activity: what `--format json` prints and the API answers."""
    return activity(found.event, found.number, node, __version__)


def _nothing() -> NotFoundError:
    return NotFoundError(
        "No events are kept on this machine.",
        "The agent keeps them (`periderm up`), each node its own: ask on the node, or with --state for another folder.",
    )
