"""The two shapes that most entries of the API have: a list in pages, and one thing by its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from periderm.app.search import condition_for
from periderm.model.query import Page, Query
from periderm.model.search import Family
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint

V1 = "/api/v1"
SEARCHED = f.Parameter("q", "A search: words, FIELD:VALUE, `and`, `or`, `not`, brackets. Looks at so many rows (`looked_at`).")


def listing(name: str, summary: str, item: Any, use_case: Any, *parameters: f.Parameter, common: Any = f.COMMON) -> Endpoint:
    """GET of a list; `common` are the parameters that all lists have, or fewer. With `SEARCHED` among the parameters it takes a
    search in `q`, of the family of its name."""
    allowed = (*parameters, *common)

    def handle(call: Any) -> Any:
        return use_case(call.app, call.who, asked(call, name, allowed))

    return Endpoint(
        method="GET", path=f"{V1}/{name}", summary=summary, handle=handle, answer=Page[item], parameters=allowed, tag=name
    )


def asked(call: Call, name: str, allowed: Sequence[f.Parameter]) -> Query:
    """What a list's address asks for. Raises UsageError."""
    given = dict(call.query)
    text = ""
    if SEARCHED in allowed and "q" in given:
        text = str(f.values_from({"q": given.pop("q")}, (SEARCHED,)).get("q", ""))
    query = f.query_from(given, allowed)
    return msgspec.structs.replace(query, where=condition_for(call.app, text, Family(name))) if text else query


def one(name: str, summary: str, answer: Any, use_case: Any) -> Endpoint:
    """GET of one thing."""
    return Endpoint(
        method="GET",
        path=f"{V1}/{name}/{{id}}",
        summary=summary,
        handle=lambda call: use_case(call.app, call.who, call.path["id"]),
        answer=answer,
        tag=name,
    )
