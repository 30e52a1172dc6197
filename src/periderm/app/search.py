"""Searching everything that a caller may see with one small language, and completing what is typed of it.

What each kind of thing looks like in an answer is in `app.search_hits`. Each kind is looked at within a bound; what was left
out is said.
"""

from __future__ import annotations

import contextlib

import msgspec

from periderm.algorithms.searching.completing import Typed, fields_for, typed, with_field, with_value, words_for
from periderm.algorithms.searching.moments import moment
from periderm.algorithms.searching.reading import read
from periderm.algorithms.searching.understanding import families_of, understand, unknown_to
from periderm.app.application import Application, require
from periderm.app.search_hits import (
    LISTS,
    detector_names,
    detectors_of,
    found_detectors,
    found_packages,
    technique_names,
)
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.event_facts import KINDS
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.search import Completion, Condition, Either, Every, Family, Found, Group, Match, Not, Word, terms
from periderm.model.search_fields import BY_NAME, Takes
from periderm.model.text import Text

MOST_HITS = 50
MOST_NAMES = 12
_NO_FIELD = Text("it has no `{field}`", "没有 `{field}` 字段")


def condition_for(app: Application, text: str, family: Family) -> Condition | None:
    """A search as the filter of one list; None for blank text. Raises UsageError, also for a field that its things do not
    have."""
    if not text.strip():
        return None
    found = _understood(app, text)
    unknown = unknown_to(found, family)
    if unknown:
        raise UsageError(f"The list of {family.value} has no field `{unknown}`.", "Leave it out, or search everywhere.")
    return _expanded(found, family)


def times_for(app: Application, since: str, until: str) -> tuple[int, int]:
    """Two times as people write them, in Unix nanoseconds; 0 for blank text. Raises UsageError."""
    now = app.clock.now()
    begin, end = (moment(text, now) if text.strip() else 0 for text in (since, until))
    if begin and end and begin >= end:
        raise UsageError("The time begins after it ends.", "Turn `since` and `until` round.")
    return begin, end


def search(app: Application, who: Principal, text: str, limit: int = 8) -> Found:
    """What fits, grouped by kind, at most `limit` of each. Raises UsageError for a search that cannot be read."""
    require(who, Permission.READ)
    if not 1 <= limit <= MOST_HITS:
        raise UsageError(f"`limit` is {limit}.", f"It is a number from 1 to {MOST_HITS}.")
    if not text.strip():
        return Found()
    condition, families = families_of(_understood(app, text))
    groups = []
    for family in families:
        if family is Family.AUDIT and (not who.may(Permission.ADMIN) or who.limited):
            continue
        unknown = unknown_to(condition, family)
        if unknown:
            groups.append(Group(family=family, left_out=_NO_FIELD.fill(field=unknown)))
        else:
            groups.append(_group(app, who, family, _expanded(condition, family), limit))
    return Found(groups=tuple(groups))


def complete(app: Application, who: Principal, text: str, at: int = -1, *, family: str = "") -> tuple[Completion, ...]:
    """What may stand where the caret is (-1: at the end), the likeliest first; `family` restricts to the fields of one list."""
    require(who, Permission.READ)
    families = (Family(family),) if family in set(Family) else tuple(Family)
    piece = typed(text, at)
    if not piece.field:
        fields = fields_for(piece, families, MOST_NAMES) if not piece.quote else []
        return tuple(with_field(text, piece, field) for field in fields)
    field = BY_NAME.get(piece.field)
    if field is None:
        return ()
    low = piece.value.casefold()
    told = [(word, Text("", "")) for word in words_for(field) if word.startswith(low)]
    if field.takes in (Takes.NAME, Takes.PAIR):
        told = _names(app, field.name, piece)
    return tuple(with_value(text, piece, value, meaning) for value, meaning in told[:MOST_NAMES] if value)


# --- what these use ---


def _understood(app: Application, text: str) -> Condition:
    return understand(read(text), app.clock.now())


def _group(app: Application, who: Principal, family: Family, condition: Condition, limit: int) -> Group:
    if family is Family.DETECTOR:
        return found_detectors(app, who, condition, limit)
    if family is Family.PACKAGE:
        return found_packages(app, who, condition, limit)
    read_page, hit = LISTS[family]
    try:
        page = read_page(app, who, Query(where=condition, limit=limit))
    except (DeniedError, NotFoundError) as error:  # what this caller has no part in
        return Group(family=family, left_out=Text(error.what, error.what))
    hits = tuple(hit(item) for item in page.items)
    return Group(family=family, hits=hits, total=page.total, more=bool(page.next_cursor), looked_at=page.looked_at)


def _expanded(condition: Condition, family: Family) -> Condition:
    """Techniques as the detectors that tell of them, where a list knows detectors only."""
    if family is Family.DETECTOR or not any(isinstance(t, Match) and t.field == "technique" for t in terms(condition)):
        return condition
    match condition:
        case Match(field="technique"):
            names = detectors_of(condition)
            return msgspec.structs.replace(condition, field="detector", values=names) if names else Either(())
        case Not(of=inner):
            return Not(_expanded(inner, family))
        case Every(of=several):
            return Every(tuple(_expanded(one, family) for one in several))
        case Either(of=several):
            return Either(tuple(_expanded(one, family) for one in several))
        case Word() | Match():
            return condition


def _names(app: Application, field: str, piece: Typed) -> list[tuple[str, Text]]:
    low = piece.value.casefold()
    if field in ("detector", "technique"):
        told = detector_names() if field == "detector" else technique_names()
        return sorted((name, meaning) for name, meaning in told.items() if name.casefold().startswith(low))
    if field == "event":
        return [(word, Text("", "")) for word in sorted(KINDS) if word.startswith(low)]
    with contextlib.suppress(DeniedError):
        return [(name, Text("", "")) for name in app.store.names_like(field, piece.value, MOST_NAMES)]
    return []
