"""How a person comes in and leaves: by a link that works once or by name, password and one-time code; then a session cookie.

The store sees digests and hashes only, never secrets. Who someone is, is asked anew at every request, so that a right that was
taken away is gone at once. Accounts themselves are in `app.accounts`.
"""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from periderm.app import totp
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.sign_in_limits import SignInLimits, TooManyError
from periderm.model.account import OWNER, PERMISSIONS, Account, Grant, Kind, Role, SignedIn, principal_of
from periderm.model.errors import DeniedError, NotFoundError, PeridermError
from periderm.model.ids import stable_id
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal

LINK_SECONDS = 600
SESSION_SECONDS = 12 * 3600
DEVICE_SECONDS = 180 * 86400
SEEN_SECONDS = 60
LONGEST_SECRET = 128
LONGEST_PASSWORD = 1024
# Whoever signs in by the link that only the machine's owner can print may do all that is done in a browser.
OWNER_MAY = PERMISSIONS[Role.ADMIN]


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """From where someone asks to come in: the network address, what the browser calls itself, and the secret that it got when
    it was here before ('' for none)."""

    address: str = ""
    browser: str = ""
    device: str = ""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What someone who wants to come in knows."""

    name: str
    password: str
    code: str = ""


class CameIn(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets for the browser: of the session, and by which it is known next time."""

    session: str
    device: str


class RefusedSignInError(DeniedError):
    """Name, password or code are not right; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("The name, the password or the code is wrong.", "Try again, or ask an administrator for a link.")


def digest_of(secret: str) -> str:
    """What the store keeps of a secret: SHA-256 in hex. The secrets have 256 random bits, so no salt is needed, and a
    look-up by digest tells nothing about the secret by its timing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def make_sign_in_link(app: Application, who: Principal, name: str = OWNER, *, seconds: int = LINK_SECONDS) -> str:
    """A link for `name` that works once, within ten minutes. Without an account of that name it is the machine's owner's, which
    only the command line can make. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    if who != LOCAL_ADMIN and app.store.account(name) is None:
        raise NotFoundError(f"There is no account {name[:64]!r}.", "`periderm user list` names those that there are.")
    token = secrets.token_urlsafe(32)
    with app.store.transaction():
        app.store.put_sign_in(digest_of(token), name, app.clock.now() + seconds * 10**9)
        note(app, who, "link.make", name)
    return f"{app.settings.url}/sign-in?token={token}"


def redeem(app: Application, token: str, visitor: Visitor | None = None) -> str:
    """The secret of a new session, for the cookie. Raises DeniedError if the link is unknown, used or too old."""
    visitor = visitor or Visitor()
    now = app.clock.now()
    with app.store.transaction():
        name = app.store.use_sign_in(digest_of(token), now) if 0 < len(token) <= LONGEST_SECRET else None
        if name is not None:
            account = app.store.account(name)
            if account is None or enters(account):
                return _begin(app, name, visitor, "link", owner=account is None)
    raise DeniedError(
        "This sign-in link was used already, or is older than ten minutes.", "`periderm status --link` prints a new one."
    )


def by_password(app: Application, limits: SignInLimits, given: Given, visitor: Visitor) -> CameIn:
    """Lets someone in who knows the password, and the code if the account has one. Raises RefusedSignInError, which does not
    say what was wrong, TooManyError, and DeniedError where no passwords are kept."""
    if app.passwords is None:
        raise DeniedError("Nobody can sign in by password here.", "`periderm status --link` prints a sign-in link.")
    name, now = given.name, app.clock.now()
    known = _device_of(app, name, visitor.device, now)
    try:
        limits.attempt(name[:LONGEST_SECRET], visitor.address, known, now)
    except TooManyError as error:
        if error.first:
            _note_refusal(app, name, visitor, "too many attempts")
        raise
    account = app.store.account(name) if len(name) <= LONGEST_SECRET else None
    hashed = account.password if account is not None and enters(account) else ""
    right = app.passwords.verify(hashed, given.password[:LONGEST_PASSWORD]) and len(given.password) <= LONGEST_PASSWORD
    if not right or account is None or (changed := second_factor(account, given.code, now)) is None:
        _note_refusal(app, name, visitor, "wrong code" if right else "wrong name or password")
        raise RefusedSignInError
    if app.passwords.stale(changed.password):
        changed = msgspec.structs.replace(changed, password=app.passwords.hash(given.password))
    device = visitor.device if known else secrets.token_urlsafe(32)
    with app.store.transaction():
        if app.store.account(name) != account:
            raise RefusedSignInError  # the same code twice at once, or it was changed meanwhile
        app.store.put_account(msgspec.structs.replace(changed, signed_in=now))
        app.store.put_device(digest_of(device), name, now + DEVICE_SECONDS * 10**9, now)
        session = _begin(app, name, visitor, "password")
    limits.passed(name, visitor.address, known)
    return CameIn(session=session, device=device)


def enters(account: Account) -> bool:
    """Whether the account may have sessions."""
    return account.kind is Kind.PERSON and not account.disabled


def who_has(app: Application, secret: str) -> Principal | None:
    """Whose session a cookie belongs to; None if it is unknown, over, or its account is gone or disabled."""
    session = session_of(app, secret)
    if session is None:
        return None
    if session.owner:
        return Principal(f"user:{session.name}", OWNER_MAY, session=session.id, confirmed=session.confirmed)
    account = app.store.account(session.name)
    if account is None or not enters(account):
        return None
    held = principal_of(f"user:{session.name}", grants_of(app, account))
    return msgspec.structs.replace(held, session=session.id, confirmed=session.confirmed)


def session_of(app: Application, secret: str) -> SignedIn | None:
    """The session of a cookie, noted as seen now."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    digest, now = digest_of(secret), app.clock.now()
    session = app.store.session(digest, now)
    if session is not None and now - session.seen >= SEEN_SECONDS * 10**9:
        app.store.see_session(digest, now)
    return session


