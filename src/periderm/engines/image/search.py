"""Searches the texts of one layer for secrets: decides what is a text, finds, masks, counts what was left out.

Depends on nothing but the layer's own bytes, so that what it says can be kept by the layer's digest.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.engines.image.secrets import FoundSecret, Matcher, SecretPattern, mask
from periderm.model.image import LayerEntry
from periderm.model.limits import ScanLimits

MOST_SECRETS = 10_000
_HEAD = 8192  # as grep(1) and git: a NUL in the beginning means binary


def printable(path: str) -> str:
    """A path as text that every encoder takes: bytes that are not UTF-8 become \\xNN."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Searched(msgspec.Struct, frozen=True, array_like=True):
    """What a search found: (secret, its entry's whole path) pairs, and counts of what was left out."""

    secrets: tuple[tuple[FoundSecret, str], ...] = ()
    binaries: int = 0
    large: int = 0
    unconfirmed: int = 0
    beyond: bool = False

    @property
    def whole(self) -> bool:
        """Whether no limit that layers share left anything out."""
        return not (self.unconfirmed or self.beyond)


class TextSearch:
    """One layer's search; one thread uses it. `layer` is told in what is found."""

    def __init__(self, patterns: Sequence[SecretPattern], limits: ScanLimits, layer: str, confirm: int) -> None:
        self._limits = limits
        self._layer = layer
        self._matcher = Matcher(patterns, confirm)
        self._found: list[tuple[FoundSecret, str]] = []
        self._binaries = 0
        self._large = 0
        self._beyond = False

    def is_text(self, entry: LayerEntry, head: bytes) -> bool:
        """Whether a file that begins so is searched for secrets; what is not is counted."""
        if b"\0" in head[:_HEAD]:
            self._binaries += 1
            return False
        if entry.size > self._limits.secret_file:
            self._large += 1
            return False
        return True

    def text(self, entry: LayerEntry, data: bytes, lines: int = 0) -> None:
        """The content of an entry, or a piece of it behind `lines` line ends."""
        for pattern, offset, secret in self._matcher.find(data, entry.path):
            if len(self._found) >= MOST_SECRETS:
                self._beyond = True
                return
            found = FoundSecret(
                pattern=pattern.name,
                what=pattern.what,
                place="file",
                location=printable(entry.path),
                line=lines + data.count(b"\n", 0, offset) + 1,
                masked=mask(secret, pattern.show),
                layer=self._layer,
                severity=pattern.severity,
            )
            self._found.append((found, entry.path))

    def searched(self) -> Searched:
        """All of it, after the last entry."""
        return Searched(tuple(self._found), self._binaries, self._large, self._matcher.unconfirmed, self._beyond)
