"""Schemathesis walks the API by its own document, through a real listener, application and store, as everybody who may ask.

Seeded, and a few examples of each operation; PERIDERM_FUZZ asks for many. What is sent is what the document allows and what it
forbids; every answer must be one that the document promises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.membership_local.membership import SERVER_NAME
from periderm.app.application import Application
from periderm.app.tokens import new_token
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.server.create import TABLE, create_server
from periderm.server.fleet import FLEET
from periderm.server.internal import INTERNAL
from periderm.server.openapi import document
from periderm.server.operations import OPERATIONS
from periderm.server.run import bind
from periderm.server.webhooks import HOOKS
from tests import fleets, people
from tests.baseline_story import WEB, tell_baselines
from tests.others import tell_others
from tests.scanned import digest, tell_scans
from tests.server.sockets import PATIENCE, served
from tests.story import INCIDENT_ID, application, tell

SERVICE = "service-secret"
EXAMPLES = 200 if os.environ.get("PERIDERM_FUZZ") else 4
ROLES = {
    "ada": ("admin",),
    "vera": ("viewer@application=shop",),
    "rex": ("responder",),
    "paul": ("policy-author",),
}
ASKERS = (*ROLES, "program", "service", "nobody")
# Ids that are there, by the family of the address: else most requests would end with "not found".
IDS = {
    "incidents": INCIDENT_ID,
    "handlings": INCIDENT_ID,
    "alerts": "alt-shell",
    "findings": "fnd-shell",
    "assets": "con-web1",
    "effects": "eff-kill",
    "images": digest(0),
    "inventories": digest(0),
    "vulnerabilities": "CVE-2099-1001",
    "queue": digest(5),
    "registries": "shop",
    "baselines": WEB,
    "people": "bo",
}
# Values in a language of their own, which JSON Schema has no word for: that they are refused says nothing.
OWN_LANGUAGE = {"cursor", "where", "expect", "with", "q"}
WALL = 414  # the address as a whole is bounded, however long a value may be
PROMISED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
DOCUMENT = document((*TABLE, *HOOKS, *OPERATIONS))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
AGENTS = schemathesis.openapi.from_dict(document((*FLEET, *INTERNAL)))
for schema in (SCHEMA, AGENTS):
    # Who asks is the test's choice.
    schema.config.generation.update(with_security_parameters=False)


@schemathesis.serializer("application/msgpack")
def as_msgpack(_: Any, value: Any) -> bytes:
    """Numbers as far as the format has them."""

    def clipped(value: Any) -> Any:
        if isinstance(value, dict):
            return {clipped(k): clipped(v) for k, v in value.items()}
        if isinstance(value, list):
            return [clipped(v) for v in value]
        return max(-(2**63), min(value, 2**64 - 1)) if type(value) is int else value

    return msgspec.msgpack.encode(clipped(value))


def operations(schema: Any) -> list[Any]:
    """All, by name."""
    return [pytest.param(found.ok(), id=found.ok().label) for found in schema.get_all_operations()]


@dataclass
class Site:
    """A server that runs, and who may ask it."""

    url: str
    app: Application
    program: str

    def headers(self, asker: str) -> dict[str, str]:
        """How this one proves itself; people come in anew, as an example may have ended their session."""
        if asker == "nobody":
            return {"Origin": self.url}
        if asker in ROLES:
            secret, _ = people.came_in(self.app, asker)
            return {"Cookie": f"periderm_{self.app.settings.port}={secret}", "Origin": self.url}
        return {"Authorization": f"Bearer {SERVICE if asker == 'service' else self.program}"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built: assets.Assets) -> Iterator[Site]:
    """With the attacked shop in its store, another application beside it, and people with every kind of right."""
    folder = tmp_path_factory.mktemp("site")
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    clock = fleets.MovedClock()
    with closing(LocalBus(str(folder / "spool"))) as bus:
        app = people.with_passwords(application(folder, clock, bus, port=port))  # type: ignore[arg-type]  # any clock will do
        app = msgspec.structs.replace(app, authority=LocalAuthority(str(folder / "ca"), clock.now()))
        for story in (tell, tell_scans, tell_baselines, tell_others):
            story(app)
        for name, roles in ROLES.items():
            people.add(app, name, *roles)
        people.add(app, "bo")
        people.add(app, "ci", "admin", service=True)
        program, _ = new_token(app, LOCAL_ADMIN, "ci", "reads", [Permission.READ], days=1)
        with served(create_server(app, SERVICE, built=built), listener):
            yield Site(f"http://127.0.0.1:{port}", app, program)
        app.store.close()


def example(data: st.DataObject, operation: Any) -> tuple[Any, bool]:
    """(what to ask, whether the document allows it)."""
    allowed = data.draw(st.booleans()) or not (operation.query or operation.body)
    mode = schemathesis.GenerationMode.POSITIVE if allowed else schemathesis.GenerationMode.NEGATIVE
    case = data.draw(operation.as_strategy(generation_mode=mode))
    family = next((part for part in case.path.split("/") if part in IDS), "")
    if family and case.path_parameters and data.draw(st.booleans()):
        case.path_parameters = {**case.path_parameters, next(iter(case.path_parameters)): IDS[family]}
    return case, allowed


def problem_of(answer: Any) -> Mapping[str, Any]:
    """What was refused, and why."""
    told: Mapping[str, Any] = msgspec.json.decode(answer.content)
    return told


def held(case: Any, answer: Any, *, allowed: bool, asked_for: bool) -> None:
    """The promises. `asked_for`: who asks may."""
    case.validate_response(answer, checks=PROMISED)
    assert answer.status_code != 500
    if answer.status_code >= 500 and case.path != "/readyz":
        # A part that this server does not have, or a sender that says it is newer; that the store or the medium failed would be
        # another word.
        assert problem_of(answer)["type"].rpartition(":")[2] in ("connect", "newer"), answer.text
    # A parameter that is empty is one that was not given, whatever values it may have.
    if answer.status_code == WALL or not asked_for or "" in (case.query or {}).values():
        return
    if not allowed:
        case.validate_response(answer, checks=[checks.negative_data_rejection])
    elif case.method == "GET" and not OWN_LANGUAGE & set(case.query or ()):
        case.validate_response(answer, checks=[checks.positive_data_acceptance])


def seeded(function: Any) -> Any:
    """The same examples in every run."""
    return settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(st.data())(function))


@pytest.mark.parametrize("operation", operations(SCHEMA))
def test_everybody_gets_what_the_document_promises(site: Site, operation: Any) -> None:
    """Whatever is sent: a documented status, form and shape; what is forbidden is refused, what is allowed is not; and whoever
    has not signed in learns nothing."""
    is_open = operation.definition.raw.get("security") == []

    def one(data: st.DataObject) -> None:
        asker = data.draw(st.sampled_from(ASKERS))
        case, allowed = example(data, operation)
        with requests.Session() as session:
            answer = case.call(base_url=site.url, headers=site.headers(asker), session=session, timeout=PATIENCE)
        held(case, answer, allowed=allowed, asked_for=asker == "ada")
        if asker == "nobody" and not is_open:
            assert answer.status_code in (401, 403, 413, WALL)

    seeded(one)()


class Mutual(requests.adapters.HTTPAdapter):
    """With a machine's certificate."""

    def __init__(self, context: Any) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """As the base class, by this context."""
        super().init_poolmanager(*args, **{**named, "ssl_context": self._context, "server_hostname": SERVER_NAME})


