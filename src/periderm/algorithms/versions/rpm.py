"""RPM's order of versions, [EPOCH:]VERSION[-RELEASE]. Treats a missing release as less than any, not as a wildcard.

Source: rpm-version(7) and `rpmvercmp` of rpm 4.15 and later (rpmio/rpmvercmp.c): '~' is before the end, '^' after it and
before anything else; numbers beat words; separators only separate.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import ZERO, number

_TOKENS = re.compile(r"[0-9]+|[A-Za-z]+|[~^]")
_EPOCH = re.compile(r"([0-9]*):")
_VALID = re.compile(r"(?:[0-9]{1,10}:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?")
_WORD_END, _TILDE, _END, _CARET, _WORD, _NUMBER = "\x00", "\x01", "\x02", "\x03", "\x04", "\x05"
_NO_RELEASE = ""


def key(text: str) -> str:
    """Every text has a place; characters that rpm does not know separate, as they do for rpm. An epoch of '(none)', as
    some reports print it, is 0."""
    text = text.strip().removeprefix("(none):")
    epoch = ZERO
    match = _EPOCH.match(text)
    if match:
        epoch = number(match.group(1))
        text = text[match.end() :]
    version, dash, release = text.rpartition("-")
    return f"{epoch}{_part(version)}{_part(release)}" if dash else epoch + _part(text) + _NO_RELEASE


def valid(text: str) -> bool:
    """Whether rpm would build a package of it (at least one letter or digit in each part)."""
    match = _VALID.fullmatch(text.strip())
    return match is not None and all(_TOKENS.search(part) for part in text.strip().rpartition(":")[2].split("-"))


def _part(text: str) -> str:
    out: list[str] = []
    for piece in _TOKENS.findall(text):
        if piece[0] <= "9":
            out += (_NUMBER, number(piece))
        elif piece == "~":
            out.append(_TILDE)
        elif piece == "^":
            out.append(_CARET)
        else:
            out += (_WORD, piece, _WORD_END)
    out.append(_END)
    return "".join(out)
