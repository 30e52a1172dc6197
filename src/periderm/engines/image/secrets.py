"""Finds secrets in texts: one Hyperscan pass for all patterns, then `re`, entropy or checksum for each hit.

Keeps only masked forms. Does not ask any service whether a secret is still valid.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text

if TYPE_CHECKING:
    import hyperscan

MOST_PER_FILE = 20
_PLACEHOLDER = re.compile(
    rb"(?i)example|changeme|placeholder|your[_-]?|xxxx|\*\*\*|0123456789|1234567890|abcdefgh|<[^>]*>|\$\{|\$\(|\{\{|%\("
)


class SecretPattern(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of secret. `quick` is for Hyperscan and must match wherever `exact` (for `re`) matches; the group
    `secret` of `exact` is the secret itself (else all of it). `check` sees the secret. `entropy` is in bits a
    character. `paths` says of a path whether the pattern counts there. `severity` replaces the detector's."""

    name: str
    what: Text
    quick: bytes
    exact: re.Pattern[bytes]
    check: Callable[[bytes], bool] | None = None
    entropy: float = 0.0
    paths: Callable[[str], object] | None = None
    severity: Severity | None = None
    show: int = 4


class FoundSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret, masked. `place` is 'file', 'env', 'history' or 'label'; `gone` that a later layer hides the file."""

    pattern: str
    what: Text
    place: str
    location: str
    line: int
    masked: str
    layer: str = ""
    gone: bool = False
    severity: Severity | None = None


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte; random base64 of 40 characters has about 4.7, English words about 3."""
    if not data:
        return 0.0
    return -sum(n / len(data) * math.log2(n / len(data)) for n in Counter(data).values())


def mask(secret: bytes, show: int = 4) -> str:
    """The first characters, if enough stay hidden, and the length."""
    head = secret[: show if len(secret) >= 4 * show else 0]
    text = "".join(chr(c) if 32 <= c < 127 else "·" for c in head)
    return f"{text}… ({len(secret)} characters)"


@functools.lru_cache(64)
def compiled(patterns: tuple[SecretPattern, ...]) -> hyperscan.Database:
    """One database for all patterns; made once a process, as it takes a tenth of a second. Hyperscan itself is loaded
    here, so that whoever searches for no secret does not pay for it."""
    import hyperscan

    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_MULTILINE
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    if patterns:
        numbers = list(range(len(patterns)))
        database.compile(expressions=[p.quick for p in patterns], ids=numbers, flags=[flags] * len(patterns))
    return database


class Matcher:
    """All patterns compiled together. `confirm_left` bytes may still be searched again; at 0 hits count as unread. One
    thread uses it: Hyperscan's working memory is its own, so that several matchers search at the same time."""

    def __init__(self, patterns: Sequence[SecretPattern], confirm: int = 1 << 30) -> None:
        self._patterns = tuple(patterns)
        self.confirm_left = confirm
        self.unconfirmed = 0
        self._scratch: hyperscan.Scratch | None = None

    def _search(self, data: bytes, hit: Callable[[int, int, int, int, object], None]) -> None:
        database = compiled(self._patterns)
        if self._scratch is None:
            import hyperscan

            self._scratch = hyperscan.Scratch(database)
        database.scan(data, match_event_handler=hit, scratch=self._scratch)

    def find(self, data: bytes, path: str) -> list[tuple[SecretPattern, int, bytes]]:
        """(pattern, offset, secret) of each confirmed hit; `path` is for patterns that look only into some files."""
        ends: list[tuple[int, int]] = []

        def hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends.append((number, end))

        if not self._patterns:
            return []
        self._search(data, hit)
        found: list[tuple[SecretPattern, int, bytes]] = []
        for number, _ in ends:
            pattern = self._patterns[number]
            if pattern.paths is not None and not pattern.paths(path):
                continue
            if self.confirm_left < len(data):
                self.unconfirmed += 1
                continue
            self.confirm_left -= len(data)
            found.extend(self._confirm(pattern, data))
        return found

    def _confirm(self, pattern: SecretPattern, data: bytes) -> list[tuple[SecretPattern, int, bytes]]:
        found: list[tuple[SecretPattern, int, bytes]] = []
        group: int | str = "secret" if "secret" in pattern.exact.groupindex else 0
        for match in pattern.exact.finditer(data):
            secret = match[group]
            if _PLACEHOLDER.search(secret) or len(set(secret)) < min(5, len(secret)):
                continue
            if pattern.entropy and entropy(secret) < pattern.entropy:
                continue
            if pattern.check is not None and not pattern.check(secret):
                continue
            found.append((pattern, match.start(group), secret))
            if len(found) >= MOST_PER_FILE:
                break
        return found
