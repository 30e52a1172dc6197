"""The life of an incident and of a finding among people: whose it is, until when, what was said, where its ticket is; accepted
for a time; closed, and open again by itself. Judges nothing: severities and states of attacks are others'."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.findings import show_finding
from periderm.app.incidents import read_incident
from periderm.correlate.due import DAY_NS, due_of_finding, due_of_incident
from periderm.correlate.weakness import place_of, risk_id
from periderm.model.asset import Grade, Ownership
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.finding import Finding
from periderm.model.handling import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    LONGEST_TICKET,
    MOST_COMMENTS,
    Comment,
    Handling,
    HandlingAction,
    HandlingKind,
    HandlingState,
    RiskDay,
)
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query

MOST_AT_ONCE = 1_000
MOST_DAYS = 366
LONGEST_ACCEPTED_NS = 2 * 366 * DAY_NS
_Change = Callable[[Handling], tuple[Handling, str]]
_CLOSED_INCIDENT = frozenset({IncidentState.RESOLVED, IncidentState.FALSE_ALARM})


def handling_of(app: Application, who: Principal, subject_id: str) -> Handling:
    """Where people are with it, by the id of an incident, of a finding, or its own; of what nobody has touched, that. Raises
    NotFoundError."""
    require(who, Permission.READ)
    subject = _subject(app, who, subject_id)
    identity, place = _identity(app, subject) if subject is not None else (subject_id, "")
    stored = app.store.handling(identity)
    if subject is None and stored is not None:
        subject = _subject(app, who, stored.subject_id)
    if subject is None and stored is None:
        raise NotFoundError(f"There is no incident and no finding {subject_id[:80]!r}.", "It may be fixed and never handled.")
    return _current(app, identity, place, subject, stored)


def handlings_of(app: Application, who: Principal, subjects: Sequence[Incident | Finding]) -> dict[str, Handling]:
    """Of each of a page of incidents or findings, by the incident's or finding's id."""
    require(who, Permission.READ)
    known = {subject.id: _identity(app, subject) for subject in subjects}
    stored = app.store.handlings_of([identity for identity, _ in known.values()])
    return {subject.id: _current(app, *known[subject.id], subject, stored.get(known[subject.id][0])) for subject in subjects}


def list_handlings(app: Application, who: Principal, query: Query, *, assignee: str = "") -> Page[Handling]:
    """What somebody has touched, the newest change first. `query.state` may be 'open' or 'overdue' too."""
    require(who, Permission.READ)
    if query.state == "overdue":
        query = msgspec.structs.replace(query, until=app.clock.now())
    elif query.state and query.state not in ("open", *HandlingState):
        raise UsageError(f"There is no state {query.state!r}.", f"States are open, overdue, {', '.join(HandlingState)}.")
    page = app.store.handlings(query, assignee=assignee)
    now = app.clock.now()
    return msgspec.structs.replace(page, items=tuple(_as_it_is(handling, now) for handling in page.items))


def change_part(
    app: Application, who: Principal, subject_ids: Sequence[str], action: HandlingAction, assignee: str
) -> list[Handling]:
    """A part of many, of which one entry of the audit log tells that whoever asks writes (`app.handle_all`): assigns, closes or
    reopens. Raises UsageError for any other action."""
    done: dict[HandlingAction, Callable[[], list[Handling]]] = {
        HandlingAction.ASSIGN: lambda: assign(app, who, subject_ids, assignee, noted=True),
        HandlingAction.CLOSE: lambda: close(app, who, subject_ids, noted=True),
        HandlingAction.REOPEN: lambda: reopen(app, who, subject_ids, noted=True),
    }
    if action not in done:
        raise UsageError(f"{action.value} is not done to all that match.", f"Choose one of {', '.join(done)}.")
    return done[action]()


def change(
    app: Application, who: Principal, subject_ids: Sequence[str], action: HandlingAction, *, text: str = "", until: int = 0
) -> list[Handling]:
    """Any of what follows, as doors say it: `text` is whom it is assigned to, what is said, the ticket's address, or why it is
    accepted; `until` the date of `due` and `accept`. All of those named, or none."""
    done: dict[HandlingAction, Callable[[], list[Handling]]] = {
        HandlingAction.ASSIGN: lambda: assign(app, who, subject_ids, text),
        HandlingAction.COMMENT: lambda: comment(app, who, subject_ids, text),
        HandlingAction.DUE: lambda: set_due(app, who, subject_ids, until),
        HandlingAction.TICKET: lambda: link_ticket(app, who, subject_ids, text),
        HandlingAction.ACCEPT: lambda: accept(app, who, subject_ids, text, until),
        HandlingAction.CLOSE: lambda: close(app, who, subject_ids),
        HandlingAction.REOPEN: lambda: reopen(app, who, subject_ids),
    }
    return done[action]()


def assign(
    app: Application, who: Principal, subject_ids: Iterable[str], assignee: str, *, noted: bool = False
) -> list[Handling]:
    """To a person or a group, '' to nobody; `noted` if the log tells it already. Raises NotFoundError, UsageError; then none
    is."""
    name = _line(assignee, LONGEST_NAME, "A name")

    def change(handling: Handling) -> tuple[Handling, str]:
        state = handling.state
        if state in (HandlingState.NEW, HandlingState.ASSIGNED):
            state = HandlingState.ASSIGNED if name else HandlingState.NEW
        return msgspec.structs.replace(handling, assignee=name, state=state), f"assigned to {name}" if name else "unassigned"

    return _change(app, who, subject_ids, "assign", change, noted=noted)


def comment(app: Application, who: Principal, subject_ids: Iterable[str], text: str) -> list[Handling]:
    """Adds what somebody says. Raises UsageError if it is empty or too long, or if there is no room left."""
    said = text.strip()
    if not said or len(said) > LONGEST_COMMENT:
        raise UsageError(f"A comment has 1 to {LONGEST_COMMENT} characters.", "Write less, or link to it.")
    return _change(app, who, subject_ids, "comment", lambda handling: (handling, ""), text=said)


def set_due(app: Application, who: Principal, subject_ids: Iterable[str], due: int) -> list[Handling]:
    """By a person's word, in Unix nanoseconds; 0 gives back the date that the grade asks for."""
    if due and not 0 < due < 2**62:
        raise UsageError("That is no date.", "Name a day, as 2027-03-31.")

    def change(handling: Handling) -> tuple[Handling, str]:
        changed = msgspec.structs.replace(handling, due=due, due_by_person=bool(due))
        return changed, "date set" if due else "date as the grade asks"

    return _change(app, who, subject_ids, "due", change)