@dataclass
class Agents:
    """The agents' door, and a machine that joined."""

    url: str
    context: Any
    node_id: str


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    """By TLS on both ends."""
    folder = tmp_path_factory.mktemp("agents")
    app = fleets.application(folder, fleets.MovedClock())
    with fleets.door(app) as (url, _):
        machine = fleets.Machine(folder, "shop-01", url)
        machine.join(app)
        connection = machine.membership.connection(10.0)
        yield Agents(url, connection._context, machine.node.id)  # type: ignore[attr-defined]  # the one way to it
    fleets.close(app)


@pytest.mark.parametrize("operation", operations(AGENTS))
def test_a_machine_gets_what_the_document_promises(agents: Agents, operation: Any) -> None:
    """Whatever a taken machine sends by its own certificate, through real TLS: never a failure of the server's own."""

    def one(data: st.DataObject) -> None:
        case, allowed = example(data, operation)
        if case.query and "node" in case.query and data.draw(st.booleans()):
            case.query = {**case.query, "node": agents.node_id}
        with requests.Session() as session:
            session.mount("https://", Mutual(agents.context))
            answer = case.call(base_url=agents.url, session=session, timeout=PATIENCE)
        held(case, answer, allowed=allowed, asked_for=False)

    seeded(one)()


def test_the_document_says_what_an_answer_can_be() -> None:
    """Each operation lists its statuses (there is no `default` to hide behind), and only what is open to all needs no
    session."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert "default" not in operation["responses"], (path, method)
            assert {"400", "403", "413"} <= operation["responses"].keys()
            assert ("401" in operation["responses"]) is (operation.get("security") != []), (path, method)
    unguarded = {path for path, methods in DOCUMENT["paths"].items() for o in methods.values() if o.get("security") == []}
    assert unguarded == {"/healthz", "/readyz", "/api/v1/webhooks/registry/{name}"}
