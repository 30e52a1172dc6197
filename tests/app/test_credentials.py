"""One's own way in: password, one-time codes, sessions."""

from __future__ import annotations

import pytest

from periderm.app import accounts, totp
from periderm.app import credentials as own
from periderm.app.application import Application
from periderm.app.sign_in import Given, RefusedSignInError, Visitor, by_password, who_has
from periderm.app.sign_in_limits import SignInLimits, TooManyError
from periderm.app.tokens import bearer, new_token
from periderm.model.audit import AuditEntry
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission
from tests.people import PHRASE, add, came_in, with_passwords
from tests.story import FixedClock

HERE = Visitor(address="192.0.2.1", browser="a browser")


@pytest.fixture
def app(empty: Application) -> Application:
    """Where ada has a password."""
    made = with_passwords(empty)
    add(made, "ada", "responder")
    own.set_password(made, came_in(made, "ada")[1], PHRASE)
    return made


def try_in(app: Application, limits: SignInLimits | None = None, visitor: Visitor = HERE, **given: str) -> str:
    """Signs in; the session's secret."""
    told = Given(**{"name": "ada", "password": PHRASE, **given})
    return by_password(app, limits or SignInLimits(), told, visitor).session


def noted(app: Application) -> list[AuditEntry]:
    """The log."""
    return list(app.store.audit_after(0))


def test_the_right_password_comes_in(app: Application) -> None:
    """As that account, with a session that tells from where."""
    who = who_has(app, try_in(app))
    assert who is not None
    assert (who.name, who.may(Permission.RESPOND)) == ("user:ada", True)
    session = own.list_sessions(app, who)[0]
    assert (session.how, session.address, session.browser) == ("password", "192.0.2.1", "a browser")
    assert noted(app)[-1].action == "session.begin"


@pytest.mark.parametrize("given", [{"password": "x"}, {"password": ""}, {"name": "bob"}, {"name": ""}, {"name": "x" * 999}])
def test_what_is_wrong_is_not_told_apart(app: Application, given: dict[str, str]) -> None:
    """An unknown name, a wrong password, an account without one: the same words, and each is noted."""
    with pytest.raises(RefusedSignInError):
        by_password(app, SignInLimits(), Given(**{"name": "ada", "password": PHRASE, **given}), HERE)
    assert noted(app)[-1].action == "session.refused"
    assert PHRASE not in str(noted(app))


def test_services_disabled_accounts_and_those_without_a_password_stay_out(app: Application) -> None:
    """Whatever is typed."""
    add(app, "ci", "viewer", service=True)
    add(app, "eve", "viewer")
    for name in ("ci", "eve", "local"):
        for password in ("", PHRASE):
            with pytest.raises(RefusedSignInError):
                try_in(app, name=name, password=password)


def test_guessing_is_slowed_and_the_owner_of_the_account_is_not(app: Application) -> None:
    """Who guesses from here waits, even with the right password; a browser that was here before comes in."""
    limits = SignInLimits()
    known = by_password(app, limits, Given(name="ada", password=PHRASE), HERE).device
    for _ in range(5):
        with pytest.raises(RefusedSignInError):
            try_in(app, limits, password="guess")
    before = len(noted(app))
    for _ in range(9):
        with pytest.raises(TooManyError):
            try_in(app, limits)
    assert len(noted(app)) == before + 1
    assert try_in(app, limits, visitor=Visitor(address="192.0.2.1", device=known))
    with pytest.raises(TooManyError):
        try_in(app, limits, visitor=Visitor(address="192.0.2.1", device="made up"))


def test_a_device_is_one_account_s(app: Application) -> None:
    """Somebody with an account of their own gets no second count for another's name."""
    limits = SignInLimits()
    add(app, "eve", "viewer")
    own.set_password(app, came_in(app, "eve")[1], PHRASE + "!")
    device = by_password(app, limits, Given(name="eve", password=PHRASE + "!"), HERE).device
    refused = 0
    for _ in range(20):
        try:
            try_in(app, limits, visitor=Visitor(address="192.0.2.1", device=device), password="guess")
        except TooManyError:
            refused += 1
        except RefusedSignInError:
            continue
    assert refused == 15


