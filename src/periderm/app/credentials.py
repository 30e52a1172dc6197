"""What a person does with their own way in: password, one-time codes, sessions. An administrator's part is in `accounts`.

A token may do none of this: whoever finds one must not be able to make it last.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.algorithms.qr import qr
from periderm.app import totp
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.sign_in import LONGEST_PASSWORD, RefusedSignInError, enters
from periderm.model.account import Account, SignedIn
from periderm.model.errors import DeniedError, LimitError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal

SHORTEST_PASSWORD = 12
_PERSON = "user:"


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of one-time codes that waits for its first code: for typing, as an address for an authenticator app, and
    as the rows of a QR code of that ('1' is dark; without the quiet zone; none if the address is too long for one)."""

    secret: str
    address: str
    picture: tuple[str, ...] = ()


def own_account(app: Application, who: Principal) -> Account:
    """The account of the person who asks. Raises DeniedError for the machine's owner, who has none, and for tokens."""
    account = app.store.account(who.name.removeprefix(_PERSON)) if who.name.startswith(_PERSON) else None
    if account is None or not enters(account):
        raise DeniedError(
            f"{who.name} has no account of its own here.", "The machine's owner adds one with `periderm user add NAME`."
        )
    return account


def set_password(app: Application, who: Principal, new: str, current: str = "", *, session: str = "") -> None:
    """Sets one's own; `current` is asked for if there is one. Other sessions than `session` (an id) end. Raises UsageError for
    one that is too easy, RefusedSignInError if the current one is wrong."""
    account = own_account(app, who)
    if app.passwords is None:
        raise DeniedError("No passwords are kept here.", "Sign in by a link.")
    _check(new, account.name)
    if account.password and not app.passwords.verify(account.password, current[:LONGEST_PASSWORD]):
        note(app, who, "password.refused", account.name)
        raise RefusedSignInError
    hashed = app.passwords.hash(new)
    with app.store.transaction():
        app.store.put_account(msgspec.structs.replace(own_account(app, who), password=hashed, changed=app.clock.now()))
        ended = app.store.end_sessions(name=account.name, but=session)
        note(app, who, "password.set", account.name, f"other sessions ended: {ended}")


def begin_codes(app: Application, who: Principal) -> Codes:
    """A new secret; it counts once a code of it is given to `confirm_codes`."""
    account = own_account(app, who)
    secret = totp.new_secret()
    with app.store.transaction():
        app.store.put_account(msgspec.structs.replace(account, unconfirmed=secret))
        note(app, who, "codes.begin", account.name)
    return codes_of(app, secret, account.name)


def waiting_codes(app: Application, who: Principal) -> Codes | None:
    """The secret that waits for its first code."""
    account = own_account(app, who)
    return codes_of(app, account.unconfirmed, account.name) if account.unconfirmed else None


def codes_of(app: Application, secret: str, name: str) -> Codes:
    """As it is shown."""
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    address = totp.address_of(secret, name, f"{app.settings.host}:{app.settings.port}")
    return Codes(secret=grouped, address=address, picture=_picture(address))


def _picture(address: str) -> tuple[str, ...]:
    try:
        return tuple("".join("1" if dark else "0" for dark in row) for row in qr(address.encode()))
    except LimitError:
        return ()


def confirm_codes(app: Application, who: Principal, code: str) -> tuple[str, ...]:
    """From now on a code is asked for at every sign-in by password. The answer are codes for the day on which the telephone is
    lost, shown this once. Raises UsageError if the code is wrong."""
    with app.store.transaction():
        account = own_account(app, who)
        now = app.clock.now()
        step = totp.step_of(account.unconfirmed, code, now, 0) if account.unconfirmed else 0
        if not step:
            raise UsageError("That is not the code of now.", "Check the clock of the telephone, and take the newest code.")
        shown = totp.recovery_codes()
        changed = msgspec.structs.replace(
            account,
            totp=account.unconfirmed,
            totp_step=step,
            unconfirmed="",
            recovery=tuple(map(totp.recovery_digest, shown)),
            changed=now,
        )
        app.store.put_account(changed)
        note(app, who, "codes.on", account.name)
    return shown


def end_codes(app: Application, who: Principal, password: str) -> None:
    """No code is asked for any more. Raises RefusedSignInError if the password is wrong."""
    account = own_account(app, who)
    if app.passwords is None or not app.passwords.verify(account.password, password[:LONGEST_PASSWORD]):
        note(app, who, "codes.refused", account.name)
        raise RefusedSignInError
    with app.store.transaction():
        app.store.put_account(msgspec.structs.replace(own_account(app, who), totp="", recovery=(), unconfirmed=""))
        note(app, who, "codes.off", account.name)


def list_sessions(app: Application, who: Principal, *, every: bool = False) -> Sequence[SignedIn]:
    """One's own, the latest seen first; with `every` those of all, for administrators."""
    require(who, Permission.ADMIN if every else Permission.READ)
    found = app.store.sessions(app.clock.now())
    return found if every else [s for s in found if who.name == _PERSON + s.name]


def end_session(app: Application, who: Principal, session_id: str) -> None:
    """Ends one, one's own or as an administrator any. Raises NotFoundError."""
    every = who.may(Permission.ADMIN)
    with app.store.transaction():
        found = next((s for s in list_sessions(app, who, every=every) if s.id == session_id), None)
        if found is None:
            raise NotFoundError(f"There is no session {session_id[:40]!r}.", "It may have ended already.")
        app.store.end_sessions(session_id=session_id)
        note(app, who, "session.end", session_id, f"of {found.name}")


def end_sessions_of(app: Application, who: Principal, name: str) -> int:
    """Ends all of an account, or of the machine's owner ('local'); how many there were."""
    if who != LOCAL_ADMIN and who.name != _PERSON + name:
        require(who, Permission.ADMIN)
    with app.store.transaction():
        ended = app.store.end_sessions(name=name)
        note(app, who, "session.end", "", f"all of {name[:64]}: {ended}")
    return ended


def end_other_sessions(app: Application, who: Principal) -> int:
    """Ends all of one's own but the one that asks; how many there were. Raises DeniedError for tokens and who has
    no account."""
    account = own_account(app, who)
    if not who.session:
        raise DeniedError(f"{who.name} has no session.", "Sign in to the console: a token ends no sessions.")
    with app.store.transaction():
        ended = app.store.end_sessions(name=account.name, but=who.session)
        note(app, who, "session.end", "", f"all others of {account.name}: {ended}")
    return ended


def _check(password: str, name: str) -> None:
    """Length is what helps (NIST SP 800-63B, 3.1.1.2); no rules of composition."""
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"A password has at least {SHORTEST_PASSWORD} characters.", "A sentence is easy to remember.")
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(f"A password has at most {LONGEST_PASSWORD} characters.")
    if len(set(password)) < 5 or name in password.lower().split() or password.lower().strip() == name:
        raise UsageError("That password is too easy to guess.", "Use another: a sentence that nobody else would say.")
