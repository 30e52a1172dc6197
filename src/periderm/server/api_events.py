"""The part of `/api/v1` about the history of events. Parses and asks `app`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periderm.app import events
from periderm.app.event_search import searched
from periderm.model.errors import UsageError
from periderm.model.event_facts import KINDS
from periderm.model.event_query import EventQuery, HistoryInfo
from periderm.model.query import Page
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint
from periderm.server.listing import V1

ORDERS = ("", "oldest")
LARGEST_KEY = (1 << 64) - 1
_ONE_KIND = f"({'|'.join(sorted(KINDS))})"
_LIST_OF_KINDS = f"^{_ONE_KIND}(,{_ONE_KIND})*$"
PARAMETERS = (
    f.Parameter("since", "Unix nanoseconds.", "integer"),
    f.Parameter("until", "Unix nanoseconds.", "integer"),
    f.Parameter("kinds", f"Only these kinds, with commas between them: {', '.join(sorted(KINDS))}.", pattern=_LIST_OF_KINDS),
    f.ASSET,
    f.Parameter("container", "Only of containers whose name is like this glob (`shop*`)."),
    f.Parameter("process", "Only of the process with this key, as alerts tell it.", pattern="^[0-9]{1,20}$"),
    f.Parameter("text", "Part of path, arguments or program; case does not matter."),
    f.Parameter("q", "A search, as in `/search`: `event:connect port:443 -user:0`; with `since:` and `until:` of its own."),
    f.Parameter("where", "A condition in the language of rules."),
    f.Parameter("order", "Newest first if empty, or `oldest`.", "string", ORDERS),
    *f.PAGING,
)


def _list(call: Call) -> Page[dict[str, Any]]:
    query = searched(call.app, call.query.get("q", ""), query_from(call.query))
    return events.list_events(call.app, call.who, query)


def query_from(given: Mapping[str, str]) -> EventQuery:
    """The question of an address. Raises UsageError for a parameter that is unknown or malformed."""
    plain = f.values_from({k: v for k, v in given.items() if k not in ("process", "kinds")}, PARAMETERS)
    return EventQuery(
        since=int(plain.get("since", 0)),
        until=int(plain.get("until", 0)),
        kinds=tuple(_kind(word) for word in given.get("kinds", "").split(",") if word),
        subjects=(str(plain["asset_id"]),) if "asset_id" in plain else (),
        container=str(plain.get("container", "")),
        process=_process(given.get("process", "")),
        text=str(plain.get("text", "")),
        where=str(plain.get("where", "")),
        limit=int(plain.get("limit", 100)),
        newest=plain.get("order", "") != "oldest",
        before=str(plain.get("cursor", "")),
    )


def _kind(word: str) -> Any:
    if word not in KINDS:
        raise UsageError(f"There is no kind {word[:40]!r}.", f"There are: {', '.join(sorted(KINDS))}.")
    return KINDS[word]


def _process(text: str) -> int:
    """A key has 64 bits, more than the numbers of other parameters."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else -1
    if text and not 0 <= number <= LARGEST_KEY:
        raise UsageError(f"`process` is {text[:40]!r}.", "It is the key of a process, as alerts tell it.")
    return max(number, 0)


EVENTS: tuple[Endpoint, ...] = (
    # `/events` is the stream of what changes in the store; these are the events of the kernel.
    Endpoint(
        method="GET",
        path=f"{V1}/history",
        summary="What was seen on this machine, and on those that share theirs (`history.share`), as OCSF activities.",
        handle=_list,
        answer=Page[dict[str, Any]],
        parameters=PARAMETERS,
        tag="history",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/history/info",
        summary="What is kept of what was seen: rows, size, ends, quota, and what was dropped.",
        handle=lambda call: events.show_kept(call.app, call.who),
        answer=HistoryInfo,
        tag="history",
    ),
)
