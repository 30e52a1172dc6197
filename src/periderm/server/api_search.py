"""The part of `/api/v1` about searching, completing what is typed, and views that people keep. Parses and asks `app`."""

from __future__ import annotations

import msgspec

from periderm.app import search, views
from periderm.model.saved_view import PAGES, SavedView
from periderm.model.search import Completion, Family, Found
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1

_Q = f.Parameter("q", "The search: words, FIELD:VALUE, `and`, `or`, `not`, brackets.")
_LIMIT = f.Parameter(
    "limit", f"How many of each kind, 1 to {search.MOST_HITS}; 8 if not given.", "integer", least=1, most=search.MOST_HITS
)
_AT = f.Parameter("at", "Where the caret is, in characters; at the end if not given.", "integer")
_LIST = f.Parameter("list", "Only what this list can be filtered by.", "string", tuple(Family))
_PAGE = f.Parameter("page", "Only views of this page of the console.", "string", PAGES)


class NewView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a view to keep: `state` is the query part of the page's address."""

    name: str
    page: str
    state: str = ""
    shared: bool = False


def _search(call: Call) -> Found:
    given = f.values_from(call.query, (_Q, _LIMIT))
    return search.search(call.app, call.who, str(given.get("q", "")), int(given.get("limit", 8)))


def _complete(call: Call) -> tuple[Completion, ...]:
    given = f.values_from(call.query, (_Q, _AT, _LIST))
    at = int(given["at"]) if "at" in given else -1
    return search.complete(call.app, call.who, str(given.get("q", "")), at, family=str(given.get("list", "")))


def _views(call: Call) -> list[SavedView]:
    given = f.values_from(call.query, (_PAGE,))
    return list(views.list_views(call.app, call.who, str(given.get("page", ""))))


def _save(call: Call) -> SavedView:
    new: NewView = decode_body(call, NewView)
    return views.save_view(call.app, call.who, new.name, new.page, new.state, shared=new.shared)


SEARCH: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/search",
        summary="Search everything that the caller may see, grouped by kind.",
        handle=_search,
        answer=Found,
        parameters=(_Q, _LIMIT),
        tag="search",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/search/complete",
        summary="What may stand where the caret is in a search.",
        handle=_complete,
        answer=tuple[Completion, ...],
        parameters=(_Q, _AT, _LIST),
        tag="search",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/views",
        summary="Views that the caller keeps, and those that are shared.",
        handle=_views,
        answer=list[SavedView],
        parameters=(_PAGE,),
        tag="views",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/views",
        summary="Keep the state of a page under a name.",
        handle=_save,
        answer=SavedView,
        body=NewView,
        tag="views",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/views/{{id}}",
        summary="Take a view away.",
        handle=lambda call: views.remove_view(call.app, call.who, call.path["id"]),
        status=204,
        tag="views",
    ),
)
