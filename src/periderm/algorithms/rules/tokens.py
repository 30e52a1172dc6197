"""The words of a CEL expression. Source: cel-spec, doc/langdef.md, Syntax. Judges no grammar.

Bounded: 10,000 characters an expression.
"""

from __future__ import annotations

import enum
import re

import msgspec

from periderm.algorithms.rules.places import Place, shown

LONGEST = 10_000
INT_MAX, INT_MIN, UINT_MAX = 2**63 - 1, -(2**63), 2**64 - 1


class Kind(enum.Enum):
    """What a token is."""

    NAME = "a name"
    INT = "a number"
    UINT = "an unsigned number"
    DOUBLE = "a decimal number"
    STRING = "a string"
    BYTES = "bytes"
    SIGN = "a sign"
    END = "the end"


class Token(msgspec.Struct, frozen=True):
    """One word: `text` as it was written, `value` what a literal stands for, `at` its offset."""

    kind: Kind
    text: str
    at: int
    value: int | float | str | bytes = 0


_TOKEN = re.compile(
    r"""(?P<space>[\t\n\f\r ]+|//[^\r\n]*)
    |(?P<string>[rRbB]{0,2}(?:\"{3}(?:[^"\\]|\\.|\"(?!\"\"))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        |\"(?:[^"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'))
    |(?P<raw>[rR](?:"[^"\r\n]*"|'[^'\r\n]*'))
    |(?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)(?P<unsigned>[uU])?
    |(?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    |(?P<sign>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_RAW = re.compile(r"""[bB]?[rR][bB]?(?:"{3}(?s:.*?)"{3}|'{3}(?s:.*?)'{3}|"[^"\r\n]*"|'[^'\r\n]*')""")
_ESCAPE = re.compile(
    r"""\\(?:([\\?"'`abfnrtv])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))""", re.DOTALL
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def tokens(place: Place) -> list[Token]:
    """All words, the last of kind END. Raises RuleError with the place of what is none."""
    text = place.text
    if len(text) > LONGEST:
        raise place.error(0, f"The condition has {len(text)} characters.", f"At most {LONGEST} are read.")
    out: list[Token] = []
    at = 0
    while at < len(text):
        match = _RAW.match(text, at) or _TOKEN.match(text, at)
        if match is None:
            raise place.error(at, f"'{shown(text[at])}' is nothing that a condition knows.", _advice(text, at))
        if match.re is _RAW:
            out.append(_string(place, match.group(), at))
        elif match.lastgroup != "space":
            out.append(_token(place, match, at))
        at = match.end()
    return [*out, Token(Kind.END, "", len(text))]


def _advice(text: str, at: int) -> str:
    if text[at] in "\"'":
        return "The string is not closed."
    return {"&": "'and' is written &&.", "|": "'or' is written ||.", "=": "Equality is written ==."}.get(text[at], "")


def _token(place: Place, match: re.Match[str], at: int) -> Token:
    text = match.group()
    if match["string"] is not None:
        return _string(place, text, at)
    if match["double"] is not None:
        return Token(Kind.DOUBLE, text, at, float(text))
    if match["int"] is not None:
        digits = match["int"]
        value = int(digits, 16) if digits.startswith("0x") else int(digits) if len(digits.lstrip("0")) < 30 else UINT_MAX + 1
        if value > (UINT_MAX if match["unsigned"] else INT_MAX + 1):  # INT_MIN is written with a minus before it
            raise place.error(at, f"The number {shown(text)} does not fit 64 bits.")
        return Token(Kind.UINT if match["unsigned"] else Kind.INT, text, at, value)
    return Token(Kind.NAME if match["name"] is not None else Kind.SIGN, text, at)


def _string(place: Place, text: str, at: int) -> Token:
    start = min(text.index(q) for q in "\"'" if q in text)
    prefix = text[:start].lower()
    if prefix in ("rr", "bb"):
        raise place.error(at, f"'{prefix}' twice before a string.")
    quotes = 3 if text[start : start + 3] in ('"""', "'''") and len(text) >= start + 6 else 1
    inner = text[start + quotes : -quotes]
    if "b" in prefix:
        return Token(Kind.BYTES, text, at, inner.encode() if "r" in prefix else _bytes(place, inner, at + start + quotes))
    return Token(Kind.STRING, text, at, inner if "r" in prefix else _unescape(place, inner, at + start + quotes))


def _unescape(place: Place, text: str, at: int) -> str:
    def one(match: re.Match[str]) -> str:
        simple, hexa, short, long, octal, other = match.groups()
        if simple:
            return _SIMPLE.get(simple, simple)
        if other is not None:
            raise place.error(at + match.start(), f"'\\{shown(other)}' is no escape.", r"A backslash itself is written '\\'.")
        code = int(octal, 8) if octal else int(hexa or short or long, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise place.error(at + match.start(), "This is no Unicode character.")
        return chr(code)

    return _ESCAPE.sub(one, text) if "\\" in text else text


def _bytes(place: Place, text: str, at: int) -> bytes:
    """In bytes, \\x and octal escapes are octets, not characters."""
    out, last = b"", 0
    for match in _ESCAPE.finditer(text):
        simple, hexa, short, long, octal, other = match.groups()
        if short or long or other is not None:
            raise place.error(at + match.start(), "This is no escape of bytes.")
        out += text[last : match.start()].encode("utf-8", "surrogatepass")
        out += bytes([int(hexa, 16) if hexa else int(octal, 8)]) if hexa or octal else _SIMPLE.get(simple, simple).encode()
        last = match.end()
    return out + text[last:].encode("utf-8", "surrogatepass")
