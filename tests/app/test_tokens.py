"""Tokens of programs."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.accounts import Changes, change_account
from periderm.app.application import Application
from periderm.app.confirming import FRESH_SECONDS, NotConfirmedError
from periderm.app.tokens import PREFIX, bearer, list_tokens, new_token, revoke_token, well_formed
from periderm.model.account import PERMISSIONS, Grant, Role, principal_of
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal, Reach
from tests.people import add, came_in
from tests.story import FixedClock

READ = [Permission.READ]


def proved(app: Application, name: str) -> Principal:
    """Somebody who gave a password just now."""
    return msgspec.structs.replace(came_in(app, name)[1], confirmed=app.clock.now())


def test_a_token_speaks_for_its_account_within_its_own_bounds(empty: Application) -> None:
    """Never more than was given, nor more than the account has now."""
    add(empty, "ci", "responder", service=True)
    secret, token = new_token(empty, LOCAL_ADMIN, "ci", "gate", [Permission.READ], days=1, reach=Reach(application="shop"))
    who = bearer(empty, secret)
    assert who is not None
    assert who.permissions == {Permission.READ}
    assert who.within(Permission.READ) == (Reach(application="shop"),)
    assert token.id in who.name
    assert "ci" in who.name
    assert empty.store.tokens()[0].used == empty.clock.now()
    change_account(empty, LOCAL_ADMIN, "ci", Changes(grants=()))
    assert bearer(empty, secret).permissions == frozenset()  # type: ignore[union-attr]
    change_account(empty, LOCAL_ADMIN, "ci", Changes(disabled=True))
    assert bearer(empty, secret) is None


def test_a_token_ends(empty: Application, clock: FixedClock) -> None:
    """By its time, or because it was taken back."""
    add(empty, "ci", "viewer", service=True)
    first, token = new_token(empty, LOCAL_ADMIN, "ci", "a", READ, days=1)
    second, _ = new_token(empty, LOCAL_ADMIN, "ci", "b", READ, days=2)
    revoke_token(empty, LOCAL_ADMIN, token.id)
    assert bearer(empty, first) is None
    assert bearer(empty, second) is not None
    clock.sleep(2 * 86_400)
    assert bearer(empty, second) is None


def test_people_see_to_their_own(empty: Application) -> None:
    """And to nobody else's, nor to rights that they have not."""
    add(empty, "ada", "viewer")
    add(empty, "bob", "viewer")
    ada, bob = (proved(empty, name) for name in ("ada", "bob"))
    _, token = new_token(empty, ada, "ada", "laptop", READ, days=1)
    assert [t.id for t in list_tokens(empty, ada)] == [token.id]
    assert list_tokens(empty, bob) == []
    with pytest.raises(NotFoundError):
        revoke_token(empty, bob, token.id)
    with pytest.raises(DeniedError):
        new_token(empty, bob, "ada", "x", READ, days=1)
    with pytest.raises(DeniedError):
        new_token(empty, ada, "ada", "x", [Permission.RESPOND], days=1)
    with pytest.raises(DeniedError):
        list_tokens(empty, ada, every=True)
    revoke_token(empty, ada, token.id)


@pytest.mark.parametrize("account", ["ada", "ci"])
@pytest.mark.parametrize("may", [READ, [Permission.ADMIN], sorted(PERMISSIONS[Role.ADMIN])])
def test_a_token_makes_no_token(empty: Application, account: str, may: list[Permission]) -> None:
    """Whoever finds one cannot make it last, nor make one that may more: not even one that may everything."""
    add(empty, "ada", "admin")
    add(empty, "ci", "viewer", service=True)
    who = bearer(empty, new_token(empty, LOCAL_ADMIN, "ada", "x", may, days=1)[0])
    assert who is not None
    with pytest.raises(DeniedError) as refused:
        new_token(empty, who, account, "y", READ, days=1)
    assert not isinstance(refused.value, NotConfirmedError)
    assert len(empty.store.tokens()) == 1


@pytest.mark.parametrize("account", ["ada", "ci"])
def test_a_session_makes_one_only_with_a_fresh_proof(empty: Application, clock: FixedClock, account: str) -> None:
    """A session that was stolen ends; what it could make of itself would not."""
    add(empty, "ada", "admin")
    add(empty, "ci", "viewer", service=True)
    with pytest.raises(NotConfirmedError):
        new_token(empty, came_in(empty, "ada")[1], account, "x", READ, days=1)
    who = proved(empty, "ada")
    new_token(empty, who, account, "x", READ, days=1)
    clock.sleep(FRESH_SECONDS)
    with pytest.raises(NotConfirmedError):
        new_token(empty, who, account, "y", READ, days=1)
    assert [t.name for t in empty.store.tokens()] == ["x"]


def test_nobody_makes_one_beyond_what_he_administers(empty: Application) -> None:
    """An administrator of a part sees to no other account."""
    add(empty, "ci", "admin", service=True)
    part = principal_of("user:part", (Grant(Role.ADMIN, Reach(application="shop")),))
    who = msgspec.structs.replace(part, session="s", confirmed=empty.clock.now())
    with pytest.raises(DeniedError, match="part"):
        new_token(empty, who, "ci", "x", READ, days=1)


@pytest.mark.parametrize("permission", [Permission.INGEST, Permission.MACHINE])
def test_what_no_token_is_given(empty: Application, permission: Permission) -> None:
    """Not even by the machine's owner."""
    add(empty, "ci", "admin", service=True)
    with pytest.raises(UsageError):
        new_token(empty, LOCAL_ADMIN, "ci", "x", [permission], days=1)


def test_a_leak_can_be_recognised(empty: Application) -> None:
    """By prefix, length and checksum, without asking the server."""
    add(empty, "ci", "viewer", service=True)
    secret, _ = new_token(empty, LOCAL_ADMIN, "ci", "x", READ, days=1)
    assert secret.startswith(PREFIX)
    assert well_formed(secret)
    wrong = secret[:20] + ("a" if secret[20] != "a" else "b") + secret[21:]
    for text in (wrong, secret[:-1], secret + "x", "", PREFIX, "periderm_" + "é" * 51):
        assert not well_formed(text)
        assert bearer(empty, text) is None
