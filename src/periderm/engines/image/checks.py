"""Checksums and structures that tell a secret from what only looks like one: pure functions of the secret.

They never raise, whatever the bytes are. Where each comes from stands beside it.
"""

from __future__ import annotations

import json
from base64 import b32decode, b64decode, urlsafe_b64decode
from binascii import Error as BadBase64
from binascii import crc32
from collections.abc import Callable

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62_crc32(body: bytes) -> bytes:
    """Six base-62 digits of the CRC-32 that GitHub and npm put behind the random part of their tokens.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    https://github.blog/security/announcing-npms-new-access-token-format
    """
    value, digits = crc32(body), b""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = _BASE62[digit : digit + 1] + digits
    return digits


def crc32_at_end(secret: bytes) -> bool:
    """Whether the last six characters are the checksum of what lies between them and the four of the prefix."""
    return base62_crc32(secret[4:-6]) == secret[-6:]


def with_crc32(secret: bytes) -> bytes:
    """An example with its checksum made right."""
    return secret[:-6] + base62_crc32(secret[4:-6])


def hex_crc32_at_end(secret: bytes) -> bool:
    """Grafana's service account tokens: eight hexadecimal digits of the CRC-32 of what stands before the last underscore.

    https://github.com/grafana/grafana, pkg/components/satokengen
    """
    body, _, digits = secret.rpartition(b"_")
    return digits == b"%08x" % crc32(body)


def with_hex_crc32(secret: bytes) -> bytes:
    """An example with its checksum made right."""
    body = secret.rpartition(b"_")[0]
    return body + b"_%08x" % crc32(body)


def aws_account(key_id: bytes) -> int | None:
    """The account number inside an access key id, None for those of old, which have none (their first bit is not set).

    https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
    """
    try:
        value = int.from_bytes(b32decode(key_id[4:20])[:6], "big")
    except (BadBase64, ValueError):
        return None
    return (value & 0x7FFFFFFFFF80) >> 7 if value >> 47 else None


def aws_key_id(key_id: bytes) -> bool:
    """Account numbers have twelve digits; forty bits could hold more."""
    return (aws_account(key_id) or 0) < 10**12


def base64_bytes(count: int) -> Callable[[bytes], bool]:
    """Whether base64 holds exactly so many bytes."""

    def holds(secret: bytes) -> bool:
        return len(decoded(secret)) == count

    return holds


def decoded(text: bytes) -> bytes:
    """Base64 of either alphabet, padded or not; b'' for what is none."""
    try:
        return b64decode(text.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(text) % 4), validate=True)
    except (BadBase64, ValueError):
        return b""


def names_a_user(value: bytes) -> bool:
    """Whether base64 holds `user:password`, as HTTP's basic scheme and a container configuration's `auth` do (RFC 7617)."""
    user, colon, password = decoded(value).partition(b":")
    return bool(user and colon and password) and all(c >= 32 for c in user)


def macaroon(secret: bytes) -> bool:
    """Whether a PyPI token is a whole macaroon of version 2: location, identifier, and at the end the signature.

    https://github.com/rescrv/libmacaroons, doc/format.txt; field types 1, 2 and 6
    """
    data = decoded(secret.removeprefix(b"pypi-"))
    if len(data) < 48 or data[:2] != b"\x02\x01":
        return False
    at = 3 + data[2]
    return data[at : at + 1] == b"\x02" and data[-34:-32] == b"\x06\x20"


def json_header(token: bytes) -> dict[str, object]:
    """The first part of a token of RFC 7515 as JSON; {} for what is none."""
    try:
        header = json.loads(urlsafe_b64decode(token.partition(b".")[0] + b"=="))
    except (BadBase64, ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def has_header(token: bytes) -> bool:
    """Whether the first part says how the token is signed."""
    return isinstance(json_header(token).get("alg"), str)


def mixed(secret: bytes) -> bool:
    """Letters and digits both: what a generator makes, and a word is not."""
    return any(48 <= c <= 57 for c in secret) and any(65 <= c <= 90 or 97 <= c <= 122 for c in secret)


_WORDS = frozenset(
    b"""true false yes no none null nil undefined required optional disabled enabled default password passwd pass pwd secret
    token key username user admin root test testing changeme change_me mypassword my_password yourpassword yoursecret
    mysecret notasecret string empty unset xxx xxxxx secretkey secret_key apikey api_key password123 foobar hunter2 s3cr3t
    supersecret topsecret sample dummy fake todo fixme redacted hidden masked generated random auto prompt stdin keyring
    vault env file base64 bearer basic plain plaintext encrypted hashed md5 sha1 sha256 bcrypt""".split()
)
_NOT_LETTERS = bytes(c for c in range(256) if not chr(c).isalnum() or c > 127)


def spoken_for(value: bytes) -> bool:
    """Whether a value that was given to a password or key may be one: not a word that says 'fill me in', a path, a variable,
    or an expression of a program."""
    low = value.lower().strip(b"\"' ;,")
    if low in _WORDS or low.translate(None, _NOT_LETTERS) in _WORDS:
        return False
    if low.startswith(
        (
            b"/",
            b"./",
            b"../",
            b"~/",
            b"$",
            b"%",
            b"{",
            b"@",
            b"env.",
            b"env:",
            b"var.",
            b"os.",
            b"process.",
            b"http:",
            b"https:",
            b"file:",
            b"arn:",
        )
    ):
        return False
    return not low.endswith((b"()", b"(", b".", b"_here", b"-here")) and b"::" not in low and b"://" not in low


def varied(secret: bytes) -> bool:
    """Not a name or a sentence: at least two of lower case, upper case, digits and signs, with digits in a word's midst."""
    lower, upper = any(97 <= c <= 122 for c in secret), any(65 <= c <= 90 for c in secret)
    digits = sum(48 <= c <= 57 for c in secret)
    return digits >= 2 and (lower or upper)


def generated(secret: bytes) -> bool:
    """As generators make them: lower case, upper case and digits, without parts that are words of a path."""
    lower, upper = sum(97 <= c <= 122 for c in secret), sum(65 <= c <= 90 for c in secret)
    return lower > 2 and upper > 2 and any(48 <= c <= 57 for c in secret) and secret.count(b"/") < 4


def outside_comment(data: bytes, begin: int, _end: int) -> bool:
    """Whether a place lies outside a comment of XML: packages ship settings whose examples are commented out."""
    opened = data.rfind(b"<!--", 0, begin)
    return opened < 0 or data.find(b"-->", opened, begin) >= 0
