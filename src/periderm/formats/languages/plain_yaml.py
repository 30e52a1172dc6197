"""The regular part of YAML that lock files are written in, read fast: block mappings and lists, one value a line.

Anything else (anchors, tags, texts of several lines, complex keys, documents after the first) is left to a whole YAML
reader: `read` gives None. Texts stay texts. Source: YAML 1.2.2, the parts named in the functions.
"""

from __future__ import annotations

import itertools
import re

_DEEPEST = 60
_LONGEST = 20_000  # characters of a line
_PLAIN_START = re.compile(r"""[^\s'"\[\]{},#&*!|>%@`?:-]|[-?:][^\s,\[\]{}]""")
_FLOW = re.compile(
    r"""\s*(?:(?P<mark>[\[\]{},])|'(?P<single>(?:[^']|'')*)'|"(?P<double>[^"\\]*)\"|"""
    r"""(?P<plain>[^\s,\[\]{}'"#&*!|>%@`][^,\[\]{}'"\n]*))"""
)
_Holder = dict[str, object] | list[object]


class _OtherError(Exception):
    """This is YAML of another kind."""


def read(text: str) -> object:
    """The document as mappings, lists and texts; None if it is not of the regular kind."""
    try:
        return _read(text)
    except _OtherError:
        return None


def _read(text: str) -> object:
    root: dict[str, object] = {}
    # open mappings and lists: (indent of their keys or dashes, holder); a key without a value waits in `pending`
    stack: list[tuple[int, _Holder]] = [(0, root)]
    pending: tuple[int, dict[str, object], str] | None = None
    begun = False
    for raw in text.split("\n"):
        line = raw.rstrip("\r ")
        bare = line.lstrip(" ")
        if not bare or bare[0] == "#" or (line == "---" and not begun):
            continue
        begun = True
        if len(line) > _LONGEST or "\t" in line or line.startswith(("---", "...", "%")):
            raise _OtherError
        indent = len(line) - len(bare)
        listed = bare.startswith("- ")
        if listed:
            bare = bare[2:].lstrip(" ")
        key, value = _split(bare)
        if pending is not None:
            holder = _opened(pending, indent, listed, key is None)
            if holder is not None:
                if len(stack) >= _DEEPEST:
                    raise _OtherError
                stack.append((indent, holder))
            pending = None
        while len(stack) > 1 and _closed(stack[-1], indent, listed):
            stack.pop()
        if listed:
            inner = len(line) - len(bare)
            pending = _take_item(stack, indent, inner, key, value)
        else:
            pending = _take(stack, indent, key, value)
    return root if begun else None


def _closed(top: tuple[int, _Holder], indent: int, listed: bool) -> bool:
    return indent < top[0] or (indent == top[0] and isinstance(top[1], list) and not listed)


def _split(bare: str) -> tuple[str | None, str]:
    """(key, value) of `key: value`; (None, text) of a single value. A value that is not there is ''."""
    first = bare[0]
    if first in "'\"":
        end = bare.find(first, 1)
        rest = bare[end + 1 :].lstrip(" ")
        if end < 0 or "\\" in bare[:end] or (rest and rest[0] != ":"):
            raise _OtherError
        if not rest:
            return None, bare
        key, value = bare[1:end], rest[1:]
        if value and value[0] != " ":
            raise _OtherError
    else:
        if first in "[{":
            return None, bare
        if first in "]},#&*!|>%@`" or (first in "-?:" and bare[1:2] in ("", " ")):
            raise _OtherError
        at = bare.find(": ")
        if at < 0:
            if bare[-1] != ":":
                return None, bare
            at = len(bare) - 1
        key, value = bare[:at].rstrip(" "), bare[at + 1 :]
        if " #" in key:
            raise _OtherError
    value = value.lstrip(" ")
    return key, "" if value[:1] == "#" else value


