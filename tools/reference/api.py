"""The page of the HTTP API, from the same table that makes its routes and its OpenAPI document."""

from __future__ import annotations

from periderm.server.create import TABLE
from periderm.server.openapi import document
from tools.reference.markdown import cell, code, page, table


def pages() -> dict[str, str]:
    """File name to text."""
    told = document(TABLE)
    parts = [
        (
            "The running server gives the whole OpenAPI 3.1 document at `/api/v1/openapi.json`. Errors are problem+json. "
            "Times are Unix nanoseconds; texts are pairs of English and Chinese."
        )
    ]
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            rows = [(code(p["name"]), p["in"], cell(p.get("description", ""))) for p in operation.get("parameters", ())]
            parts.append(f"## {method.upper()} {cell(path)}")
            parts.append(cell(operation.get("summary", "")))
            if rows:
                parts.append(table(("parameter", "in", "meaning"), rows))
    return {"api.md": page("HTTP API", *parts)}