def link_ticket(app: Application, who: Principal, subject_ids: Iterable[str], address: str) -> list[Handling]:
    """The ticket's address elsewhere, '' for none. Only http and https: it becomes a link that people follow."""
    link = _line(address, LONGEST_TICKET, "An address")
    if link and not link.lower().startswith(("https://", "http://")):
        raise UsageError("A ticket's address begins with https:// or http://.", "Copy it out of the browser.")

    def change(handling: Handling) -> tuple[Handling, str]:
        state = handling.state
        if link and not handling.over:
            state = HandlingState.TICKETED
        elif not link and state is HandlingState.TICKETED:
            state = HandlingState.ASSIGNED if handling.assignee else HandlingState.NEW
        return msgspec.structs.replace(handling, ticket=link, state=state), f"ticket {link}" if link else "no ticket"

    return _change(app, who, subject_ids, "ticket", change)


def accept(app: Application, who: Principal, subject_ids: Iterable[str], reason: str, until: int) -> list[Handling]:
    """The risk is borne until then (Unix nanoseconds), for a reason; after that it is open again by itself. It stays in every
    list and count: an exception is what hides."""
    why = _line(reason, LONGEST_COMMENT, "A reason")
    now = app.clock.now()
    if not why:
        raise UsageError("Accepting a risk needs a reason.", "Say why it may stay.")
    if not now < until <= now + LONGEST_ACCEPTED_NS:
        raise UsageError("A risk is accepted until a day within two years.", "Choose a day by which it is looked at again.")

    def change(handling: Handling) -> tuple[Handling, str]:
        changed = msgspec.structs.replace(handling, state=HandlingState.ACCEPTED, due=until, due_by_person=True)
        return changed, f"accepted: {why}"

    return _change(app, who, subject_ids, "accept", change)


def close(app: Application, who: Principal, subject_ids: Iterable[str], *, noted: bool = False) -> list[Handling]:
    """Nobody has to do anything more. A weakness that the next scan of its place still finds is open again."""

    def change(handling: Handling) -> tuple[Handling, str]:
        due, kept = _own_date(handling)
        return msgspec.structs.replace(handling, state=HandlingState.CLOSED, due=due, due_by_person=kept), "closed"

    return _change(app, who, subject_ids, "close", change, noted=noted)


def reopen(app: Application, who: Principal, subject_ids: Iterable[str], *, noted: bool = False) -> list[Handling]:
    """Somebody has to do something again."""

    def change(handling: Handling) -> tuple[Handling, str]:
        state = HandlingState.ASSIGNED if handling.assignee else HandlingState.NEW
        due, kept = _own_date(handling)
        return msgspec.structs.replace(handling, state=state, due=due, due_by_person=kept), "reopened"

    return _change(app, who, subject_ids, "reopen", change, noted=noted)


def _own_date(handling: Handling) -> tuple[int, bool]:
    """The date that somebody set, which the end of an acceptance is not; (0, False) leaves it to the grade."""
    keeps = handling.due_by_person and handling.state is not HandlingState.ACCEPTED
    return (handling.due, True) if keeps else (0, False)


