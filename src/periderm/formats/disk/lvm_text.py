"""The text in which LVM2 describes a volume group: sections in braces, and keys with numbers, strings and lists.

Source: the grammar in LVM2 libdm/libdm-config.c and what vgcfgbackup(8) writes.
"""

from __future__ import annotations

import re

from periderm.model.errors import FormatError

Value = int | float | str | list["Value"]
Section = dict[str, "Value | Section"]

_TOKEN = re.compile(
    r"""[\s,]+|\#[^\n]*|(?P<name>[A-Za-z_][\w.+-]*(?:/[\w.+-]+)*)|(?P<number>-?\d+(?:\.\d+)?)|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<sign>[={}\[\]])""",
    re.DOTALL,
)
_DEPTH = 16
_TOKENS = 2_000_000


def parse(text: str) -> Section:
    """The text as nested dictionaries. Raises FormatError."""
    root: Section = {}
    stack = [root]
    name = ""
    tokens = _Tokens(text)
    while (token := tokens.next()) is not None:
        kind, value = token
        if kind == "sign" and value == "}" and len(stack) > 1:
            stack.pop()
        elif kind in {"name", "text"} and not name:
            name = value
            continue
        elif kind == "sign" and value == "{" and name:
            if len(stack) >= _DEPTH:
                raise FormatError("sections lie too deep in each other.", where="LVM")
            section: Section = {}
            stack[-1][name] = section
            stack.append(section)
        elif kind == "sign" and value == "=" and name:
            stack[-1][name] = tokens.value()
        else:
            raise FormatError(f"{value!r} does not belong there.", where="LVM")
        name = ""
    if len(stack) > 1 or name:
        raise FormatError("the description ends too early.", where="LVM")
    return root


class _Tokens:
    """The words of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._left = _TOKENS

    def next(self) -> tuple[str, str] | None:
        """(kind, value), None at the end."""
        while self._at < len(self._text):
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                raise FormatError(f"the description is damaged at character {self._at}.", where="LVM")
            self._at = found.end()
            self._left -= 1
            if self._left < 0:
                raise FormatError("the description has too many words.", where="LVM")
            if found.lastgroup:
                return found.lastgroup, found[found.lastgroup]
        return None

    def value(self) -> Value:
        """A number, a string, or a list of those."""
        token = self.next()
        if token == ("sign", "["):
            items: list[Value] = []
            while (token := self.next()) != ("sign", "]"):
                items.append(_plain(token))
            return items
        return _plain(token)


def _plain(token: tuple[str, str] | None) -> Value:
    if token is None or token[0] not in {"number", "text"}:
        raise FormatError("a value is missing.", where="LVM")
    kind, value = token
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", value)
    if len(value) > 30:
        raise FormatError("a number is too long.", where="LVM")
    return float(value) if "." in value else int(value)


def text(section: Section, key: str) -> str:
    """A string; '' if there is none."""
    value = section.get(key)
    return value if isinstance(value, str) else ""


def number(section: Section, key: str) -> int:
    """A number; 0 if there is none."""
    value = section.get(key)
    return value if isinstance(value, int) else 0


def words(section: Section, key: str) -> list[str]:
    """A list of strings; empty if there is none."""
    value = section.get(key)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def sections(section: Section, key: str) -> list[tuple[str, Section]]:
    """The sections inside the section `key`; or, where there is no such section, those whose name begins with it."""
    inner = section.get(key)
    if isinstance(inner, dict):
        return [(name, one) for name, one in inner.items() if isinstance(one, dict)]
    return [(name, one) for name, one in section.items() if isinstance(one, dict) and name.startswith(key)]
