"""What looking into files' bytes brings and tells: users' rules, files that matched, and what was looked at and what not."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.model.content import ContentMatch
from periderm.model.service import RiskyService


class ScanExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What a user brings to a scan besides its target: (file, text) of YARA rules, and services to be told of. A result
    depends on it: `word` names it in keys."""

    rules: tuple[tuple[str, str], ...] = ()
    services: tuple[RiskyService, ...] = ()

    @property
    def word(self) -> str:
        """The same for the same extras, '' for none. No secret, and no shorter than what it names needs."""
        return repr(self) if self.rules or self.services else ""


class LookedAt(msgspec.Struct, frozen=True):
    """Files and their bytes. `sifted` were searched for the words without which no rule matches, `examined` of those were
    given to the rules. `left` says why others were not: {reason: files}; reasons are the words of `LEFT`."""

    sifted: int = 0
    sifted_bytes: int = 0
    programs: int = 0
    scripts: int = 0
    examined: int = 0
    examined_bytes: int = 0
    checked: int = 0  # compared with what their package says of them
    rules: int = 0
    left: dict[str, int] = {}


LARGE, DATA, COSTLY, UNFINISHED = "too large", "data of no kind that runs", "limit of all files together", "unfinished"


def together(several: Iterable[LookedAt]) -> LookedAt:
    """The sum over layers."""
    sums = dict.fromkeys(LookedAt.__struct_fields__[:-1], 0)
    left: dict[str, int] = {}
    for one in several:
        for name in sums:
            value = getattr(one, name)
            sums[name] = max(sums[name], value) if name == "rules" else sums[name] + value
        for why, count in one.left.items():
            left[why] = left.get(why, 0) + count
    return LookedAt(**sums, left=left)


class FoundContent(msgspec.Struct, frozen=True, array_like=True):
    """A file in which rules matched. `entry` is its number in its layer, `kind` 'program', 'script' or 'other'."""

    entry: int
    kind: str
    matches: tuple[ContentMatch, ...]


class LayerContents(msgspec.Struct, frozen=True, array_like=True):
    """What the looks into one layer's files said. `limited` that a limit which layers share left some out."""

    found: tuple[FoundContent, ...] = ()
    looked: LookedAt = LookedAt()
    limited: bool = False