def trends(app: Application, who: Principal, days: int = 30, until: int = 0) -> Sequence[RiskDay]:
    """How risk that was there `days` ago burns down, and how new risk arrives, day by day, the oldest first; to today,
    or to the day of `until` (Unix nanoseconds). Raises UsageError."""
    require(who, Permission.READ)
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"A trend has 1 to {MOST_DAYS} days, not {days}.", "Ask for fewer.")
    now = app.clock.now()
    end = min(until, now) if until else now
    return app.store.risk_days(max(0, end - (days - 1) * DAY_NS), end)


# --- what these use ---


def _change(
    app: Application,
    who: Principal,
    subject_ids: Iterable[str],
    action: str,
    change: _Change,
    *,
    text: str = "",
    noted: bool = False,
) -> list[Handling]:
    """Each of them or none, noted in the audit log (unless it is `noted` already) and where the comments are."""
    require(who, Permission.RESPOND)
    names = list(dict.fromkeys(subject_ids))
    if not 1 <= len(names) <= MOST_AT_ONCE:
        raise UsageError(f"{len(names)} were named; 1 to {MOST_AT_ONCE} are changed at once.", "Name fewer.")
    changed: list[Handling] = []
    now = app.clock.now()
    with app.store.transaction():
        for name in names:
            before = handling_of(app, who, name)
            after, what = change(before)
            if after == before and not text:
                changed.append(before)
                continue
            if text and len(before.comments) >= MOST_COMMENTS:
                raise UsageError(f"There are {MOST_COMMENTS} comments already.", "Go on in the ticket.")
            entry = Comment(author=who.name, time=now, text=text, what=what)
            after = after.said(entry)
            app.store.put_handling(after)
            if not noted:
                note(app, who, f"handling.{action}", after.id, what)
            changed.append(handling_of(app, who, after.id))
    return changed


def _subject(app: Application, who: Principal, subject_id: str) -> Incident | Finding | None:
    """The incident or finding itself; None for a finding that is not there any more."""
    for read in (read_incident, show_finding):
        try:
            return read(app, who, subject_id)
        except NotFoundError:
            continue
    return None


def _identity(app: Application, subject: Incident | Finding) -> tuple[str, str]:
    """(the handling's id, its place)."""
    if isinstance(subject, Incident):
        return subject.id, ""
    place = place_of(app.store.asset(subject.asset_id), subject.asset_id)
    return risk_id(subject, place), place


def _current(
    app: Application, identity: str, place: str, subject: Incident | Finding | None, stored: Handling | None
) -> Handling:
    """What is stored with what is known now: severity, owner, the date that they ask for, and whether it is over elsewhere."""
    now = app.clock.now()
    if subject is None:
        return stored or Handling(id=identity, kind=HandlingKind.FINDING, place=place)
    ownership = _ownership(app, subject.asset_id)
    if isinstance(subject, Incident):
        kind, opened = HandlingKind.INCIDENT, subject.first_time
        due = due_of_incident(subject.severity, opened)
    else:
        kind, opened = HandlingKind.FINDING, subject.first_seen
        due = due_of_finding(subject.severity, ownership.grade, stored.opened if stored is not None else opened)
    found = stored or Handling(id=identity, kind=kind, place=place, opened=opened, changed=opened)
    state = found.state
    if isinstance(subject, Incident) and subject.state in _CLOSED_INCIDENT and not found.over:
        state = HandlingState.CLOSED
    if state is HandlingState.ACCEPTED and found.due <= now:
        state, due = HandlingState.REOPENED, found.due
    elif found.due_by_person:
        due = found.due
    return msgspec.structs.replace(
        found,
        state=state,
        due=due,
        subject_id=subject.id,
        title=subject.title,
        severity=subject.severity,
        asset_id=subject.asset_id,
        application=ownership.application,
    )


def _ownership(app: Application, asset_id: str) -> Ownership:
    """Of the asset; of an image the gravest of what runs it, since that is what depends on it."""
    asset = app.store.asset(asset_id)
    if asset is None:
        return Ownership()
    digest = getattr(asset, "digest", "")
    if not digest:
        return asset.ownership
    users = app.store.assets(Query(kind="container", image_digest=digest, limit=200)).items
    order = (Grade.CORE, Grade.IMPORTANT, Grade.ORDINARY, Grade.UNKNOWN)
    found = [asset.ownership, *(user.ownership for user in users if getattr(user, "running", False))]
    return min(found, key=lambda ownership: (order.index(ownership.grade), not ownership.owner))


def _as_it_is(handling: Handling, now: int) -> Handling:
    """What was accepted until a day that has passed is open again, whether the server has noted it yet or not."""
    over = handling.state is HandlingState.ACCEPTED and handling.due <= now
    return msgspec.structs.replace(handling, state=HandlingState.REOPENED) if over else handling


def _line(text: str, longest: int, what: str) -> str:
    """One line of printable text."""
    line = " ".join(text.split())
    if len(line) > longest:
        raise UsageError(f"{what} has at most {longest} characters.", "Shorten it.")
    if not line.isprintable():
        raise UsageError(f"{what} holds characters that cannot be shown.", "Type it again.")
    return line
