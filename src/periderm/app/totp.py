"""One-time codes that change with time (RFC 6238: HMAC-SHA-1, six digits, thirty seconds), and the codes that stand in for them
when the telephone is lost. Keeps nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SLACK = 1  # steps that a clock may be off
SECRET_BYTES = 20
RECOVERY_CODES = 8


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """The code of one step of time (RFC 4226, section 5.3)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, now: int, after: int) -> int:
    """The step of time whose code this is, greater than `after` (the last that was taken: none is taken twice), or 0. `now`
    is in Unix nanoseconds."""
    code = code.replace(" ", "")
    if not (len(code) == DIGITS and code.isascii() and code.isdigit()):
        return 0
    current = now // 10**9 // STEP_SECONDS
    found = 0
    try:
        for step in range(max(0, current - SLACK), current + SLACK + 1):
            if hmac.compare_digest(code_at(secret, step), code) and step > after:
                found = step
    except (binascii.Error, ValueError):  # not a secret that we made
        return 0
    return found


def address_of(secret: str, name: str, host: str) -> str:
    """What an authenticator app reads (the 'otpauth' key URI)."""
    label = quote(f"Periderm ({host}):{name}", safe="")
    asked = urlencode({"secret": secret, "issuer": f"Periderm ({host})"}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"


def recovery_codes() -> tuple[str, ...]:
    """Each with 80 random bits, in four groups: 'abcd-efgh-ijkl-mnop'."""
    made = (base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower() for _ in range(RECOVERY_CODES))
    return tuple("-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in made)


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code: SHA-256 in hex, whatever blanks and strokes it was typed with."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
