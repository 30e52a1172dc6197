"""One's own account."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import totp
from periderm.app.application import Application
from periderm.console.pages import account
from periderm.console.render import Ask
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.people import PHRASE, add, came_in, with_passwords


@pytest.fixture
def own(empty: Application, ask: Asks) -> Ask:
    """ada asks, where passwords are kept."""
    app = with_passwords(empty)
    add(app, "ada", "responder@application=shop")
    who = msgspec.structs.replace(came_in(app, "ada")[1], confirmed=app.clock.now())
    return msgspec.structs.replace(ask("/account"), app=app, who=who)


def again(own: Ask, **parts: str) -> Ask:
    """Another request."""
    return msgspec.structs.replace(own, parts=parts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_owner_has_none_and_is_told_how_to_make_one(ask: Asks, language: str) -> None:
    """For daily work."""
    assert LOCAL_ADMIN.name == "local"
    text = account.page(ask("/account", language))
    assert "periderm user add NAME --role admin" in text
    assert "/account/password" not in text


def test_a_way_in_is_made_step_by_step(own: Ask) -> None:
    """Password, then codes with recovery codes that are shown once."""
    assert "responder@application=shop" in texts(account.page(own))
    assert "/account/codes" not in {form.get("action") for form in all_of(account.page(own), "form")}
    with pytest.raises(UsageError):
        account.password_from(own, {"new": [PHRASE], "again": [PHRASE + "x"]})
    assert account.password_from(own, {"new": [PHRASE], "again": [PHRASE]}) == "/sign-in"
    assert account.begin_codes_from(own, {}) == "/account#codes"
    stored = own.app.store.account("ada")
    assert stored is not None
    assert "otpauth://totp/" in account.page(own)
    assert [picture.get("role") for picture in all_of(account.page(own), "svg") if picture.get("class") == "qr"] == ["img"]
    code = totp.code_at(stored.unconfirmed, own.app.clock.now() // 10**9 // 30)
    shown = account.confirm_codes_from(own, {"code": [code]})
    kept = own.app.store.account("ada")
    assert kept is not None
    assert sum(totp.recovery_digest(text) in kept.recovery for text in texts(shown).split()) == totp.RECOVERY_CODES
    assert not any(totp.recovery_digest(text) in kept.recovery for text in texts(account.page(own)).split())
    assert kept.totp not in account.page(own)
    account.end_codes_from(own, {"password": [PHRASE]})
    assert own.app.store.account("ada").totp == ""  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_for_a_token_is_for_who_proved_lately_who_he_is(own: Ask, ask: Asks, language: str) -> None:
    """Else the page asks for the password, or for one to be set first."""
    mine = msgspec.structs.replace(ask("/account", language), app=own.app, who=own.who)
    actions = {form.get("action") for form in all_of(account.page(mine), "form")}
    assert not actions & {"/account/tokens", "/confirm"}
    account.password_from(own, {"new": [PHRASE], "again": [PHRASE]})
    actions = {form.get("action") for form in all_of(account.page(mine), "form")}
    assert actions & {"/account/tokens", "/confirm"} == {"/account/tokens"}
    assert own.who is not None
    stale = msgspec.structs.replace(mine, who=msgspec.structs.replace(own.who, confirmed=0))
    actions = {form.get("action") for form in all_of(account.page(stale), "form")}
    assert actions & {"/account/tokens", "/confirm"} == {"/confirm"}


def test_a_token_is_shown_once(own: Ask) -> None:
    """With only what one may oneself to choose from."""
    account.password_from(own, {"new": [PHRASE], "again": [PHRASE]})
    boxes = {box.get("value") for box in all_of(account.page(own), "input") if box.get("name") == "may"}
    assert boxes == {"read", "respond"}
    shown = account.token_from(own, {"name": ["laptop"], "may": ["read"], "days": ["30"], "part": [""]})
    assert "periderm_" in shown
    assert "periderm_" not in account.page(own)
    (token,) = own.app.store.tokens()
    account.revoke_from(again(own, id=token.id), {})
    assert own.app.store.tokens() == []
    fields = [("days", "x"), ("days", "0"), ("may", "admin"), ("may", "king"), ("name", "")]
    for name, value in fields:
        with pytest.raises((UsageError, DeniedError)):
            account.token_from(own, {"name": ["laptop"], "may": ["read"], "days": ["30"], "part": [""], name: [value]})
    assert own.app.store.tokens() == []


def test_a_session_is_ended(own: Ask) -> None:
    """One's own."""
    (session,) = own.app.store.sessions(own.app.clock.now())
    assert session.id in account.page(own)
    account.end_from(again(own, id=session.id), {})
    assert own.app.store.sessions(own.app.clock.now()) == []