def grants_of(app: Application, account: Account) -> tuple[Grant, ...]:
    """Its own and those of its groups."""
    of_groups = (grant for group in app.store.groups() if group.name in account.groups for grant in group.grants)
    return tuple(dict.fromkeys((*account.grants, *of_groups)))


def sign_out(app: Application, secret: str) -> None:
    """End the session now."""
    session = session_of(app, secret)
    if session is None:
        return
    with app.store.transaction():
        app.store.end_session(digest_of(secret))
        note(app, f"user:{session.name}", "session.end", session.id)


def _begin(app: Application, name: str, visitor: Visitor, how: str, *, owner: bool = False) -> str:
    secret, now = secrets.token_urlsafe(32), app.clock.now()
    digest = digest_of(secret)
    session = SignedIn(
        id=stable_id("sit", digest)[:16],
        name=name,
        began=now,
        expires=now + SESSION_SECONDS * 10**9,
        seen=now,
        address=visitor.address[:100],
        browser=visitor.browser[:300],
        how=how,
        owner=owner,
        # A link for an account proves only that somebody handed it on; the owner's comes from the machine itself.
        confirmed=now if owner or how == "password" else 0,
    )
    app.store.put_session(digest, session)
    note(app, f"user:{name}", "session.begin", session.id, f"by {how} from {session.address or 'here'}")
    return secret


def second_factor(account: Account, code: str, now: int) -> Account | None:
    """The account after its second factor was given: unchanged if it has none, None if the code is wrong."""
    if not account.totp:
        return account
    code = code[:LONGEST_SECRET]
    if step := totp.step_of(account.totp, code, now, account.totp_step):
        return msgspec.structs.replace(account, totp_step=step)
    digest = totp.recovery_digest(code)
    if digest in account.recovery:
        return msgspec.structs.replace(account, recovery=tuple(d for d in account.recovery if d != digest))
    return None


def _device_of(app: Application, name: str, secret: str, now: int) -> str:
    """A name for the browser if the account has signed in there before, else ''."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return ""
    digest = digest_of(secret)
    return digest if app.store.device(digest, name, now) else ""


def _note_refusal(app: Application, name: str, visitor: Visitor, why: str) -> None:
    try:
        note(app, f"user:{name[:LONGEST_SECRET]}", "session.refused", "", f"{why}, from {visitor.address[:100] or 'here'}")
    except PeridermError:
        # A full disk must not tell a guesser apart from a typing error; who is let in is noted or not let in.
        return
