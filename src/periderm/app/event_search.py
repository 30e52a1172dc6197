"""The language of searches over the history of events: what of it the history itself narrows by, and what is held against each
row.

The conditions of rules (`where`) are `app.events`' own; both may be asked at once.
"""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.search import condition_for
from periderm.model.asset import Container
from periderm.model.event import Event, EventKind
from periderm.model.event_facts import KINDS, WORDS
from periderm.model.event_query import EventQuery
from periderm.model.search import Compare, Condition, Every, Family, Match, Word, needed

_UNIX = 1  # AF_UNIX: its addresses are paths
_SPOKEN = frozenset((EventKind.CONNECT, EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN, EventKind.DUP))


def searched(app: Application, text: str, query: EventQuery) -> EventQuery:
    """The query with this search besides: what must hold and what the history can look for by itself narrows it, so that
    fewer rows are read; the rest is held against each row that is left. Raises UsageError for a search that cannot be read,
    or for a field that events do not have."""
    condition = condition_for(app, text, Family.EVENT)
    if condition is None:
        return query
    left = []
    for part in needed(condition):
        narrowed = _narrowed(query, part)
        if narrowed is None:
            left.append(part)
        else:
            query = narrowed
    return msgspec.structs.replace(query, fits=Every(tuple(left)) if left else None)


def facts_of(event: Event) -> dict[str, tuple[str, ...]]:
    """What the fields of a search are held against. An address of another machine is no path, and the reverse."""
    facts = {
        "event": (WORDS.get(event.kind, ""),),
        "exe": (event.exe, event.exe.rpartition("/")[2]),
        "pid": (str(event.pid),),
        "user": (str(event.uid),),
        "time": (str(event.time),),
    }
    if isinstance(event.subject, Container):
        facts["container"] = (event.subject.name,)
    if event.kind in _SPOKEN and event.family != _UNIX:
        facts["address"] = (event.text,)
        facts["port"] = (str(event.port),)
    elif event.text:
        facts["path"] = (event.text,)
    return facts


def words_of(event: Event) -> str:
    """What free words are looked for in: what it acted on, its arguments and its program."""
    return "\n".join((event.text, " ".join(event.argv), event.exe)).casefold()


def _narrowed(query: EventQuery, part: Condition) -> EventQuery | None:
    """The query with this part in it; None if the history cannot look for it by itself."""
    replace = msgspec.structs.replace
    match part:
        case Word(text=text) if not query.text:
            return replace(query, text=text)
        case Match(field="event", values=values) if not query.kinds and all(v.casefold() in KINDS for v in values):
            return replace(query, kinds=tuple(KINDS[v.casefold()] for v in values))
        case Match(field="time", values=(value,), compare=Compare.LEAST | Compare.MORE as way):
            return replace(query, since=max(query.since, int(value) + (way is Compare.MORE)))
        case Match(field="time", values=(value,), compare=Compare.LESS | Compare.MOST as way):
            end = int(value) + (way is Compare.MOST)
            return replace(query, until=min(query.until or end, end))
        case _:
            return None
