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
REF_OF_PROBLEM = {"$ref": REF.format(name="Problem")}
NO_CONTENT = "internal/scans/take"
# What any operation may answer besides; what is not named here is a fault of ours.
REFUSALS = {
    400: "Malformed, or not possible as asked.",
    401: "Not signed in, or the token is over.",
    403: "Not allowed, or sent by a page that is not this server's.",
    404: "What is named is not there, or not in the caller's part.",
    413: "The body is too large, or what is asked for is too much.",
    414: "The address is too long.",
    421: "Called by a name that is not this server's.",
    502: "Who is told elsewhere refused it.",
    503: "Not now: `Retry-After` says when to ask again.",
    507: "No space is left on the medium.",
}


def document(table: tuple[Endpoint, ...]) -> dict[str, Any]:
    """The document as JSON values."""
    types = [t for e in table for t in (e.answer, e.body) if t is not None]
    refusals = {
        f"Problem{status}": {"description": told, "content": {"application/problem+json": {"schema": REF_OF_PROBLEM}}}
        for status, told in REFUSALS.items()
    }
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
        "security": [{"session": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": refusals,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "periderm_PORT"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }
    # Defaults of tuples and enums become the JSON values that they are on the wire.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    return plain


def _operation(endpoint: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if endpoint.answer is not None:
        answer = {"schema": schema_of[repr(endpoint.answer)]}
        own = endpoint.answer_media
        done["content"] = {own: answer} if own else {"application/json": answer, MSGPACK: answer}
    responses: dict[str, Any] = {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in REFUSALS
        if not (endpoint.open and status == 401)
    }
    responses |= {str(status): done for status in (endpoint.status, *endpoint.also)}
    if endpoint.path.endswith(NO_CONTENT):
        responses["204"] = {"description": "Nothing waits."}
    operation: dict[str, Any] = {
        "operationId": _name(endpoint),
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint.path), *(_parameter(p) for p in endpoint.parameters)],
        "responses": responses,
    }
    if endpoint.open:
        operation["security"] = []
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
    elif parameter.type == "integer":
        schema |= {"minimum": parameter.least, "maximum": parameter.most}
    else:
        schema |= {"minLength": int(parameter.required), "maxLength": parameter.longest}
    if parameter.pattern:
        schema["pattern"] = parameter.pattern
    told = {"name": parameter.name, "in": "query", "description": parameter.description, "schema": schema}
    return {**told, "required": True} if parameter.required else told
