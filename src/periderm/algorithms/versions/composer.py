"""Composer's order of versions: normalised as composer/semver does, then PHP's `version_compare`. Reads no constraints.

Source: composer/semver (src/VersionParser.php, `normalize`, `normalizeBranch`) and php-src
(ext/standard/versioning.c). Named branches ('dev-main') have no place: Composer never holds them to be in a range.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import TOP, number

_MODIFIER = r"[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)(?>((?:[.-]?[0-9]++)*))?)?([.-]?dev)?"  # atomic, as Composer's
_CLASSIC = re.compile(rf"v?([0-9]{{1,5}})(\.[0-9]+)?(\.[0-9]+)?(\.[0-9]+)?{_MODIFIER}", re.IGNORECASE)
_DATE = re.compile(rf"v?([0-9]{{4}}(?:[.:-]?[0-9]{{2}}){{1,6}}(?:[.:-]?[0-9]{{1,3}}){{0,2}}){_MODIFIER}", re.IGNORECASE)
_BRANCH = re.compile(r"v?([0-9]+)(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?[.-]?dev", re.IGNORECASE)
_ALIAS = re.compile(r"([^,\s]++) ++as ++[^,\s]++")
_STABILITY = re.compile(r"@(?:stable|rc|beta|alpha|dev)$", re.IGNORECASE)
_BUILD = re.compile(r"([^,\s+]++)\+\S+")
_NAMED = ("master", "trunk", "default")
_WORDS = {"alpha": "\x03", "a": "\x03", "beta": "\x04", "b": "\x04", "rc": "\x05", "patch": TOP, "pl": TOP, "p": TOP}
_DEV, _END, _NUMBER = "\x02", "\x06", "\x07"
_DIGITS = re.compile(r"[0-9]+")
_ANY = "9999999"


def key(text: str) -> str | None:
    """The key, None for named branches and for what Composer refuses."""
    text = _plain(text)
    if text.lower().startswith("dev-"):
        return None
    match = _CLASSIC.fullmatch(text)
    if match:
        numbers = [(match.group(i) or "0").lstrip(".") for i in range(1, 5)]
        return _key(numbers, match.group(5), match.group(6), match.group(7))
    match = _DATE.fullmatch(text)
    if match:
        return _key(_DIGITS.findall(match.group(1)), match.group(2), match.group(3), match.group(4))
    match = _BRANCH.fullmatch(text)
    if match:
        given = [(match.group(i) or "x").lstrip(".") for i in range(1, 5)]
        return _key([n if n.isdigit() else _ANY for n in given], "", "", "dev")
    return None


def valid(text: str) -> bool:
    """Whether Composer takes it, named branches included."""
    return _plain(text).lower().startswith("dev-") or key(text) is not None


def _plain(text: str) -> str:
    """Without alias, stability flag and build metadata; the default branches by their names."""
    text = text.strip()
    if match := _ALIAS.fullmatch(text):
        text = match.group(1)
    text = _STABILITY.sub("", text)
    if text in _NAMED or text.lower().startswith("dev-"):
        return f"dev-{text.lower().removeprefix('dev-')}"
    match = _BUILD.fullmatch(text)
    return match.group(1) if match else text


def _key(numbers: list[str], word: str | None, count: str | None, dev: str | None) -> str:
    out = [_NUMBER + number(n) for n in numbers]
    if word == "stable":  # in lower case only, as Composer does; in others it sorts below everything
        return "".join([*out, _END])
    if word:
        out.append(_WORDS.get(word.lower(), "\x01"))
        out += (_NUMBER + number(n) for n in _DIGITS.findall(count or ""))
    return "".join([*out, _DEV if dev else "", _END])
