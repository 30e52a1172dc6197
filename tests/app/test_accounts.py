"""What an administrator does with people."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from periderm.app.accounts import (
    Changes,
    add_account,
    change_account,
    clear_credentials,
    invite,
    list_accounts,
    list_groups,
    put_group,
    remove_account,
    remove_group,
    show_account,
)
from periderm.app.application import Application
from periderm.app.audit import entries
from periderm.app.confirming import NotConfirmedError
from periderm.app.credentials import set_password
from periderm.app.grants import grant_of
from periderm.app.sign_in import make_sign_in_link, who_has
from periderm.app.tokens import bearer, new_token
from periderm.model.account import Account
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.people import PHRASE, add, came_in, with_passwords

OTHER = Principal("user:bob", frozenset({Permission.READ, Permission.RESPOND, Permission.POLICY}))


def test_only_administrators_see_to_people(empty: Application) -> None:
    """Every one of these would make anybody anything."""
    add(empty, "ada", "viewer")
    for attempt in (
        lambda: list_accounts(empty, OTHER),
        lambda: show_account(empty, OTHER, "ada"),
        lambda: add_account(empty, OTHER, Account(name="eve")),
        lambda: change_account(empty, OTHER, "ada", Changes(grants=(grant_of("admin"),))),
        lambda: remove_account(empty, OTHER, "ada"),
        lambda: invite(empty, OTHER, "ada"),
        lambda: list_groups(empty, OTHER),
        lambda: put_group(empty, OTHER, "web", ()),
        lambda: remove_group(empty, OTHER, "web"),
        lambda: make_sign_in_link(empty, OTHER),
    ):
        with pytest.raises(DeniedError):
            attempt()
    assert [a.rights for a in list_accounts(empty, LOCAL_ADMIN)] == [("viewer",)]


def test_an_administrator_in_a_browser_makes_no_owner(empty: Application) -> None:
    """A link for a name without account is the machine's owner's: only the command line makes it."""
    add(empty, "root", "admin")
    _, who = came_in(empty, "root")
    assert who.may(Permission.ADMIN)
    assert not who.may(Permission.MACHINE)
    with pytest.raises(NotFoundError):
        make_sign_in_link(empty, who, "local")
    assert invite(empty, msgspec.structs.replace(who, confirmed=empty.clock.now()), "root")


def test_a_session_alone_lets_nobody_come_back(empty: Application) -> None:
    """What would outlast a stolen session asks for a fresh proof; shutting out does not, and a token that may works on."""
    add(empty, "root", "admin")
    add(empty, "ada", "viewer")
    _, who = came_in(empty, "root")
    secret, _ = new_token(empty, LOCAL_ADMIN, "root", "deploy", [Permission.ADMIN], days=1)
    token = bearer(empty, secret)
    assert token is not None
    fresh = msgspec.structs.replace(who, confirmed=empty.clock.now())
    deeds: tuple[Callable[[Principal], object], ...] = (
        lambda p: invite(empty, p, "ada"),
        lambda p: clear_credentials(empty, p, "ada"),
        lambda p: change_account(empty, p, "ada", Changes(grants=(grant_of("admin"),))),
        lambda p: change_account(empty, p, "ada", Changes(disabled=False)),
        lambda p: put_group(empty, p, "web", (grant_of("admin"),)),
        lambda p: add_account(empty, p, Account(name=f"new{len(empty.store.accounts())}")),
    )
    for deed in deeds:
        with pytest.raises(NotConfirmedError):
            deed(who)
        deed(fresh)
        deed(token)
    change_account(empty, who, "ada", Changes(disabled=True))
    remove_account(empty, who, "ada")


def test_no_secret_can_be_brought_along_or_read(empty: Application) -> None:
    """An account that is added has no password of the adder's choice; what is shown has none at all."""
    brought = Account(name="ada", password="x", totp="y", recovery=("z",), unconfirmed="u")
    add_account(empty, LOCAL_ADMIN, brought)
    stored = empty.store.account("ada")
    assert stored is not None
    assert (stored.password, stored.totp, stored.recovery, stored.unconfirmed) == ("", "", (), "")
    app = with_passwords(empty)
    set_password(app, came_in(app, "ada")[1], PHRASE)
    shown = msgspec.json.encode(show_account(app, LOCAL_ADMIN, "ada"))
    assert b"argon2" not in shown
    assert b'"has_password":true' in shown


def test_what_is_taken_away_is_gone_at_once(empty: Application) -> None:
    """Roles and groups count at the next request of a session that is open; disabling and removing end it."""
    put_group(empty, LOCAL_ADMIN, "web", [grant_of("policy-author@application=shop")])
    add(empty, "ada", "responder")
    secret, who = came_in(empty, "ada")
    assert who.may(Permission.RESPOND)
    change_account(empty, LOCAL_ADMIN, "ada", Changes(grants=(), groups=("web",)))
    held = who_has(empty, secret)
    assert held is not None
    assert held.permissions == {Permission.READ, Permission.POLICY}
    assert held.limited
    remove_group(empty, LOCAL_ADMIN, "web")
    assert who_has(empty, secret).permissions == frozenset()  # type: ignore[union-attr]
    change_account(empty, LOCAL_ADMIN, "ada", Changes(disabled=True))
    assert who_has(empty, secret) is None
    change_account(empty, LOCAL_ADMIN, "ada", Changes(disabled=False))
    assert who_has(empty, secret) is None


def test_nothing_of_a_removed_account_works(empty: Application) -> None:
    """Not its session, its token, nor a link that was not used; not even for a new account of that name."""
    add(empty, "ada", "viewer")
    secret, _ = came_in(empty, "ada")
    token, _ = new_token(empty, LOCAL_ADMIN, "ada", "x", [Permission.READ], days=1)
    link = invite(empty, LOCAL_ADMIN, "ada").partition("token=")[2]
    remove_account(empty, LOCAL_ADMIN, "ada")
    add(empty, "ada", "admin")
    assert who_has(empty, secret) is None
    assert bearer(empty, token) is None
    assert empty.store.use_sign_in(link, empty.clock.now()) is None


def test_what_cannot_be(empty: Application) -> None:
    """Told with the next step."""
    add(empty, "ada", "viewer")
    add(empty, "ci", "viewer", service=True)
    with pytest.raises(UsageError):
        add(empty, "ada")
    with pytest.raises(UsageError):
        add_account(empty, LOCAL_ADMIN, Account(name="bob", groups=("none",)))
    with pytest.raises(UsageError):
        invite(empty, LOCAL_ADMIN, "ci")
    for missing in (
        lambda: show_account(empty, LOCAL_ADMIN, "none"),
        lambda: change_account(empty, LOCAL_ADMIN, "none", Changes()),
        lambda: remove_account(empty, LOCAL_ADMIN, "none"),
        lambda: remove_group(empty, LOCAL_ADMIN, "none"),
    ):
        with pytest.raises(NotFoundError):
            missing()


def test_all_of_it_is_noted(empty: Application) -> None:
    """With what was before and after."""
    add(empty, "ada", "viewer")
    change_account(empty, LOCAL_ADMIN, "ada", Changes(grants=(grant_of("admin"),)))
    remove_account(empty, LOCAL_ADMIN, "ada")
    told = [(e.action, e.subject, e.detail) for e in entries(empty, LOCAL_ADMIN)]
    assert told == [
        ("account.add", "ada", "person: viewer"),
        ("account.change", "ada", "viewer → admin"),
        ("account.remove", "ada", ""),
    ]
