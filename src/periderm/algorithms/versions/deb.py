"""Debian's order of versions. Finds no versions in file names.

Source: Debian policy 5.6.12, deb-version(7), and `verrevcmp` of dpkg (lib/dpkg/version.c): a missing epoch is 0, and a
missing revision equals '0', so '1.0' and '1.0-0' are one version.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import ZERO, is_number, number

_PAIRS = re.compile(r"([^0-9]*)([0-9]*)")
_EPOCH = re.compile(r"([0-9]+):(?=.)", re.DOTALL)
_UPSTREAM = re.compile(r"[0-9][A-Za-z0-9.+~:-]*")
_REVISION = re.compile(r"[A-Za-z0-9.+~]+")
_END = "\x02"
# '~' is before the end, letters are themselves, and all other characters come after the letters
_RUN = {c: chr(c + 256) for c in range(128) if not chr(c).isalnum()} | {ord("~"): "\x01"}
_LARGEST_EPOCH = 2**31 - 1


def key(text: str) -> str:
    """Every text has a place: a text that dpkg refuses is taken as it is written."""
    text = text.strip()
    epoch = ZERO
    match = _EPOCH.match(text)
    if match:
        epoch = number(match.group(1))
        text = text[match.end() :]
    upstream, dash, revision = text.rpartition("-")
    return epoch + (_part(upstream) + _part(revision) if dash else _part(text) + _NO_REVISION)


def valid(text: str) -> bool:
    """Whether dpkg takes it."""
    epoch, colon, rest = text.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    if not is_number(epoch) or len(epoch) > 10 or int(epoch) > _LARGEST_EPOCH:
        return False
    upstream, dash, revision = rest.rpartition("-")
    if dash and not _REVISION.fullmatch(revision):
        return False
    match = _UPSTREAM.fullmatch(upstream if dash else rest)
    return match is not None and (bool(colon) or ":" not in rest)


def _part(text: str) -> str:
    """Runs of other characters and numbers in turn; the end is a run of nothing, and a number that is not there is 0."""
    out: list[str] = []
    for run, digits in _PAIRS.findall(text)[:-1] or _NOTHING:
        out += (run.translate(_RUN) if run else "", _END, number(digits))
    out.append(_END)
    return "".join(out)


_NOTHING = [("", "")]
_NO_REVISION = _part("")
