"""Saying again who one is, for what a stolen session must not be enough for: a proof in the last quarter of an hour.

A token can never do this. Whoever guesses is thrown out of the session after a few tries, which locks nobody else out.
"""

from __future__ import annotations

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.credentials import own_account
from periderm.app.sign_in import LONGEST_PASSWORD, RefusedSignInError, second_factor
from periderm.model.account import SignedIn
from periderm.model.errors import DeniedError
from periderm.model.principal import Permission, Principal

FRESH_SECONDS = 900
MOST_REFUSALS = 5
_SAY_AGAIN = (
    "This needs you to say again who you are.",
    "Give your password (and one-time code) on the page, or by POST /api/v1/account/confirm; it holds for 15 minutes.",
)


class NotConfirmedError(DeniedError):
    """The caller may do this once it has proved again who it is."""


def confirmed(app: Application, who: Principal) -> bool:
    """Whether the caller proved lately who it is; the machine's command line always has."""
    if who.may(Permission.MACHINE):
        return True
    return who.confirmed > 0 and 0 <= app.clock.now() - who.confirmed < FRESH_SECONDS * 10**9


def require_fresh(app: Application, who: Principal) -> None:
    """For what would let somebody come back after a stolen session has ended: raises NotConfirmedError for a session without a
    fresh proof. Tokens and the machine's command line go on; what they may is asked elsewhere."""
    if who.session and not confirmed(app, who):
        raise NotConfirmedError(*_SAY_AGAIN)


def require_confirmed(app: Application, who: Principal) -> None:
    """Raises DeniedError unless the caller administers the whole installation, NotConfirmedError unless it proved lately who it
    is."""
    require(who, Permission.ADMIN)
    if who.within(Permission.ADMIN) is not None:
        raise DeniedError(f"{who.name} administers a part only.", "Ask an administrator of the whole installation.")
    if confirmed(app, who):
        return
    if not who.session:
        raise DeniedError(
            "A token cannot do this.", "Sign in to the console for it, or use the command line on the server's machine."
        )
    raise NotConfirmedError(*_SAY_AGAIN)


def confirm(app: Application, who: Principal, password: str, code: str = "") -> None:
    """Proves who asks, for a quarter of an hour. Raises RefusedSignInError if password or code are wrong: the session ends when
    that happens too often; DeniedError for who has no password."""
    session = _session(app, who)
    if session.owner:
        raise DeniedError(
            "The machine's owner has no password.", "Print a new link on the machine: `sudo periderm status --link`."
        )
    account, now = own_account(app, who), app.clock.now()
    if app.passwords is None or not account.password:
        raise DeniedError("You have no password yet.", "Set one under “Your account”, and sign in with it.")
    right = len(password) <= LONGEST_PASSWORD and app.passwords.verify(account.password, password[:LONGEST_PASSWORD])
    changed = second_factor(account, code, now) if right else None
    if changed is None:
        _refused(app, who, session)
        raise RefusedSignInError
    with app.store.transaction():
        if app.store.account(account.name) != account:
            raise RefusedSignInError  # the same code twice at once, or it was changed meanwhile
        if changed != account:
            app.store.put_account(changed)
        app.store.change_session(msgspec.structs.replace(session, confirmed=now, refusals=0))
        note(app, who, "session.confirm", session.id)


def _session(app: Application, who: Principal) -> SignedIn:
    found = next((s for s in app.store.sessions(app.clock.now()) if who.session and s.id == who.session), None)
    if found is None:
        raise DeniedError(f"{who.name} has no session.", "Sign in to the console: a token cannot say who it is.")
    return found


def _refused(app: Application, who: Principal, session: SignedIn) -> None:
    with app.store.transaction():
        refusals = session.refusals + 1
        if refusals >= MOST_REFUSALS:
            app.store.end_sessions(session_id=session.id)
        else:
            app.store.change_session(msgspec.structs.replace(session, refusals=refusals))
        note(app, who, "session.unconfirmed", session.id, f"wrong password or code, {refusals} of {MOST_REFUSALS}")
