"""What scans found, over the API."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.exemptions import ExemptionPreview
from periderm.app.images import ImageStory
from periderm.model.exception import Exemption
from periderm.model.query import Query
from tests.scanned import DAY, digest, inventory
from tests.server.client import Client

EXCEPTIONS = "/api/v1/exceptions"


def body(app: Application, **more: object) -> bytes:
    """A new exception."""
    given = {"reason": "x", "owner": "ada", "expires": app.clock.now() + DAY, "scope": {"findings": ["CVE-2099-1001"]}}
    return msgspec.json.encode({**given, **more})


def test_an_image_is_whole(scanned: Application, person: Client) -> None:
    """Layers, what to change, what is hidden."""
    story = msgspec.json.decode(person.get(f"/api/v1/images/{digest(0)}").body, type=ImageStory)
    assert len(story.layers) == 4
    assert story.changes
    assert story.hidden[0].exemption.id == "exc-perl"


def test_filters_reach_the_store(scanned: Application, service: Client) -> None:
    """Each list's own."""
    ask = lambda path: service.get(f"/api/v1/{path}").json()["total"]  # noqa: E731 -- short for ten lines
    assert ask("images?state=unscanned") == 2
    assert ask("images?state=failed") == 1
    assert ask(f"images?image_digest={digest(1)}") == 1
    assert ask("vulnerabilities?state=running&severity_at_least=critical") == 2
    assert ask("vulnerabilities?text=ghsa-test-1001") == 1
    assert ask("packages?text=%3Dlodash") == 2
    assert ask(f"packages?image_digest={digest(1)}&kind=pypi") == 3


@pytest.mark.parametrize("path", ["packages?state=x", "packages?order=severity", "images?state=odd", "vulnerabilities?since=1"])
def test_parameters_that_a_list_does_not_have_are_told(scanned: Application, service: Client, path: str) -> None:
    """And not ignored."""
    assert service.get(f"/api/v1/{path}").status == 400


def test_an_exception_is_previewed_added_and_removed(scanned: Application, person: Client) -> None:
    """As the console does it."""
    shown = person.post(f"{EXCEPTIONS}/preview", body(scanned))
    assert msgspec.json.decode(shown.body, type=ExemptionPreview).total == 3
    assert len(scanned.store.exemptions()) == 1
    answer = person.post(EXCEPTIONS, body(scanned))
    assert answer.status == 201
    added = msgspec.json.decode(answer.body, type=Exemption)
    assert added.created_by == "user:ada"
    assert len(person.get(EXCEPTIONS).json()) == 2
    left = person.ask("DELETE", f"{EXCEPTIONS}/{added.id}")
    assert [one["exemption"]["id"] for one in left.json()] == ["exc-perl"]
    assert person.ask("DELETE", f"{EXCEPTIONS}/{added.id}").status == 404


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"scope": {}}, {"expires": 1}, {"expires": 2**70}, {"id": "exc-own"}, {"scope": 3}]
)
def test_a_wrong_exception_is_told(scanned: Application, person: Client, wrong: dict[str, object]) -> None:
    """As a problem, and nothing is stored."""
    assert person.post(EXCEPTIONS, body(scanned, **wrong)).status == 400
    assert len(scanned.store.exemptions()) == 1


def test_a_service_may_not_make_exceptions(scanned: Application, service: Client) -> None:
    """Agents and workers read; people decide."""
    assert service.post(EXCEPTIONS, body(scanned)).status == 403
    assert service.ask("DELETE", f"{EXCEPTIONS}/exc-perl").status == 403


def test_findings_of_one_vulnerability(scanned: Application, service: Client) -> None:
    """The list of findings narrows to it; a list that knows of none says so."""
    assert service.get("/api/v1/findings?vulnerability=CVE-2099-1001").json()["total"] == 3
    assert service.get("/api/v1/alerts?vulnerability=CVE-2099-1001").status == 400


def test_an_image_is_scanned_again(scanned: Application, person: Client, service: Client) -> None:
    """People may ask for it, processes may not; where nobody knows how to open it that is told."""
    assert person.post(f"/api/v1/images/{digest(1)}/scan").status == 400
    assert person.post(f"/api/v1/images/{digest(0)}/scan").status == 202  # a container runs it: its runtime has it
    made = msgspec.structs.replace(inventory(1), source=f"podman:{digest(1)}")
    last = scanned.store.scan_results(Query(image_digest=digest(1), limit=1)).items[0]
    scanned.store.put_scan_result(msgspec.structs.replace(last, inventory=made))
    answer = person.post(f"/api/v1/images/{digest(1)}/scan")
    assert answer.status == 202
    assert answer.json()["waiting"] is True
    assert person.post("/api/v1/images/sha256:none/scan").status == 404
    assert service.post(f"/api/v1/images/{digest(1)}/scan").status == 403


def test_the_consoles_button_does_the_same(scanned: Application, person: Client) -> None:
    """And leads back to the image's page, which says that it waits."""
    made = msgspec.structs.replace(inventory(1), source=f"podman:{digest(1)}")
    last = scanned.store.scan_results(Query(image_digest=digest(1), limit=1)).items[0]
    scanned.store.put_scan_result(msgspec.structs.replace(last, inventory=made))
    answer = person.post(f"/images/{digest(1)}/scan")
    assert answer.status == 303
    assert "disabled" in person.get(answer.headers["location"]).text
