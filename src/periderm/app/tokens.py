"""Tokens by which programs ask: made, listed, taken back, and recognised. A token may never do more than its account."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_fresh
from periderm.app.grants import reach_text
from periderm.app.sign_in import digest_of, grants_of
from periderm.model.account import PERMISSIONS, ApiToken, Kind, Role, narrowed, principal_of
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal, Reach

PREFIX = "periderm_"
_RANDOM = 43  # characters of 256 random bits
LONGEST_DAYS = 366
MOST = 1000
SEEN_SECONDS = 60
_PERSON = "user:"


def new_token(
    app: Application,
    who: Principal,
    account: str,
    name: str,
    permissions: Sequence[Permission],
    *,
    days: int,
    reach: Reach | None = None,
) -> tuple[str, ApiToken]:
    """The secret, which is shown this once, and the token. For one's own account, or as an administrator for any. Raises
    NotFoundError, UsageError, DeniedError, and NotConfirmedError for a session without a fresh proof of who asks: a token lasts
    longer than a session that was stolen."""
    _may_make(app, who, account)
    name = name.strip()
    if not name or len(name) > 100:
        raise UsageError("A token needs a name of at most 100 characters.", "Say what uses it.")
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"A token holds for 1 to {LONGEST_DAYS} days.", "Make a new one when it ends.")
    if not permissions or set(permissions) - PERMISSIONS[Role.ADMIN]:
        raise UsageError("A token needs something that it may do.", "Give read, respond, policy or admin.")
    secret, now = _secret(), app.clock.now()
    with app.store.transaction():
        held = app.store.account(account)
        if held is None:
            raise NotFoundError(f"There is no account {account[:64]!r}.", "`periderm user add NAME --service` makes one.")
        if len(app.store.tokens()) >= MOST:
            raise UsageError(f"There are {MOST} tokens.", "Take those back that nobody uses.")
        missing = set(permissions) - principal_of("", grants_of(app, held)).permissions
        if missing:
            raise DeniedError(f"{account} may not {', '.join(sorted(missing))} itself.", "Give the account that role first.")
        token = ApiToken(
            id=stable_id("tok", digest_of(secret))[:16],
            account=account,
            name=name,
            permissions=tuple(sorted(set(permissions))),
            reach=reach or Reach(),
            created=now,
            created_by=who.name,
            expires=now + days * 86_400 * 10**9,
        )
        app.store.put_token(digest_of(secret), token)
        may = ", ".join(token.permissions) + (f" in {reach_text(token.reach)}" if not token.reach.everything else "")
        note(app, who, "token.add", token.id, f"{name} of {account}: {may}, {days} days")
    return secret, token


def _may_make(app: Application, who: Principal, account: str) -> None:
    """A token makes none, whatever it may: what was made by one that leaked would work on when that is taken back, with more
    rights or for longer."""
    if who.name != _PERSON + account:
        require(who, Permission.ADMIN)
        if who.within(Permission.ADMIN) is not None:
            raise DeniedError(f"{who.name} administers a part only.", "Ask an administrator of the whole installation.")
    if not who.session and not who.may(Permission.MACHINE):
        raise DeniedError(
            "A token makes no tokens.", "Sign in to the console for it, or use `periderm token new` on the server's machine."
        )
    require_fresh(app, who)


def list_tokens(app: Application, who: Principal, *, every: bool = False) -> Sequence[ApiToken]:
    """One's own; with `every` all, for administrators. Those that have expired are among them."""
    require(who, Permission.ADMIN if every else Permission.READ)
    return [t for t in app.store.tokens() if every or who.name == _PERSON + t.account]


def revoke_token(app: Application, who: Principal, token_id: str) -> None:
    """It works no more: one's own, or as an administrator any. Raises NotFoundError."""
    with app.store.transaction():
        mine = {t.id for t in list_tokens(app, who, every=who.may(Permission.ADMIN))}
        if token_id not in mine or not app.store.remove_token(token_id):
            raise NotFoundError(f"There is no token {token_id[:40]!r}.", "`periderm token list` names those that there are.")
        note(app, who, "token.remove", token_id)


def bearer(app: Application, secret: str) -> Principal | None:
    """Who speaks by this secret; None if it is unknown, taken back, over, or its account is gone or disabled."""
    if not well_formed(secret):
        return None
    digest, now = digest_of(secret), app.clock.now()
    token = app.store.token(digest)
    if token is None or token.expires <= now:
        return None
    account = app.store.account(token.account)
    if account is None or account.disabled:
        return None
    if now - token.used >= SEEN_SECONDS * 10**9:
        app.store.use_token(digest, now)
    held = principal_of("", grants_of(app, account))
    kind = "service" if account.kind is Kind.SERVICE else "user"
    return narrowed(held, f"token:{token.id} ({kind} {account.name})", token.permissions, token.reach)


def well_formed(secret: str) -> bool:
    """Whether it can be one of ours: the prefix by which a leak is recognised, and a checksum that ends with it."""
    if not (secret.startswith(PREFIX) and len(secret) == len(PREFIX) + _RANDOM + 8 and secret.isascii()):
        return False
    return secret[-8:] == _checksum(secret[:-8])


def _secret() -> str:
    body = PREFIX + secrets.token_urlsafe(32)
    return body + _checksum(body)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode('ascii')):08x}"
