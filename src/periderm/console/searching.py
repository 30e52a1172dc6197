"""What a list's address says in the language of searches and in times, and what its page needs to be searched again."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from periderm.app.search import condition_for, times_for
from periderm.app.views import list_views
from periderm.console.render import Ask
from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.model.search import Every, Family, Word

FIELDS = ("q", "since", "until")
SPANS = ("15m", "1h", "6h", "24h", "7d", "30d")
_NOT_KEPT = ("cursor", "skip", "live")
LONGEST = 1_200


def narrowed(ask: Ask, query: Query, family: Family, page: str) -> tuple[Query, dict[str, object]]:
    """The query with `q`, `since` and `until` of the address, and what the template is to be given. What is wrong about them is
    told beside the field, with what was typed, and finds nothing."""
    wrong: UsageError | None = None
    try:
        since, until = times_of(ask)
        where = condition_for(ask.app, ask.query.get("q", "")[:LONGEST], family)
        if query.text:  # as one more word of the search: a part of a text has no index, so what is looked at is bounded
            where = Every((Word(query.text), *((where,) if where is not None else ())))
        text, skip = ("", 0) if where is not None else (query.text, query.skip)
        query = msgspec.structs.replace(query, where=where, since=since, until=until, text=text, skip=skip)
    except UsageError as error:
        wrong = error
    return query, {"wrong": wrong, "finder": finder(ask, page, family)}


def times_of(ask: Ask) -> tuple[int, int]:
    """`since` and `until` of the address in Unix nanoseconds, 0 where nothing is said. Raises UsageError."""
    return times_for(ask.app, ask.query.get("since", "")[:LONGEST], ask.query.get("until", "")[:LONGEST])


def finder(ask: Ask, page: str, family: Family | None = None) -> dict[str, object]:
    """What `searching.html` draws: the text, the times, the views of this page and the state that one of them would keep."""
    kept = {name: value for name, value in ask.query.items() if value and name not in _NOT_KEPT}
    return {
        "page": page,
        "list": family.value if family is not None else "",
        "views": list_views(ask.app, ask.person, page),
        "state": urlencode(kept),
        "spans": SPANS,
        "who": ask.person.name,
    }


def filtered(ask: Ask) -> bool:
    """Whether the address narrows by any of these."""
    return any(ask.query.get(name) for name in FIELDS)
