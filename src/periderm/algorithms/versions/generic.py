"""The order for what no package manager brought: numbers as numbers, words as words. A best guess, not a standard.

Made for the way in which interpreters, servers and databases name their releases: '3.12.0rc1' and '16beta2' come before
the release, OpenSSL's '1.0.2k', OpenSSH's '9.6p1' and Java's '1.8.0_392' after what they patch; '1.2' is '1.2.0'.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import number

_TOKENS = re.compile(r"[0-9]+|[a-z]+|~")
_BEFORE = {
    "~": "a",
    "dev": "b",
    "snapshot": "b",
    "nightly": "b",
    "canary": "b",
    "ea": "c",
    "alpha": "d",
    "beta": "e",
    "milestone": "f",
    "preview": "g",
    "pre": "g",
    "prerelease": "g",
    "rc": "h",
    "cr": "h",
}
_SHORT = {"a": "d", "b": "e", "m": "f", "c": "h"}  # only with a number behind: '3.12.0b2', but OpenSSL's '1.0.2b'
_PRE, _END, _WORD, _NUMBER = "\x01", "\x02", "\x03", "\x04"
_WORD_END = "\x00"
_PREFIX = re.compile(r"(?:v|version|release|rel|go|jdk|jre|r)?[-_. ]?(?=[0-9])")


def key(text: str) -> str:
    """Every text has a place."""
    text = text.strip().lower()
    match = _PREFIX.match(text)
    tokens = _TOKENS.findall(text[match.end() :] if match else text)
    out: list[str] = []
    zeros = 0
    for i, token in enumerate(tokens):
        if token[0].isdigit():
            if not token.strip("0"):
                zeros += 1
                continue
            out += [_NUMBER + number("")] * zeros
            out.append(_NUMBER + number(token))
        else:
            short = _SHORT.get(token) if i + 1 < len(tokens) and tokens[i + 1][0].isdigit() else None
            rank = _BEFORE.get(token) or short
            out.append(_PRE + rank if rank else _WORD + token + _WORD_END)
        zeros = 0
    out.append(_END)
    return "".join(out)


def valid(text: str) -> bool:
    """Whether there is a number in it."""
    return any("0" <= c <= "9" for c in text)
