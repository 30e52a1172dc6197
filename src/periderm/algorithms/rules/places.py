"""Where in a rule's text something stands, and errors that say so with the nearest known name. Reads no rules."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import msgspec

from periderm.model.errors import RuleError


class Place(msgspec.Struct, frozen=True):
    """A rule's text and where it begins in its file: `line` and `column` count from 1, `indent` is how many columns the
    file has before each further line of the text."""

    text: str
    where: str = ""
    line: int = 1
    column: int = 1
    indent: int = 0

    def error(self, offset: int, what: str, next_step: str = "") -> RuleError:
        """The error at an offset of the text."""
        before = self.text[:offset]
        lines = before.count("\n")
        inside = offset - (before.rfind("\n") + 1)
        column = inside + (self.indent + 1 if lines else self.column)
        return RuleError(what, next_step, where=self.where, line=self.line + lines, column=column)


def nearest(name: str, known: Iterable[str]) -> str:
    """'Did you mean …?' for a name that is not known, with what is known if that is short; '' if neither helps."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.6)
    if not close:
        lower = {n.lower(): n for n in names}
        close = [lower[name.lower()]] if name.lower() in lower else []
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known are: {', '.join(names)}." if 0 < len(names) <= 40 else ""


def shown(text: str) -> str:
    """A piece of somebody's text for a message: short, and without control characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:60]) + ("…" if len(text) > 60 else "")