def _opened(pending: tuple[int, dict[str, object], str], indent: int, listed: bool, single: bool) -> _Holder | None:
    """What a key without a value begins, seen from the next line; None if nothing."""
    at, parent, key = pending
    holder: _Holder
    if listed and indent >= at:
        holder = []
    elif indent > at and not single:
        holder = {}
    elif indent > at:
        raise _OtherError  # a text of several lines
    else:
        return None
    parent[key] = holder
    return holder


def _take(
    stack: list[tuple[int, _Holder]], indent: int, key: str | None, value: str
) -> tuple[int, dict[str, object], str] | None:
    """Puts `key: value` where it belongs; gives the key if it waits for what follows."""
    at, holder = stack[-1]
    if indent != at or key is None or isinstance(holder, list) or key in holder or key == "<<":
        raise _OtherError
    if value:
        holder[key] = _value(value)
        return None
    holder[key] = ""
    return indent, holder, key


def _take_item(
    stack: list[tuple[int, _Holder]], indent: int, inner: int, key: str | None, value: str
) -> tuple[int, dict[str, object], str] | None:
    """The same for what stands behind a dash; a mapping's keys are `inner` characters in."""
    at, holder = stack[-1]
    if indent != at or not isinstance(holder, list) or value.startswith("- "):
        raise _OtherError
    if key is None:
        holder.append(_value(value))
        return None
    mapping: dict[str, object] = {}
    holder.append(mapping)
    stack.append((inner, mapping))
    return _take(stack, inner, key, value)


def _value(value: str) -> object:
    first = value[0]
    if first in "[{":
        return _flow(value)
    if first in "'\"":
        return _scalar(value)
    if _PLAIN_START.match(value) is None or ": " in value or value.endswith(":"):
        raise _OtherError
    return value.split(" #", 1)[0].rstrip(" ")


def _scalar(value: str) -> str:
    """A plain or quoted text of one line; double quotes with escapes are of the other kind."""
    if value[0] == "'":
        if len(value) < 2 or value[-1] != "'" or "'" in value[1:-1].replace("''", ""):
            raise _OtherError
        return value[1:-1].replace("''", "'")
    if value[0] == '"':
        if len(value) < 2 or value[-1] != '"' or '"' in value[1:-1] or "\\" in value:
            raise _OtherError
        return value[1:-1]
    return value


def _flow(text: str) -> object:
    """`{a: b, c: 'd'}` or `[a, b]` on one line, texts only inside: what resolutions and engines are written in."""
    tokens = _tokens(text)
    if tokens[0] == ("[", "") and tokens[-1] == ("]", ""):
        texts = [_plain(kind) for kind, _ in tokens[1:-1]]
        # Two texts side by side are one: a quote inside of a plain text is a sign like any other.
        if any(a and b for a, b in itertools.pairwise(texts)) or any(": " in value for _, value in tokens):
            raise _OtherError
        return [value for (_, value), text in zip(tokens[1:-1], texts, strict=True) if text]
    if tokens[0] != ("{", "") or tokens[-1] != ("}", ""):
        raise _OtherError
    found: dict[str, object] = {}
    key = ""
    for kind, value in tokens[1:-1]:
        if not _plain(kind):
            key = ""
        elif kind == "p" and not key:
            key, colon, rest = value.partition(":")
            if not colon or (rest and rest[0] != " "):
                raise _OtherError
            if rest.strip():
                found[key], key = rest.strip(), ""
        elif key:
            found[key], key = value, ""
        else:
            raise _OtherError
    return found


def _plain(kind: str) -> bool:
    """Whether a token is a text; a comma is none, and anything nested is of the other kind."""
    if kind in "[]{}":
        raise _OtherError
    return kind != ","


def _tokens(text: str) -> list[tuple[str, str]]:
    """('p', plain text), ('q', quoted text) or (mark, '')."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _FLOW.match(text, at)
        if match is None:
            raise _OtherError
        at = match.end()
        if match["mark"]:
            found.append((match["mark"], ""))
        elif match["plain"] is not None:
            found.append(("p", match["plain"].rstrip()))
        else:
            single = match["single"]
            found.append(("q", single.replace("''", "'") if single is not None else match["double"]))
    if not found:
        raise _OtherError
    return found
