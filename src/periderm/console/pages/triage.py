"""Who deals with what: the list with its two trends, and what the forms of it do."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from periderm.app.accepting import acceptance_of
from periderm.app.handling import change, handling_of, list_handlings, trends
from periderm.app.notify import open_ticket, tickets_here
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render
from periderm.console.searching import times_of
from periderm.model.errors import UsageError
from periderm.model.handling import HandlingAction, HandlingKind, HandlingState, RiskDay
from periderm.model.timestamps import end_of_day

DAY_NS = 86_400 * 10**9

FIELDS = ("text", "kind", "severity", "state")
STATES = ("open", "overdue", *(s.value for s in HandlingState))
DAYS = 30
HEIGHT = 60
SECOND = 10**9
STEP = 8  # pixels of a day
MOST_AT_ONCE = 1000


class Bar(msgspec.Struct, frozen=True):
    """A day as it is drawn: `x`, and the tops of what was there before and of what came since, in pixels from above."""

    day: RiskDay
    x: int
    existing: int
    fresh: int


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """The risk trends as they are drawn: `wrong` is what was wrong about the times that were asked for."""

    bars: tuple[Bar, ...] = ()
    wrong: UsageError | None = None
    height: int = HEIGHT
    spans: tuple[str, ...] = ("7d", "30d", "90d", "365d")

    @property
    def width(self) -> int:
        """Pixels of all days."""
        return STEP * len(self.bars)

    @property
    def risky(self) -> bool:
        """Whether there was any risk to tell of."""
        return any(b.day.existing or b.day.fresh or b.day.came or b.day.fixed for b in self.bars)


def page(ask: Ask) -> str:
    """GET /triage"""
    assignee = ask.query.get("assignee", "")[:256]
    query = query_for(ask.query, (*FIELDS, "order", "skip"))
    found = list_handlings(ask.app, ask.person, query, assignee=assignee)
    return render(
        "triage.html",
        ask,
        page=found,
        states=STATES,
        kinds=[k.value for k in HandlingKind],
        levels=LEVELS,
        trend=trend_of(ask),
        dated=dated,
        filtered=any(ask.query.get(name) for name in (*FIELDS, "assignee")),
    )


def trend_of(ask: Ask) -> Trend:
    """The days that the address asks for by `since` and `until`, the last 30 if by none. What is wrong with them is told."""
    if ask.person.scope:  # trends are of the whole installation
        return Trend()
    wrong: UsageError | None = None
    days: Sequence[RiskDay]
    try:
        since, until = times_of(ask)
        end = until - 1 if until else ask.app.clock.now()
        whole = (end - since) % DAY_NS < SECOND  # '7d' is seven days, today among them; the clock went on meanwhile
        count = end // DAY_NS - since // DAY_NS + (not whole) if since else DAYS
        days = trends(ask.app, ask.person, count, end)
    except UsageError as error:
        wrong = error
        days = trends(ask.app, ask.person, DAYS)
    return Trend(bars=drawn(days), wrong=wrong)


def act_from(ask: Ask, form: Mapping[str, list[str]]) -> None:
    """What a form of an incident's, a finding's or the list's asks for. Raises UsageError, NotFoundError."""
    first = {name: values[0] for name, values in form.items()}
    chosen = first.get("action", "")
    if chosen not in tuple(HandlingAction):
        raise UsageError(f"There is no action {chosen[:40]!r}.", "Go back and choose one.")
    action = HandlingAction(chosen)
    ids = form.get("id", [])[: MOST_AT_ONCE + 1]
    change(ask.app, ask.person, ids, action, text=first.get("text", ""), until=_end_of(first.get("until", ""), action))


def handled(ask: Ask, subject_id: str) -> dict[str, object]:
    """What `handling.html` shows of an incident or a finding: who deals with it, its tickets, and who can make one."""
    here = tickets_here(ask.app, ask.person, subject_id)
    handling = handling_of(ask.app, ask.person, subject_id)
    shown = {"trackers": here.trackers, "tickets": here.tickets, "asked": here.asked}
    return {"handling": handling, "acceptance": acceptance_of(ask.app, ask.person, handling), "dated": dated, **shown}


def ticket_from(ask: Ask, form: Mapping[str, list[str]]) -> str:
    """Orders a ticket of a tracker; whose page to go back to. Raises NotFoundError."""
    subject_id, name = (form.get(field, [""])[0] for field in ("id", "destination"))
    open_ticket(ask.app, ask.person, subject_id, name)
    family = "findings" if subject_id.startswith("fnd-") else "incidents"
    return f"/{family}/{quote(subject_id, safe='')}#handling"


def drawn(days: Sequence[RiskDay]) -> tuple[Bar, ...]:
    """The days as stacked bars: what was there before below, what came since above it."""
    most = max((day.existing + day.fresh for day in days), default=0) or 1
    bars = []
    for number, day in enumerate(days):
        below = round(HEIGHT * day.existing / most)
        both = round(HEIGHT * (day.existing + day.fresh) / most)
        bars.append(Bar(day, STEP * number, HEIGHT - below, HEIGHT - both))
    return tuple(bars)


def dated(nanoseconds: int) -> str:
    """The day in UTC, '' for none; for the field of a form."""
    if not nanoseconds:
        return ""
    return datetime.datetime.fromtimestamp(nanoseconds // 10**9, tz=datetime.UTC).date().isoformat()


def _end_of(text: str, action: HandlingAction) -> int:
    """The end of that day (UTC), Unix nanoseconds; 0 if a form gives none where none is needed."""
    if not text and action is not HandlingAction.ACCEPT:
        return 0
    try:
        return end_of_day(text)
    except ValueError:
        raise UsageError("The day is missing or is none.", "Choose one.") from None