def test_codes_are_asked_for_once_one_was_shown(app: Application, clock: FixedClock) -> None:
    """From then on the password alone is not enough; no code counts twice; each recovery code once."""
    _, who = came_in(app, "ada")
    secret = own.begin_codes(app, who).secret.replace(" ", "")
    assert try_in(app)  # not yet: nobody is locked out by an app that was never set up
    with pytest.raises(UsageError):
        own.confirm_codes(app, who, "000000" if totp.code_at(secret, clock.now() // 10**9 // 30) != "000000" else "000001")
    recovery = own.confirm_codes(app, who, totp.code_at(secret, clock.now() // 10**9 // 30))
    with pytest.raises(RefusedSignInError):
        try_in(app)
    clock.sleep(60)
    code = totp.code_at(secret, clock.now() // 10**9 // 30)
    assert try_in(app, code=code)
    with pytest.raises(RefusedSignInError):
        try_in(app, code=code)
    assert try_in(app, code=recovery[0].upper())
    with pytest.raises(RefusedSignInError):
        try_in(app, code=recovery[0])
    with pytest.raises(RefusedSignInError):
        own.end_codes(app, who, "wrong")
    own.end_codes(app, who, PHRASE)
    assert try_in(app)


def test_a_new_password_ends_other_sessions(app: Application) -> None:
    """Whoever had the old one is out; the current one is asked for."""
    mine, who = came_in(app, "ada")
    other = try_in(app)
    this = next(s.id for s in own.list_sessions(app, who) if s.how == "link" and s.id)
    with pytest.raises(RefusedSignInError):
        own.set_password(app, who, PHRASE + " more", "wrong")
    own.set_password(app, who, PHRASE + " more", PHRASE, session=this)
    assert who_has(app, other) is None
    assert sum(who_has(app, secret) is not None for secret in (mine,)) <= 1
    with pytest.raises(RefusedSignInError):
        try_in(app)
    assert try_in(app, password=PHRASE + " more")


@pytest.mark.parametrize("password", ["short", "a" * 20, "abababababab", "x" * 1025, "ada"])
def test_what_is_too_easy(app: Application, password: str) -> None:
    """Length counts, and not to be one's name."""
    with pytest.raises(UsageError):
        own.set_password(app, came_in(app, "ada")[1], password, PHRASE)


def test_owners_and_tokens_have_no_credentials(app: Application) -> None:
    """A token that leaked cannot be made to last by setting a password with it."""
    secret, _ = new_token(app, LOCAL_ADMIN, "ada", "x", [Permission.READ], days=1)
    token = bearer(app, secret)
    assert token is not None
    for who in (token, LOCAL_ADMIN, came_in(app, "someone")[1]):
        with pytest.raises(DeniedError):
            own.set_password(app, who, PHRASE, PHRASE)
        with pytest.raises(DeniedError):
            own.begin_codes(app, who)


def test_sessions_are_listed_and_ended(app: Application) -> None:
    """One's own; an administrator's view of all."""
    secret, who = came_in(app, "ada")
    add(app, "bob", "viewer")
    other_secret, other = came_in(app, "bob")
    mine = {s.id for s in own.list_sessions(app, who)}
    theirs = {s.id for s in own.list_sessions(app, other)}
    assert not mine & theirs
    with pytest.raises(NotFoundError):
        own.end_session(app, who, next(iter(theirs)))
    with pytest.raises(DeniedError):
        own.list_sessions(app, who, every=True)
    with pytest.raises(DeniedError):
        own.end_sessions_of(app, who, "bob")
    for session in mine:
        own.end_session(app, who, session)
    assert who_has(app, secret) is None
    assert own.end_sessions_of(app, LOCAL_ADMIN, "bob") == 1
    assert who_has(app, other_secret) is None


def test_an_administrator_takes_a_way_in_back(app: Application) -> None:
    """Password, codes and sessions; a link is what is left."""
    secret = try_in(app)
    accounts.clear_credentials(app, LOCAL_ADMIN, "ada")
    assert who_has(app, secret) is None
    with pytest.raises(RefusedSignInError):
        try_in(app)
    assert came_in(app, "ada")


def test_all_other_sessions_end_at_once(app: Application) -> None:
    """The one that asks goes on; a token, and who has no account, end none this way."""
    first, _ = came_in(app, "ada")
    kept, who = came_in(app, "ada")
    add(app, "eve", "viewer")
    other, _ = came_in(app, "eve")
    assert own.end_other_sessions(app, who) == len([first])
    assert who_has(app, first) is None
    assert who_has(app, kept) is not None
    assert who_has(app, other) is not None
    assert list(app.store.audit_after(0))[-1].action == "session.end"
    token = bearer(app, new_token(app, LOCAL_ADMIN, "ada", "x", [Permission.READ], days=1)[0])
    assert token is not None
    for nobody in (token, LOCAL_ADMIN, who.__class__(who.name, who.permissions)):
        with pytest.raises(DeniedError):
            own.end_other_sessions(app, nobody)
