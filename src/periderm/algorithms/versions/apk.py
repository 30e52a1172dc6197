"""Alpine's order of versions. Does not do apk's fuzzy match.

Source: apk-tools 3 (src/version.c): digits{.digits}…{letter}{_suffix{digits}}…{~hash}{-rN}. After the first number a
part with a leading zero is compared as text, and less than any part without; what comes earlier in that list is greater
than what comes later, but a pre-release suffix is less than the end.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import number

_TOKEN = re.compile(
    r"\.(?P<digits>[0-9]+)|(?P<letter>[a-z])|_(?P<suffix>[a-z]+)(?P<of>[0-9]*)|~(?P<hash>[0-9a-fA-F]+)|-r(?P<revision>[0-9]+)"
)
_FIRST = re.compile(r"[0-9]+")
_BEFORE = {"alpha": "a", "beta": "b", "pre": "c", "rc": "d"}
_AFTER = {"cvs": "e", "svn": "f", "git": "g", "hg": "h", "p": "i"}
_PRE, _WRONG, _END, _REVISION, _HASH, _COUNT, _POST, _LETTER, _DIGITS = (chr(c) for c in range(1, 10))
# Which parts may follow: numbers only each other, then one letter, suffixes, one hash, one revision.
_STAGE = {"digits": 1, "letter": 2, "suffix": 3, "hash": 4, "revision": 5}
_REPEATS = {1, 3}
_TEXT_END = "\x00"


def key(text: str) -> str:
    """Every text has a place; what apk cannot parse counts up to the first wrong character, as apk itself does."""
    return _read(text.strip())[0]


def valid(text: str) -> bool:
    """Whether apk takes it."""
    return _read(text)[1]


def _read(text: str) -> tuple[str, bool]:
    match = _FIRST.match(text)
    if match is None:
        return _WRONG, False
    out, place, stage = [number(match.group())], match.end(), 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        part = str(match.lastgroup) if match else ""
        part = "suffix" if part == "of" else part
        if match is None or _STAGE[part] < stage or (_STAGE[part] == stage and stage not in _REPEATS):
            return "".join([*out, _WRONG]), False
        stage, place = _STAGE[part], match.end()
        code = _code(part, match)
        out.append(code)
        if code == _WRONG:
            return "".join(out), False
    out.append(_END)
    return "".join(out), True


def _code(part: str, match: re.Match[str]) -> str:
    value = match.group(part)
    if part == "digits":
        # text first, then numbers: a leading zero is less than any other digit
        return f"{_DIGITS}\x01{value}{_TEXT_END}" if value[0] == "0" else f"{_DIGITS}\x02{number(value)}"
    if part == "letter":
        return _LETTER + value
    if part == "hash":
        return _HASH + value + _TEXT_END
    if part == "revision":
        return _REVISION + number(value)
    count = _COUNT + number(match.group("of")) if match.group("of") else ""
    if value in _BEFORE:
        return _PRE + _BEFORE[value] + count
    return _POST + _AFTER[value] + count if value in _AFTER else _WRONG
