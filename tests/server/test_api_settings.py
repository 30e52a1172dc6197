"""Settings through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.app.tokens import new_token
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.server.create import create_server
from tests.people import add
from tests.server.client import HOST, Client
from tests.settings_told import Place, told_settings

JSON = {"content_type": "application/json"}
CPU = "/api/v1/settings/agent.budget_cpu"


@pytest.fixture
def owner(empty: Application, built: assets.Assets) -> Iterator[Client]:
    """Signed in by a link of the machine, where settings are known."""
    app = told_settings(empty, Place(), {"PERIDERM_HISTORY_DAYS": "7"})
    client = Client(create_server(app, "token", built=built), origin=f"http://{HOST}")
    link = make_sign_in_link(app, LOCAL_ADMIN).removeprefix(app.settings.url)
    client.headers["cookie"] = client.get(link).cookies[0].partition(";")[0]
    yield client
    client.close()


def test_only_people_who_administer_see_them(person: Client, service: Client) -> None:
    """Our own processes do not."""
    assert person.get("/api/v1/settings").json()["settings"] == []
    assert service.get("/api/v1/settings").status == 403


def test_one_is_set_undone_and_let_go(owner: Client) -> None:
    """With what it was before."""
    for value in ("20", "30"):
        made = owner.ask("PUT", CPU, b'{"value":"%s"}' % value.encode(), JSON)
        assert (made.status, made.json()["value"]) == (200, value)
    assert made.json()["before"] == "20"
    assert owner.post(f"{CPU}/undo").json()["value"] == "20"
    shown = {one["name"]: one for one in owner.get("/api/v1/settings").json()["settings"]}
    assert shown["agent.budget_cpu"]["console"] == "20"
    assert (shown["history.days"]["held"], shown["history.days"]["line"]) == ("file", 1)
    assert owner.ask("DELETE", CPU).status == 204
    assert owner.ask("DELETE", CPU).status == 404
    assert owner.ask("PUT", CPU, b'{"value":"9"}', JSON).status == 200
    assert owner.post(f"{CPU}/undo").status == 204


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("agent.budget_cpu", b'{"value":"0"}', 400),
        ("agent.budget_cpu", b'{"value":20}', 400),
        ("agent.budget_cpu", b'{"value":"2","other":1}', 400),
        ("no.such", b'{"value":"2"}', 404),
        ("history.days", b'{"value":"2"}', 403),
        ("server.listen", b'{"value":"0.0.0.0:1"}', 403),
        ("server.settings_locked", b'{"value":"off"}', 403),
    ],
)
def test_what_is_not_possible(owner: Client, name: str, body: bytes, status: int) -> None:
    """Is told, with what to do."""
    answer = owner.ask("PUT", f"/api/v1/settings/{name}", body, JSON)
    assert (answer.status, bool(answer.json()["next_step"])) == (status, True)


def test_a_token_sets_none(owner: Client, empty: Application) -> None:
    """Whatever it may: who finds one does not silence the product."""
    add(empty, "ci", "admin", service=True)
    secret, _ = new_token(empty, LOCAL_ADMIN, "ci", "x", [Permission.READ, Permission.ADMIN], days=1)
    program = Client(owner.app, authorization=f"Bearer {secret}")
    assert program.get("/api/v1/settings").status == 200
    for method, path in (("PUT", CPU), ("POST", f"{CPU}/undo"), ("DELETE", CPU)):
        assert program.ask(method, path, b'{"value":"20"}', JSON).status == 403
    program.close()
