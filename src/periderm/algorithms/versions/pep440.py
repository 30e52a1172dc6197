"""Python's order of versions. Reads no specifiers.

Source: packaging.python.org/specifications/version-specifiers (PEP 440), its appendix's expression and its normal
forms. Texts that are no such version (legacy ones) have no place of their own.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import TOP, is_number, number

_VERSION = re.compile(
    r"""v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>[0-9]+)?)?
    (?P<post>-(?P<post_n1>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_n2>[0-9]+)?)?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_n>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE,
)
_PRE = {"alpha": "a", "a": "a", "beta": "b", "b": "b", "preview": "r", "pre": "r", "c": "r", "rc": "r"}
_LEAST, _END = "\x01", "\x01"
_SEPARATORS = re.compile(r"[-_.]")


def key(text: str) -> str | None:
    """The key, None for what is no PEP 440 version."""
    match = _VERSION.fullmatch(text.strip().lower())
    if match is None:
        return None
    numbers = [n.lstrip("0") for n in match["release"].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    out = [number(match["epoch"] or ""), *(number(n) for n in numbers), _END]
    if match["pre"]:
        out += (_PRE[match["pre"]], number(match["pre_n"] or ""))
    else:
        out.append(_LEAST if match["dev"] and not match["post"] else TOP)
    out.append("\x02" + number(match["post_n1"] or match["post_n2"] or "") if match["post"] else _LEAST)
    out.append("\x01" + number(match["dev_n"] or "") if match["dev"] else "\x02")
    out.append(_local(match["local"]) if match["local"] else _LEAST)
    return "".join(out)


def valid(text: str) -> bool:
    """Whether it is a PEP 440 version."""
    return key(text) is not None


def public(text: str) -> str:
    """Without the local part: a build of a version is that version, where a specifier asks ('<=2.0' takes '2.0+cpu')."""
    return text.partition("+")[0]


def _local(text: str) -> str:
    """Numbers are greater than words; what goes on is greater than what ends."""
    parts = _SEPARATORS.split(text)
    return "\x02" + "".join(f"\x03{number(p)}" if is_number(p) else f"\x02{p}\x00" for p in parts) + _END
