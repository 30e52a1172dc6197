"""People for tests: quick passwords, an account with one, and a sign-in by it."""

from __future__ import annotations

import msgspec

from periderm.adapters.passwords_argon2 import Argon2Passwords
from periderm.app.accounts import add_account
from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.app.sign_in import make_sign_in_link, redeem, who_has
from periderm.model.account import Account, Kind
from periderm.model.principal import LOCAL_ADMIN, Principal

PHRASE = "a long sentence that nobody says"
QUICK = Argon2Passwords(memory_kib=64, passes=1, lanes=1)


def with_passwords(app: Application) -> Application:
    """The same where people sign in by password."""
    return msgspec.structs.replace(app, passwords=QUICK)


def add(app: Application, name: str, *grants: str, service: bool = False) -> None:
    """An account with these rights."""
    kind = Kind.SERVICE if service else Kind.PERSON
    add_account(app, LOCAL_ADMIN, Account(name=name, kind=kind, grants=tuple(map(grant_of, grants))))


def came_in(app: Application, name: str) -> tuple[str, Principal]:
    """A session by a link: its secret, and who it is."""
    secret = redeem(app, make_sign_in_link(app, LOCAL_ADMIN, name).partition("token=")[2])
    who = who_has(app, secret)
    assert who is not None
    return secret, who
