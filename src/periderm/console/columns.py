"""Which columns of a table are shown: the page's address says it, so it is shared, kept in a view, and works without scripts.

What a person chose is remembered by their browser, as plain words in a cookie, and shown where an address says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

COOKIE = "periderm_cols"
ALL = "all"  # in the address: none is left out, whatever was chosen before
MOST_PAGES = 12  # that are remembered
_WORD = re.compile(r"[a-z-]{1,20}(,[a-z-]{1,20}){0,12}", re.ASCII)
NONE = "-"  # in the address: none of those that can be left out
MOST = 200  # characters of the parameter that are read


class Columns(msgspec.Struct, frozen=True):
    """`names` are those that may be left out, in their order; `shown` those that are not; `chosen` whether somebody chose:
    then they show on a narrow screen too, which else leaves the less important ones out."""

    names: tuple[str, ...]
    shown: frozenset[str]
    chosen: bool = False

    def __contains__(self, name: object) -> bool:
        return name in self.shown

    @property
    def wide(self) -> str:
        """The class of a column that only a wide screen has room for, unless somebody asked for it."""
        return "" if self.chosen else "wide"

    def toggled(self, name: str) -> str:
        """The parameter `cols` with this column added or taken away."""
        left = self.shown ^ {name}
        return ALL if left == set(self.names) else ",".join(n for n in self.names if n in left) or NONE


def columns(given: Mapping[str, str], names: Sequence[str]) -> Columns:
    """From the parameter `cols` of an address; names that the table does not have are left alone."""
    text = given.get("cols", "")[:MOST]
    if text in ("", ALL):
        return Columns(tuple(names), frozenset(names))
    return Columns(tuple(names), frozenset(names) & frozenset(text.split(",")), chosen=True)


def remembered(told: str) -> dict[str, str]:
    """The choices of a cookie, by the first word of a page's address. What is no choice of ours is passed over."""
    found: dict[str, str] = {}
    for part in told.split("/")[:MOST_PAGES]:
        page, _, chosen = part.partition(":")
        if _WORD.fullmatch(page) and _WORD.fullmatch(chosen):
            found[page] = chosen
    return found


def remember(told: str, path: str, chosen: str) -> str | None:
    """The cookie with what an address chose for its page, the latest first; None if that is no choice that can be kept."""
    page = path.strip("/")
    if not (_WORD.fullmatch(page) and len(chosen) <= MOST and _WORD.fullmatch(chosen)):
        return None
    kept = {page: chosen, **{name: value for name, value in remembered(told).items() if name != page}}
    if chosen == ALL:
        del kept[page]
    pairs = [f"{name}:{value}" for name, value in kept.items()][:MOST_PAGES]
    while pairs and len("/".join(pairs)) > 500:
        pairs.pop()
    return "/".join(pairs)
