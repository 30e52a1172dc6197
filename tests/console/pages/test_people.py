"""People, who is signed in, and the log."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.accounts import put_group
from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.tokens import new_token
from periderm.console.pages import people
from periderm.console.render import Ask
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.people import add, came_in

READER = Principal("user:eve", frozenset({Permission.READ, Permission.RESPOND, Permission.POLICY}))
HOSTILE = '<script>alert(1)</script>"\u202e\x1b[31m'


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_is_listed_with_what_they_may(empty: Application, ask: Asks, language: str) -> None:
    """And an empty list teaches."""
    assert "periderm user add" in people.page(ask("/people", language))
    put_group(empty, LOCAL_ADMIN, "web", ())
    add(empty, "ada", "responder@application=shop")
    add(empty, "ci", "viewer", service=True)
    text = people.page(ask("/people", language))
    assert "responder@application=shop" in texts(text)
    assert {"/people/ada/change", "/people/ada/link", "/people/ci/remove", "/groups/web/remove"} <= {
        form.get("action") for form in all_of(text, "form")
    }
    assert "/people/ci/link" not in text


def test_adding_shows_the_link_once(empty: Application, ask: Asks) -> None:
    """A service gets none."""
    form = {"name": ["eve"], "kind": ["person"], "roles": ["viewer\nresponder@application=shop\n"], "groups": [""]}
    text = people.add_from(ask("/people"), form)
    assert "/sign-in?token=" in text
    assert "/sign-in?token=" not in people.page(ask("/people"))
    assert "/sign-in?token=" not in people.add_from(ask("/people"), {**form, "name": ["ci"], "kind": ["service"]})
    with pytest.raises(UsageError):
        people.add_from(ask("/people"), {**form, "name": ["Eve Smith"]})
    assert "/sign-in?token=" in people.link_from(ask("/people/eve/link", parts={"id": "eve"}), {})


def test_forms_change_what_they_say(empty: Application, ask: Asks) -> None:
    """Rights, groups, being let in at all, credentials, and being there."""
    add(empty, "ada", "viewer")

    def form(act: object, **fields: str) -> None:
        act(ask("/x", parts={"id": "ada"}), {name: [value] for name, value in fields.items()})  # type: ignore[operator]

    people.group_from(ask("/groups"), {"name": ["web"], "roles": ["viewer"]})
    form(people.change_from, roles="admin", groups="web")
    account = empty.store.account("ada")
    assert account is not None
    assert (account.groups, [g.role.value for g in account.grants]) == (("web",), ["admin"])
    form(people.disable_from, disabled="yes")
    assert empty.store.account("ada").disabled  # type: ignore[union-attr]
    form(people.disable_from, disabled="no")
    form(people.reset_from)
    people.remove_group_from(ask("/groups/web/remove", parts={"id": "web"}), {})
    form(people.remove_from)
    assert empty.store.accounts() == []


def test_who_is_signed_in_is_listed_and_ended(empty: Application, ask: Asks) -> None:
    """With from where."""
    add(empty, "ada", "viewer")
    came_in(empty, "ada")
    (session,) = empty.store.sessions(empty.clock.now())
    text = people.sign_ins(ask("/sign-ins"))
    assert f"/sign-ins/{session.id}/end" in {form.get("action") for form in all_of(text, "form")}
    people.end_from(ask("/sign-ins/x/end", parts={"id": session.id}), {})
    assert empty.store.sessions(empty.clock.now()) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_log_is_searched_paged_and_checked(empty: Application, ask: Asks, language: str) -> None:
    """Names that an attacker chose are text."""
    for number in range(120):
        note(empty, LOCAL_ADMIN, "policy.put", f"pol-{number}", HOSTILE)
    text = people.log(ask("/audit", language))
    assert "<script>alert" not in text
    assert "pol-119" in text
    assert "pol-1<" not in text
    older = people.log(ask("/audit", language, query={"cursor": "21"}))
    assert "pol-19" in older
    assert "--expect 120:" in people.log(ask("/audit", language, query={"check": "yes"}))
    assert "pol-7" in people.log(ask("/audit", language, query={"text": "pol-7", "kind": "policy."}))


def test_only_administrators_see_them(ask: Asks) -> None:
    """Each page and form."""
    other: Ask = msgspec.structs.replace(ask("/people", parts={"id": "ada"}), who=READER)
    for page in (people.page, people.sign_ins, people.log):
        with pytest.raises(DeniedError):
            page(other)
    form = {"name": ["eve"], "roles": ["admin"]}
    for act in (people.add_from, people.change_from, people.disable_from, people.reset_from, people.remove_from):
        with pytest.raises(DeniedError):
            act(other, form)
    for act in (people.link_from, people.group_from, people.remove_group_from):
        with pytest.raises(DeniedError):
            act(other, form)


def test_tokens_and_sessions_of_others_are_taken_back(empty: Application, ask: Asks) -> None:
    """All are listed with whose they are; each has its button."""
    assert "periderm token new" in people.sign_ins(ask("/sign-ins"))
    add(empty, "ada", "viewer")
    came_in(empty, "ada")
    came_in(empty, "ada")
    _, token = new_token(empty, LOCAL_ADMIN, "ada", HOSTILE[:90], [Permission.READ], days=1)
    text = people.sign_ins(ask("/sign-ins"))
    assert f"/tokens/{token.id}/revoke" in {form.get("action") for form in all_of(text, "form")}
    assert "<script>alert" not in text
    assert "/people/ada/sign-out" in {form.get("action") for form in all_of(people.page(ask("/people")), "form")}
    people.revoke_from(ask("/x", parts={"id": token.id}), {})
    people.end_all_from(ask("/x", parts={"id": "ada"}), {})
    assert not empty.store.tokens()
    assert not empty.store.sessions(empty.clock.now())
    assert "/people/ada/sign-out" not in people.page(ask("/people"))
