"""Saying again who one is."""

from __future__ import annotations

import pytest

from periderm.app import credentials, totp
from periderm.app.application import Application
from periderm.app.confirming import FRESH_SECONDS, MOST_REFUSALS, NotConfirmedError, confirm, confirmed, require_confirmed
from periderm.app.sign_in import Given, RefusedSignInError, Visitor, by_password, who_has
from periderm.app.sign_in_limits import SignInLimits
from periderm.app.tokens import bearer, new_token
from periderm.model.account import OWNER, Grant, Role, principal_of
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal, Reach
from tests.people import PHRASE, add, came_in, with_passwords
from tests.story import FixedClock


@pytest.fixture
def app(empty: Application) -> Application:
    """Where ada administers, and has a password."""
    made = with_passwords(empty)
    add(made, "ada", "admin")
    credentials.set_password(made, came_in(made, "ada")[1], PHRASE)
    return made


def again(app: Application, secret: str) -> Principal:
    """The next request of the same session."""
    who = who_has(app, secret)
    assert who is not None
    return who


def test_a_proof_holds_for_a_while(app: Application, clock: FixedClock) -> None:
    """Signing in by password is one; a link that somebody handed on is none; and each grows old."""
    secret = by_password(app, SignInLimits(), Given(name="ada", password=PHRASE), Visitor()).session
    require_confirmed(app, again(app, secret))
    clock.sleep(FRESH_SECONDS)
    with pytest.raises(NotConfirmedError):
        require_confirmed(app, again(app, secret))
    linked, who = came_in(app, "ada")
    assert not confirmed(app, who)
    confirm(app, who, PHRASE)
    assert confirmed(app, again(app, linked))
    assert list(app.store.audit_after(0))[-1].action == "session.confirm"


def test_who_cannot(app: Application) -> None:
    """A token, whatever it may; an administrator of a part; a reader. The machine's own command line always can."""
    secret, _ = new_token(app, LOCAL_ADMIN, "ada", "x", [Permission.ADMIN], days=1)
    token = bearer(app, secret)
    assert token is not None
    with pytest.raises(DeniedError, match="token") as refused:
        require_confirmed(app, token)
    assert not isinstance(refused.value, NotConfirmedError)
    with pytest.raises(DeniedError):
        confirm(app, token, PHRASE)
    add(app, "eve", "viewer")
    with pytest.raises(DeniedError):
        require_confirmed(app, came_in(app, "eve")[1])
    part = principal_of("user:part", (Grant(Role.ADMIN, Reach(application="shop")),))
    with pytest.raises(DeniedError, match="part"):
        require_confirmed(app, part)
    require_confirmed(app, LOCAL_ADMIN)


def test_the_owner_proves_it_by_a_link_that_only_the_machine_prints(app: Application, clock: FixedClock) -> None:
    """For as long as any proof; then by another link."""
    secret, who = came_in(app, OWNER)
    require_confirmed(app, who)
    clock.sleep(FRESH_SECONDS)
    with pytest.raises(NotConfirmedError):
        require_confirmed(app, again(app, secret))
    with pytest.raises(DeniedError, match="no password"):
        confirm(app, who, PHRASE)


def test_who_guesses_is_thrown_out(app: Application) -> None:
    """Out of that session only; other sessions and the account go on."""
    stolen, who = came_in(app, "ada")
    other, _ = came_in(app, "ada")
    for _ in range(MOST_REFUSALS):
        with pytest.raises(RefusedSignInError):
            confirm(app, who, "guess")
    assert who_has(app, stolen) is None
    with pytest.raises(DeniedError, match="no session"):
        confirm(app, who, PHRASE)
    confirm(app, again(app, other), PHRASE)


def test_a_code_is_asked_for_too(app: Application, clock: FixedClock) -> None:
    """Where the account has codes; each counts once."""
    _, who = came_in(app, "ada")
    secret = credentials.begin_codes(app, who).secret.replace(" ", "")
    recovery = credentials.confirm_codes(app, who, totp.code_at(secret, clock.now() // 10**9 // 30))
    with pytest.raises(RefusedSignInError):
        confirm(app, who, PHRASE)
    clock.sleep(60)
    code = totp.code_at(secret, clock.now() // 10**9 // 30)
    confirm(app, who, PHRASE, code)
    with pytest.raises(RefusedSignInError):
        confirm(app, who, PHRASE, code)
    confirm(app, who, PHRASE, recovery[0])
    with pytest.raises(RefusedSignInError):
        confirm(app, who, PHRASE, recovery[0])


def test_without_a_password_there_is_nothing_to_say(empty: Application) -> None:
    """It says what to do."""
    app = with_passwords(empty)
    add(app, "bob", "admin")
    with pytest.raises(DeniedError, match="no password yet"):
        confirm(app, came_in(app, "bob")[1], "")
