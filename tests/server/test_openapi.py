"""The OpenAPI document tells the API as it is."""

from __future__ import annotations

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.routing import Route

from periderm.app.application import Application
from periderm.server.create import TABLE
from periderm.server.openapi import document
from periderm.server.operations import OPERATIONS
from periderm.server.webhooks import HOOKS
from tests.server.client import Client


def test_it_is_valid() -> None:
    """By the specification's own schema, references and names included."""
    assert list(OpenAPIV31SpecValidator(document((*TABLE, *HOOKS, *OPERATIONS))).iter_errors()) == []


def test_it_tells_every_route_and_no_other(server: Starlette) -> None:
    """Routes come from the same table."""
    described = document((*TABLE, *HOOKS, *OPERATIONS))["paths"]
    told = {(path, method.upper()) for path, item in described.items() for method in item}
    begins = ("/api/v1", *(endpoint.path for endpoint in OPERATIONS))
    real = {
        (r.path, m)
        for r in server.routes
        if isinstance(r, Route) and r.path.startswith(begins) and r.path not in ("/api/v1/openapi.json", "/api/v1/events")
        for m in r.methods or ()
        if m != "HEAD"
    }
    assert told == real


def test_operations_have_names_of_their_own() -> None:
    """Client generators need that."""
    names = [o["operationId"] for item in document(TABLE)["paths"].values() for o in item.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", ["/api/v1/incidents", "/api/v1/overview", "/api/v1/assets"])
def test_real_answers_fit_their_schema(told: Application, service: Client, path: str) -> None:
    """What is served is what is described."""
    described = service.get("/api/v1/openapi.json").json()
    schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": described["components"]}
    jsonschema.Draft202012Validator(whole).validate(service.get(path).json())


def test_a_parameter_in_the_path_is_described() -> None:
    """With its name."""
    operation = document(TABLE)["paths"]["/api/v1/incidents/{id}"]["get"]
    assert [p["name"] for p in operation["parameters"] if p["in"] == "path"] == ["id"]
