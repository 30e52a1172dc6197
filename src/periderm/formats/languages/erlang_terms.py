"""Erlang's and Elixir's plain terms as lock files write them: tuples, lists, maps, texts and atoms, as nested lists.

Runs nothing and knows no operators. Sources: erlang.org reference manual, data types; hexdocs.pm/elixir, syntax reference.
"""

from __future__ import annotations

import re

from periderm.model.errors import FormatError, LimitError

DEEPEST = 100
_TOKEN = re.compile(
    r"""\s++|[#%](?!\{)[^\n]*+|,|=>|\.(?=\s|$)
    |(?P<open>%\{|\#\{|\{|\[)|(?P<close>\}|\])
    |<<\s*"(?P<binary>[^"\\]*+(?:\\.[^"\\]*+)*)"(?:/utf8)?\s*>>
    |:?"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*)":?
    |:?(?P<word>[A-Za-z0-9_@.+~-]++[?!]?:?)""",
    re.VERBOSE | re.DOTALL,
)


class Terms(list["Terms | str"]):
    """A tuple, list or map."""


def read(text: str, path: str) -> Terms:
    """All terms of a file; pairs of a map stand one after the other. Raises FormatError."""
    root = Terms()
    stack = [root]
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at:
            raise FormatError(f"it is no term at {text[at : at + 40]!r}.", where=path)
        at = match.end()
        kind = match.lastgroup
        if kind == "open":
            if len(stack) > DEEPEST:
                raise LimitError(f"it is nested more than {DEEPEST} deep.", where=path)
            inner = Terms()
            stack[-1].append(inner)
            stack.append(inner)
        elif kind == "close":
            if len(stack) == 1:
                raise FormatError("a bracket is closed that was not opened.", where=path)
            stack.pop()
        elif kind is not None:
            stack[-1].append(match[kind].rstrip(":") if kind == "word" else match[kind])
    return root
