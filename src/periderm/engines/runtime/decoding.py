"""What a command line really says: quotes joined, `$IFS` and brace lists written out, base64 and hex read.

Attackers hide words from whoever looks at command lines; a shell puts them together again, and so does this. It runs no
shell, follows no variable but IFS, and gives up where text would grow: every result is a guess that a detector looks at
beside the original, never instead of it.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

MOST_CHARACTERS = 4_096
MOST_TEXTS = 8
_IFS = re.compile(r"\$\{IFS(?:[:%#][^}]{0,16})?\}|\$IFS(?:\$\d)?")
_BRACES = re.compile(r"(?:(?<=\s)|^)\{([\w./:+-]+(?:,[\w./:+=-]+){1,15})\}(?=\s|$|[|;&])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9_-]{16,}={0,2})(?![A-Za-z0-9+/=_-])")
_HEX = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){8,}(?![0-9a-fA-F])")
_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\[0-3]?[0-7]{2}){3,}")
_ONE = re.compile(r"\\x([0-9a-fA-F]{2})|\\([0-3]?[0-7]{2})")
_EMPTY = re.compile(r"''|\"\"|\$@|\$\*|\$\{?[!-]\}?|``|\$\(\)")
_INNER_QUOTES = re.compile(r"(?<=[\w/.+-])(['\"])([\w/.+-]{0,64})\1|(['\"])([\w/.+-]{1,64})\3(?=[\w/.+-])")
_BACKSLASH = re.compile(r"\\([A-Za-z/])")
_REVERSED = re.compile(r"\brev\b")


def unquoted(text: str) -> str:
    """Words that quotes, backslashes, `$@` and `$IFS` had cut up, as the shell would see them."""
    text = text[:MOST_CHARACTERS]
    text = _IFS.sub(" ", text)
    text = _BRACES.sub(lambda found: found[1].replace(",", " "), text)
    if "\\x" in text or "\\0" in text or "\\1" in text:
        text = _ESCAPED.sub(_unescape, text)
    text = _EMPTY.sub("", text)
    for _ in range(4):  # quotes beside quotes
        joined = _INNER_QUOTES.sub(lambda found: found[2] if found[1] else found[4], text)
        if joined == text:
            break
        text = joined
    return _BACKSLASH.sub(r"\1", text)


def _unescape(found: re.Match[str]) -> str:
    parts = [int(hexa, 16) if hexa else int(octal, 8) & 0xFF for hexa, octal in _ONE.findall(found[0])]
    return bytes(parts).decode("utf-8", "replace")


def _readable(data: bytes) -> str:
    """The text, if it is text: nearly all of it can be printed."""
    for encoding in ("utf-8", "utf-16-le") if data[1:2] == b"\0" else ("utf-8",):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = sum(c.isprintable() or c in "\n\t\r" for c in text)
        if len(text) >= 6 and plain >= len(text) * 0.95:
            return text
    return ""


def _from_base64(word: str) -> str:
    word = word.rstrip("=")
    try:
        data = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_" if "-" in word or "_" in word else None)
    except (binascii.Error, ValueError):
        return ""
    return _readable(data)


@lru_cache(maxsize=1024)
def decoded(text: str) -> tuple[str, ...]:
    """Other readings of a command line that differ from it, at most MOST_TEXTS: joined words first, then what base64 and
    hex hold (also twice), each joined again. () for nearly every command line."""
    found: dict[str, None] = {}
    waiting = [text[:MOST_CHARACTERS]]
    while waiting and len(found) < MOST_TEXTS:
        now = waiting.pop(0)
        plain = unquoted(now)
        if plain != now:
            found[plain] = None
        for word in _BASE64.findall(plain)[:MOST_TEXTS]:
            inner = _from_base64(word)
            if inner and inner not in found:
                found[inner] = None
                waiting.append(inner)
        for word in _HEX.findall(plain)[:MOST_TEXTS]:
            inner = _readable(bytes.fromhex(word))
            if inner and inner not in found:
                found[inner] = None
                waiting.append(inner)
        if _REVERSED.search(plain):
            for word in re.findall(r"[^\s'\"|;]{6,}", plain)[:MOST_TEXTS]:
                found.setdefault(word[::-1], None)
    return tuple(found)[:MOST_TEXTS]
