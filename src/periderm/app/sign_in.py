"""How a person signs in: a link that works once, then a session cookie. The store sees digests only, never secrets."""

from __future__ import annotations

import hashlib
import secrets

from periderm.app.application import Application, require
from periderm.model.errors import DeniedError
from periderm.model.principal import Permission, Principal

LINK_SECONDS = 600
SESSION_SECONDS = 12 * 3600
LONGEST_SECRET = 128
# Whoever signs in by the link is the machine's owner; policies and roles for more people are a later issue.
PERSON = frozenset({Permission.READ, Permission.RESPOND, Permission.POLICY})


def digest_of(secret: str) -> str:
    """What the store keeps of a secret: SHA-256 in hex. The secrets have 256 random bits, so no salt is needed, and a
    look-up by digest tells nothing about the secret by its timing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def make_sign_in_link(app: Application, who: Principal, name: str = "local") -> str:
    """A link for `name` that works once, within ten minutes."""
    require(who, Permission.ADMIN)
    token = secrets.token_urlsafe(32)
    app.store.put_sign_in(digest_of(token), name, app.clock.now() + LINK_SECONDS * 10**9)
    return f"{app.settings.url}/sign-in?token={token}"


def redeem(app: Application, token: str) -> str:
    """The secret of a new session, for the cookie. Raises DeniedError if the link is unknown, used or too old."""
    now = app.clock.now()
    with app.store.transaction():
        name = app.store.use_sign_in(digest_of(token), now) if 0 < len(token) <= LONGEST_SECRET else None
        if name is not None:
            secret = secrets.token_urlsafe(32)
            app.store.put_session(digest_of(secret), name, now + SESSION_SECONDS * 10**9)
            return secret
    raise DeniedError(
        "This sign-in link was used already, or is older than ten minutes.", "`periderm status --link` prints a new one."
    )


def who_has(app: Application, secret: str) -> Principal | None:
    """Whose session a cookie belongs to; None if it is unknown or over."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    name = app.store.session(digest_of(secret), app.clock.now())
    return None if name is None else Principal(f"user:{name}", PERSON)


def sign_out(app: Application, secret: str) -> None:
    """End the session now."""
    app.store.end_session(digest_of(secret))
