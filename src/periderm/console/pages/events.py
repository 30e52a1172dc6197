"""What was seen on the server's machine: events of the kernel by kind, container, text, time and a condition, in pages."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app.event_search import searched
from periderm.app.event_words import acted_on, marks, outcome
from periderm.app.events import show_events
from periderm.console.filtering import LONGEST, ROWS
from periderm.console.render import Ask, render
from periderm.console.searching import FIELDS as SEARCHED
from periderm.console.searching import LONGEST as SEARCH
from periderm.console.searching import finder, times_of
from periderm.model.asset import Container
from periderm.model.errors import NotFoundError, RuleError, UsageError
from periderm.model.event_facts import KINDS, WORDS
from periderm.model.event_query import EventQuery, Found
from periderm.model.query import Page
from periderm.model.search import Family

SECOND = 10**9
WINDOWS: Mapping[str, int] = {"15m": 900, "1h": 3600, "24h": 86400, "7d": 7 * 86400}
AROUND = 60 * SECOND  # on both sides of a moment
FIELDS = ("text", "kind", "container", "where", "window", "around", "asset_id", "process")
LIVE_SECONDS = 3


def page(ask: Ask) -> str:
    """GET /events"""
    wrong: RuleError | UsageError | None = None
    found: Page[Found] | None = None
    try:
        asked = question(ask.query, ask.app.clock.now(), times_of(ask))
        asked = searched(ask.app, ask.query.get("q", "")[:SEARCH], asked)
        found = show_events(ask.app, ask.person, asked)
    except (RuleError, UsageError) as error:  # what was typed stays in the form, with what is wrong about it
        wrong = error
    except NotFoundError:
        found = None
    live = bool(ask.query.get("live")) and found is not None and not ask.query.get("cursor")
    return render(
        "events.html",
        ask,
        page=found,
        wrong=wrong,
        given={name: ask.query.get(name, "") for name in FIELDS},
        filtered=any(ask.query.get(n) for n in (*FIELDS, *SEARCHED)),
        kinds=sorted(KINDS),
        windows=WINDOWS,
        around=_number(ask.query.get("around", "")) if not wrong else 0,
        words=WORDS,
        contained=lambda event: isinstance(event.subject, Container),
        acted_on=acted_on,
        outcome=outcome,
        marks=marks,
        live=live,
        finder=finder(ask, "events", Family.EVENT),
        live_seconds=LIVE_SECONDS,
    )


def question(given: Mapping[str, str], now: int, times: tuple[int, int] = (0, 0)) -> EventQuery:
    """From a page's address. Raises UsageError for a value that cannot be."""
    if any(len(given.get(name, "")) > LONGEST for name in (*FIELDS, "cursor")):
        raise UsageError(f"A filter is longer than {LONGEST} characters.", "Shorten it.")
    kind, window, around = given.get("kind", ""), given.get("window", ""), _number(given.get("around", ""))
    if kind and kind not in KINDS:
        raise UsageError(f"There is no kind {kind[:40]!r}.", "Choose one of the list.")
    since, until = times
    if window in WINDOWS:
        since = max(since, now - WINDOWS[window] * SECOND)
    return EventQuery(
        since=max(1, around - AROUND) if around else since,
        until=around + AROUND if around else until,
        kinds=(KINDS[kind],) if kind else (),
        subjects=(given["asset_id"],) if given.get("asset_id") else (),
        container=given.get("container", ""),
        process=_number(given.get("process", "")),
        text=given.get("text", ""),
        where=given.get("where", ""),
        limit=ROWS,
        before=given.get("cursor", ""),
    )


def _number(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise UsageError(f"{text[:40]!r} is not a number.", "Take the link of an alert or a process.")
    return int(text)
