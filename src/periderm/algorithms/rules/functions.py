"""The functions of the rule language: CEL's own, what the `strings` extension and Kubernetes add, and three of ours (`glob`,
`inNetwork`, `vercmp`). Each is pure, and costs what it reads.

Sources: cel-spec, doc/langdef.md, List of Standard Definitions; cel-go, ext/strings; Kubernetes, 'CEL in Kubernetes'.
`quantity` gives a number of base units, and not an object, so that quantities compare with signs.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from periderm.algorithms.rules.glob import matches as glob_matches
from periderm.algorithms.rules.kinds import BOOL, BYTES, DOUBLE, DYN, INT, LIST, MAP, STRING, UINT, Type, Uint, list_of
from periderm.algorithms.rules.operations import fit
from periderm.algorithms.rules.running import LARGEST_TEXT, LONGEST_LIST, Fault
from periderm.algorithms.versions import order
from periderm.model.version_range import Scheme


class Function(msgspec.Struct, frozen=True):
    """One overload. `style` is 'f' for f(a, b), 'm' for a.f(b), 'fm' for both; `words` are what the first argument may be,
    if it must be one of a list and is written out."""

    name: str
    style: str
    takes: tuple[Type, ...]
    gives: Type
    run: Callable[..., Any]
    words: tuple[str, ...] = ()


def _int(value: Any) -> int:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Fault("This number is no int.")
        return fit(math.trunc(value), unsigned=False)
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", value):
            raise Fault("The text is no int.")
        return fit(int(value), unsigned=False)
    return fit(int(value), unsigned=False)


def _uint(value: Any) -> int:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,20}", value):
        raise Fault("The text is no uint.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault("This number is no uint.")
    return fit(int(value), unsigned=True)


def _double(value: Any) -> float:
    if isinstance(value, str) and not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", value):
        raise Fault("The text is no double.")
    return float(value)


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Fault("The bytes are not UTF-8.") from None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _split(text: str, separator: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    if separator == "":
        if len(text) > LONGEST_LIST:
            raise Fault("The list would be too long.")
        return [*text] if most < 0 or most >= len(text) else [*text[: most - 1], text[most - 1 :]]
    if text.count(separator) >= LONGEST_LIST:
        raise Fault("The list would be too long.")
    return text.split(separator, most - 1 if most > 0 else -1)


def _replace(text: str, old: str, new: str, most: int = -1) -> str:
    count = text.count(old) if most < 0 else min(most, text.count(old))
    if len(text) + count * len(new) > LARGEST_TEXT:
        raise Fault("The result is too long.")
    return text.replace(old, new, most if most >= 0 else -1)


def _join(parts: list[Any], separator: str = "") -> str:
    if not all(isinstance(p, str) for p in parts):
        raise Fault("join() takes a list of texts.")
    if sum(map(len, parts)) + len(separator) * len(parts) > LARGEST_TEXT:
        raise Fault("The result is too long.")
    return separator.join(parts)


_ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
_ASCII_UPPER = {c: c - 32 for c in range(ord("a"), ord("z") + 1)}
# kubernetes.io, 'Resource units': decimal and binary suffixes, and exponents
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,3}))?")
_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_UNITS |= {f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)}


def _quantity(text: str) -> float:
    match = _QUANTITY.fullmatch(text) if len(text) < 64 else None
    if match is None:
        raise Fault("The text is no quantity.")
    return float(match[1]) * (_UNITS[match[2]] if match[2] else 10.0 ** int(match[3] or "0"))


def _vercmp(scheme: str, a: str, b: str) -> int:
    try:
        return order.compare(Scheme(scheme), a, b)
    except ValueError:
        raise Fault("vercmp() does not know this order of versions.") from None


@lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Fault("The text is no network: write it as 10.0.0.0/8.") from None


@lru_cache(maxsize=4096)
def _in_network(address: str, network: str) -> bool:
    """What is no address is in no network; IPv4 inside IPv6 is taken out."""
    known = _network(network)
    try:
        told = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped is not None and known.version == 4:
        told = told.ipv4_mapped
    return told in known


def _bytes_of(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


_TEXTS = (STRING, STRING)
FUNCTIONS: tuple[Function, ...] = (
    *(Function("size", "fm", (t,), INT, len) for t in (STRING, BYTES, LIST, MAP)),
    Function("contains", "m", _TEXTS, BOOL, lambda a, b: b in a),
    Function("startsWith", "m", _TEXTS, BOOL, lambda a, b: a.startswith(b)),
    Function("endsWith", "m", _TEXTS, BOOL, lambda a, b: a.endswith(b)),
    Function("lowerAscii", "m", (STRING,), STRING, lambda a: a.translate(_ASCII_LOWER)),
    Function("upperAscii", "m", (STRING,), STRING, lambda a: a.translate(_ASCII_UPPER)),
    Function("trim", "m", (STRING,), STRING, lambda a: a.strip()),
    Function("split", "m", _TEXTS, list_of(STRING), _split),
    Function("split", "m", (*_TEXTS, INT), list_of(STRING), _split),
    Function("replace", "m", (STRING, *_TEXTS), STRING, _replace),
    Function("replace", "m", (STRING, *_TEXTS, INT), STRING, _replace),
    Function("indexOf", "m", _TEXTS, INT, lambda a, b: a.find(b)),
    Function("lastIndexOf", "m", _TEXTS, INT, lambda a, b: a.rfind(b)),
    Function("join", "m", (list_of(STRING),), STRING, _join),
    Function("join", "m", (list_of(STRING), STRING), STRING, _join),
    *(Function("int", "f", (t,), INT, _int) for t in (INT, UINT, DOUBLE, STRING)),
    *(Function("uint", "f", (t,), UINT, _uint) for t in (INT, UINT, DOUBLE, STRING)),
    *(Function("double", "f", (t,), DOUBLE, _double) for t in (INT, UINT, DOUBLE, STRING)),
    *(Function("string", "f", (t,), STRING, _string) for t in (INT, UINT, DOUBLE, STRING, BOOL, BYTES)),
    *(Function("bytes", "f", (t,), BYTES, _bytes_of) for t in (BYTES, STRING)),
    Function("bool", "f", (BOOL,), BOOL, bool),
    Function("dyn", "f", (DYN,), DYN, lambda a: a),
    Function("quantity", "f", (STRING,), DOUBLE, _quantity),
    Function("glob", "f", _TEXTS, BOOL, glob_matches),
    Function("inNetwork", "f", _TEXTS, BOOL, _in_network),
    Function("vercmp", "f", (STRING, *_TEXTS), INT, _vercmp, tuple(s.value for s in Scheme)),
)
NAMES = frozenset(f.name for f in FUNCTIONS) | {"matches", "has"}
__all__ = ["FUNCTIONS", "NAMES", "Function", "Uint"]
