"""The two shapes that most entries of the API have: a list in pages, and one thing by its id."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app.search import condition_for
from periderm.model.query import Page
from periderm.model.search import Family
from periderm.server import filters as f
from periderm.server.endpoints import Endpoint

V1 = "/api/v1"
SEARCHED = f.Parameter("q", "A search: words, FIELD:VALUE, `and`, `or`, `not`, brackets. Looks at so many rows (`looked_at`).")


def listing(name: str, summary: str, item: Any, use_case: Any, *parameters: f.Parameter, common: Any = f.COMMON) -> Endpoint:
    """GET of a list; `common` are the parameters that all lists have, or fewer. With `SEARCHED` among the parameters it takes a
    search in `q`, of the family of its name."""
    allowed = (*parameters, *common)

    def handle(call: Any) -> Any:
        given = dict(call.query)
        text = ""
        if SEARCHED in parameters and "q" in given:
            text = str(f.values_from({"q": given.pop("q")}, (SEARCHED,)).get("q", ""))
        query = f.query_from(given, allowed)
        if text:
            query = msgspec.structs.replace(query, where=condition_for(call.app, text, Family(name)))
        return use_case(call.app, call.who, query)

    return Endpoint(
        method="GET", path=f"{V1}/{name}", summary=summary, handle=handle, answer=Page[item], parameters=allowed, tag=name
    )


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
