"""Looks into one layer's files with the content rules: sifts them by their words, and runs the rules over what is left.

Depends on the layer's bytes, the limits and the rules, and on nothing else. Which of the files a package owns is known only
after the last layer: `engines/image` decides then what of it counts.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from periderm.engines.content.detectors import DETECTORS
from periderm.engines.content.judging import Kind
from periderm.engines.content.kinds import kind_of
from periderm.engines.content.quick import Sieve
from periderm.model.content import ContentMatch
from periderm.model.contents import COSTLY, DATA, LARGE, UNFINISHED, FoundContent, LayerContents, LookedAt
from periderm.model.image import LayerEntry
from periderm.model.limits import ScanLimits
from periderm.ports.compiled_words import CompiledWords

if TYPE_CHECKING:
    from periderm.engines.content import ContentEngine

MOST_TEXT = 4 << 20  # no rule looks into a larger one
_SMALLEST = 16
_MOST_FOUND = 10_000
_MOST_UNFINISHED = 3  # of one layer: each costs seconds
UserRules = tuple[tuple[str, str], ...]
_RULES = {d.spec.id: d for d in DETECTORS}


def prepare(kept: CompiledWords | None = None, user: UserRules = ()) -> None:
    """Compiles what every look needs, once and before two threads ask for it, or takes it from where it is kept (see
    `flow.compiled`). Raises FormatError if users' rules are wrong."""
    if user:
        _compiled(user)
    for kind in Kind:
        Sieve(DETECTORS, kind).prepare(kept)


def _compiled(user: UserRules) -> ContentEngine:
    """An engine; YARA-X is loaded here, so that a scan in which nothing is chosen never pays for it."""
    from periderm.engines.content import ContentEngine, UserRules

    return ContentEngine([UserRules(where, text) for where, text in user])


class ContentLook:
    """One layer's look; one thread uses it. `room` bounds the bytes that the rules are run over."""

    def __init__(self, limits: ScanLimits, room: int, user: UserRules = ()) -> None:
        self._limits = limits
        self._room = room
        self._user = user
        self._found: list[FoundContent] = []
        self._counts: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._limited = False
        self._sieves = {kind: Sieve(DETECTORS, kind) for kind in Kind}

    @functools.cached_property
    def _engine(self) -> ContentEngine:
        return _compiled(self._user)

    def left(self, why: str) -> None:
        """A file was not looked at."""
        self._left[why] += 1

    def look(self, number: int, entry: LayerEntry, data: bytes) -> None:
        """One file; `data` is all of it, perhaps mapped."""
        size = len(data)
        if size < _SMALLEST:
            return
        kind = kind_of(entry.path, entry.mode, data)
        if kind is None:
            self.left(DATA)
            return
        if size > (self._limits.content_file if kind is Kind.PROGRAM else MOST_TEXT):
            self.left(LARGE)
            return
        self._counts["sifted"] += 1
        self._counts["sifted_bytes"] += size
        if kind is not Kind.TEXT:
            self._counts["programs" if kind is Kind.PROGRAM else "scripts"] += 1
        if self._sieves[kind].sift(data) or self._user:
            self._examine(number, data, kind)

    def _examine(self, number: int, data: bytes, kind: Kind) -> None:
        size = len(data)
        if size > self._room or len(self._found) >= _MOST_FOUND or self._left[UNFINISHED] >= _MOST_UNFINISHED:
            self._limited = True
            self.left(COSTLY)
            return
        self._room -= size
        self._counts["examined"] += 1
        self._counts["examined_bytes"] += size
        matches, unfinished = self._engine.inspect(bytes(data))  # a mapped file is copied: YARA-X takes nothing else
        if unfinished:
            self.left(UNFINISHED)
        told = tuple(match for match in matches if _counts(match, kind))
        if told:
            self._found.append(FoundContent(number, kind.value, told))

    def contents(self) -> LayerContents:
        """All of it, after the last entry."""
        looked = LookedAt(**self._counts, rules=len(DETECTORS) + len(self._user), left=dict(self._left))
        return LayerContents(tuple(self._found), looked, self._limited)


def _counts(match: ContentMatch, kind: Kind) -> bool:
    """Users' rules count in every file; our own in the kinds that they are for."""
    own = _RULES.get(match.rule)
    return own is None or kind in own.kinds
