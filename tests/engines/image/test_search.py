"""Searching one layer's texts."""

from __future__ import annotations

from periderm.engines.image import DETECTORS
from periderm.engines.image.search import TextSearch, printable
from periderm.model.image import FileType, LayerEntry
from periderm.model.limits import ScanLimits
from tests.images import AWS_KEY

PATTERNS = tuple(p for d in DETECTORS for p in d.patterns)


def entry(path: str, size: int = 1) -> LayerEntry:
    """A plain file."""
    return LayerEntry(path, FileType.REGULAR, 0o644, 0, 0, size, 0)


def test_what_is_a_text() -> None:
    """Binaries and giants are passed over and counted."""
    search = TextSearch(PATTERNS, ScanLimits(secret_file=50), "sha256:1", 1 << 20)
    assert not search.is_text(entry("a"), b"\x7fELF\0")
    assert not search.is_text(entry("b", 51), b"text")
    assert search.is_text(entry("c", 50), b"text")
    found = search.searched()
    assert (found.binaries, found.large, found.whole) == (1, 1, True)


def test_a_secret_is_masked_and_placed() -> None:
    """Line, layer and path are told; the secret is not."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1 << 20)
    search.text(entry("app/.env"), b"\n\n" + AWS_KEY, lines=10)
    ((found, path),) = search.searched().secrets
    assert (found.line, found.layer, path) == (13, "sha256:1", "app/.env")
    assert AWS_KEY.decode() not in repr(found)


def test_what_was_not_confirmed_is_told() -> None:
    """Without room to confirm, a hit is counted, and the facts are not whole."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1)
    search.text(entry("k"), AWS_KEY)
    found = search.searched()
    assert (found.secrets, found.unconfirmed, found.whole) == ((), 1, False)


def test_names_become_printable() -> None:
    """What is not UTF-8 is shown as bytes, so that every encoder takes it."""
    assert printable("caf\udce9") == "caf\\xe9"
    assert printable("日本") == "日本"
