"""The OpenAPI 3.1 document, made from the route table and the model's types, so that it cannot tell something else."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from periderm import __version__
from periderm.server.endpoints import MSGPACK, Endpoint
from periderm.server.filters import Parameter
from periderm.server.problems import Problem

REF = "#/components/schemas/{name}"
NO_CONTENT = "internal/scans/take"


def document(table: tuple[Endpoint, ...]) -> dict[str, Any]:
    """The document as JSON values."""
    types = [t for e in table for t in (e.answer, e.body) if t is not None]
    unique = list({repr(t): t for t in [*types, Problem]}.values())
    schemas, components = msgspec.json.schema_components(unique, ref_template=REF)
    schema_of = {repr(t): s for t, s in zip(unique, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in table:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schema_of)
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Periderm",
            "version": __version__,
            "description": "Times are Unix nanoseconds. Texts are pairs: English, Chinese. Errors are problem+json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}, {"service": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "periderm_PORT"},
                "service": {"type": "http", "scheme": "bearer"},
            },
        },
    }
    # Defaults of tuples and enums become the JSON values that they are on the wire.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    return plain


def _operation(endpoint: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    problem = {"description": "A problem.", "content": {"application/problem+json": {"schema": schema_of[repr(Problem)]}}}
    answer = {"schema": schema_of[repr(endpoint.answer)]}
    responses: dict[str, Any] = {
        str(endpoint.status): {"description": "Done.", "content": {"application/json": answer, MSGPACK: answer}},
        "default": problem,
    }
    if endpoint.path.endswith(NO_CONTENT):
        responses["204"] = {"description": "Nothing waits."}
    operation: dict[str, Any] = {
        "operationId": _name(endpoint),
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint.path), *(_parameter(p) for p in endpoint.parameters)],
        "responses": responses,
    }
    if endpoint.body is not None:
        schema = {"schema": schema_of[repr(endpoint.body)]}
        operation["requestBody"] = {"required": True, "content": {endpoint.body_media: schema}}
    return operation


def _name(endpoint: Endpoint) -> str:
    words = re.findall(r"[a-z]+", endpoint.path.removeprefix("/api/v1"))
    return endpoint.method.lower() + "".join(w.title() for w in words)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": parameter.type}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    return {"name": parameter.name, "in": "query", "description": parameter.description, "schema": schema}
