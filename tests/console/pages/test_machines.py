"""The page of machines, join tokens, doors and authorities."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.app.application import Application
from periderm.console.pages import machines
from periderm.console.render import Ask
from periderm.model.errors import DeniedError, UsageError
from periderm.model.fleet import DoorInfo, JoinedNode
from periderm.model.principal import Permission, Principal
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts


@pytest.fixture
def joins(empty: Application, ask: Asks) -> Ask:
    """Where machines may join; one did, with a hostile name."""
    own = LocalAuthority(empty.settings.authority, empty.clock.now())
    settings = msgspec.structs.replace(empty.settings, agents="0.0.0.0:8844")
    door = DoorInfo(name="agents", place="0.0.0.0:8844", until=empty.clock.now() + 1)
    empty.store.put_joined_node(JoinedNode(node_id="node-1", name="<b>web</b>", joined=1))
    app = msgspec.structs.replace(empty, authority=own, settings=settings, doors=lambda: [door])
    return msgspec.structs.replace(ask("/machines"), app=app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_nobody_joins_the_page_teaches(ask: Asks, language: str) -> None:
    """The command that opens the door."""
    text = machines.page(ask("/machines", language))
    assert "periderm server --agents" in text
    assert "/join-tokens" not in {form.get("action") for form in all_of(text, "form")}


def test_a_token_is_shown_once(joins: Ask) -> None:
    """With the command that takes it up; then it is listed and taken back."""
    shown = machines.token_from(joins, {"name": ["web-1"], "hours": ["24"]})
    assert "periderm agent --server https://THIS-SERVER:8844 --join periderm-join." in texts(shown)
    (token,) = joins.app.store.join_tokens()
    assert token.name == "web-1"
    text = machines.page(joins)
    assert "periderm-join." not in text
    assert f"/join-tokens/{token.id}/revoke" in {form.get("action") for form in all_of(text, "form")}
    machines.revoke_token_from(msgspec.structs.replace(joins, parts={"id": token.id}), {})
    assert joins.app.store.join_tokens()[0].revoked
    with pytest.raises(UsageError):
        machines.token_from(joins, {"hours": ["9999"]})


def test_a_machine_is_shown_out_by_its_typed_name(joins: Ask) -> None:
    """It is text, whatever it is; another name shows nobody out."""
    assert "<b>web" not in machines.page(joins)
    one = msgspec.structs.replace(joins, parts={"id": "node-1"})
    with pytest.raises(UsageError):
        machines.revoke_from(one, {"name": ["web"]})
    machines.revoke_from(one, {"name": ["<b>web</b>"]})
    assert joins.app.store.joined_nodes()[0].revoked


def test_an_authority_is_begun_and_retired(joins: Ask) -> None:
    """By who proved it; the page says which issues."""
    assert joins.app.authority is not None
    first = joins.app.authority.known()[0].fingerprint
    assert machines.roll_from(joins, {}) == "/machines#authorities"
    assert f"/authorities/{first}/retire" in {form.get("action") for form in all_of(machines.page(joins), "form")}
    machines.retire_from(msgspec.structs.replace(joins, parts={"id": first}), {})
    assert [each.fingerprint for each in joins.app.authority.known()] != [first]
    stale = Principal("user:ada", frozenset(Permission) - {Permission.MACHINE}, session="sit-1")
    with pytest.raises(DeniedError):
        machines.roll_from(msgspec.structs.replace(joins, who=stale), {})
