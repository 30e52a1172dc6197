"""Tries a handful of words that everybody tries first against the password hashes of a shadow file. No cracker: what it tries
is in `WORDS`, and what it cannot try it says.

Hashes are computed by the C library's crypt(3) through Python; where Python has none (3.13 on), no hash is tried. Costs are
bounded by counts, since a hash chooses its own: see `_SCHEMES`. Forms: crypt(5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WORDS = [
    "password",
    "root",
    "toor",
    "admin",
    "123456",
    "12345678",
    "1234",
    "12345",
    "123456789",
    "test",
    "guest",
    "changeme",
    "default",
    "secret",
    "letmein",
    "qwerty",
    "password1",
    "P@ssw0rd",
    "passw0rd",
    "admin123",
    "root123",
    "docker",
    "ubuntu",
    "debian",
    "alpine",
    "centos",
    "oracle",
    "postgres",
    "mysql",
    "redis",
    "vagrant",
    "raspberry",
    "111111",
    "000000",
    "abc123",
    "welcome",
    "user",
    "service",
    "support",
    "ansible",
    "jenkins",
    "tomcat",
    "nagios",
    "pass",
    "1",
]
MOST_ACCOUNTS = 6
# (form, how many words are tried): dear ones few. Bounds of cost are part of the form: what is beyond is not tried.
_SCHEMES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\$y\$j[4-9A-T]T\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"), 10),  # yescrypt at its usual cost, 16 ms each
    (re.compile(r"\$gy\$j[4-9A-T]T\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"), 10),
    (re.compile(r"\$6\$(?:rounds=[1-9]\d{3}\$|rounds=10000\$)?[^$:\n]{1,16}\$[./A-Za-z0-9]{86}"), 40),
    (re.compile(r"\$5\$(?:rounds=[1-9]\d{3}\$|rounds=10000\$)?[^$:\n]{1,16}\$[./A-Za-z0-9]{43}"), 40),
    (re.compile(r"\$2[abxy]\$0[4-9]\$[./A-Za-z0-9]{53}"), 10),
    (re.compile(r"\$2[abxy]\$10\$[./A-Za-z0-9]{53}"), 5),
    (re.compile(r"\$1\$[^$:\n]{1,8}\$[./A-Za-z0-9]{22}"), 100),
    (re.compile(r"[./A-Za-z0-9]{13}"), 100),  # DES
)


def is_hash(field: str) -> bool:
    """Whether a shadow field is a password's hash, and no lock."""
    return bool(field) and not field.startswith(("!", "*")) and (field.startswith(("$", "_")) or len(field) == 13)


def words_for(field: str, name: str) -> tuple[str, ...]:
    """The words that are tried against a hash of an account; none for a form that is not tried."""
    for form, most in _SCHEMES:
        if form.fullmatch(field):
            first = (name, name + "123", name + "1", name[::-1])
            return tuple(dict.fromkeys((*first, *WORDS)))[:most]
    return ()


def guess(field: str, words: Sequence[str]) -> str:
    """The word that the hash is of; '' if none, or if this Python cannot tell."""
    try:
        from _crypt import crypt  # type: ignore[import-not-found] # typeshed has none
    except ImportError:
        return ""
    for word in words:
        try:
            made = crypt(word, field)
        except (OSError, ValueError):
            return ""
        if made == field:
            return word
    return ""


def can_try() -> bool:
    """Whether this Python computes hashes."""
    try:
        import _crypt  # noqa: F401 -- only whether it is there
    except ImportError:
        return False
    return True
