"""Sifts files before the rules see them: one Hyperscan pass tells which rules could match at all. Decides nothing.

YARA-X reads some 100 MB/s, Hyperscan ten times that, and few files of an image hold the words that any rule needs. With
users' rules, whose words are not known, every file of a kind that runs is given to the rules.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from periderm.engines.content.judging import Detector, Kind

if TYPE_CHECKING:
    import hyperscan

Buffer = bytes  # or a mapped file, which Hyperscan takes as well


_DIGEST = 32
_GIVEN: dict[str, bytes] = {}  # databases that were kept, until they are asked for


class Kept(Protocol):
    """Databases compiled before, by a key that names their content; `ports.compiled_words.CompiledWords` is one. What is gone
    or damaged is None."""

    def get(self, kind: str, key: str) -> bytes | None: ...
    def put(self, kind: str, key: str, data: bytes) -> None: ...


def _key(words: tuple[bytes, ...]) -> str:
    import hyperscan

    told = hashlib.sha256(str(getattr(hyperscan, "__version__", "")).encode())
    for word in words:
        told.update(b"%d:" % len(word) + word)
    return told.hexdigest()


@functools.lru_cache(16)
def _compiled(words: tuple[bytes, ...]) -> hyperscan.Database:
    """One database of all words; made once a process for each kind of file, or taken from what was kept."""
    import hyperscan

    given = _GIVEN.pop(_key(words), b"")
    if given and hashlib.sha256(given[_DIGEST:]).digest() == given[:_DIGEST]:
        try:
            return hyperscan.loadb(given[_DIGEST:], hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:
            pass  # of another library or processor
    # DOTALL is not set: as in YARA, a dot ends at the line.
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_CASELESS
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=list(words), ids=list(range(len(words))), flags=[flags] * len(words))
    return database


class Sieve:
    """For files of one kind. One thread uses it."""

    def __init__(self, detectors: Sequence[Detector], kind: Kind) -> None:
        mine = [d for d in detectors if kind in d.kinds]
        self._words = tuple(dict.fromkeys(word for d in mine for group in d.quick for word in group))
        number = {word: n for n, word in enumerate(self._words)}
        self._groups = tuple(
            (d.spec.id, tuple(frozenset(number[word] for word in group) for group in d.quick)) for d in mine if d.quick
        )
        self.always = tuple(d.spec.id for d in mine if not d.quick)
        self._scratch: hyperscan.Scratch | None = None

    def prepare(self, kept: Kept | None = None) -> None:
        """Compiles, so that two threads do not do it both, or takes what was kept: that is a tenth of a second less."""
        if not self._words:
            return
        if kept is None:
            _compiled(self._words)
            return
        import hyperscan

        key = _key(self._words)
        data = kept.get("words", key)
        if data:
            _GIVEN[key] = data
        database = _compiled(self._words)
        if not data:
            packed = bytes(hyperscan.dumpb(database))
            kept.put("words", key, hashlib.sha256(packed).digest() + packed)

    def sift(self, data: Buffer) -> tuple[str, ...]:
        """The ids of rules that may match."""
        if not self._words:
            return self.always
        import hyperscan

        database = _compiled(self._words)
        if self._scratch is None:
            self._scratch = hyperscan.Scratch(database)
        seen: set[int] = set()

        def hit(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            seen.add(number)

        database.scan(data, match_event_handler=hit, scratch=self._scratch)
        if not seen:
            return self.always
        return self.always + tuple(name for name, groups in self._groups if any(group <= seen for group in groups))
