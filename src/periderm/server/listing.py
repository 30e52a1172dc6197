"""The two shapes that most entries of the API have: a list in pages, and one thing by its id."""

from __future__ import annotations

from typing import Any

from periderm.model.query import Page
from periderm.server import filters as f
from periderm.server.endpoints import Endpoint

V1 = "/api/v1"


def listing(name: str, summary: str, item: Any, use_case: Any, *parameters: f.Parameter, common: Any = f.COMMON) -> Endpoint:
    """GET of a list; `common` are the parameters that all lists have, or fewer."""
    allowed = (*parameters, *common)

    def handle(call: Any) -> Any:
        return use_case(call.app, call.who, f.query_from(call.query, allowed))

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
