"""Secret patterns made ready."""

from __future__ import annotations

from periderm.engines.image import database
from periderm.engines.image.secrets import Matcher, SecretPattern
from periderm.flow.patterns import ready
from periderm.flow.reading import NoCache
from periderm.model.text import Text


class Kept(NoCache):
    """A cache in memory that counts."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.asked = 0

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put."""
        self.asked += 1
        return self.values.get(f"{kind} {key}")

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it."""
        self.values[f"{kind} {key}"] = data


def pattern(name: str, quick: bytes = b"", files: bytes = b"", binary: bool = False) -> SecretPattern:
    """A kind that is nothing but its name and number."""
    exact = name.encode() + b"(?P<secret>[0-9]{8})"
    return SecretPattern(name=name, what=Text("x", "x"), quick=quick, files=files, exact=exact, binary=binary)


def test_three_databases_are_kept_and_taken() -> None:
    """For texts, binary files and paths: compiled in the first scan, loaded in the second, with the same answers."""
    patterns = (pattern("one", rb"one[0-9]"), pattern("two", rb"two[0-9]", binary=True), pattern("three", files=rb"[.]three$"))
    cache = Kept()
    ready(patterns, cache)
    assert len(cache.values) == 3
    database.compiled.cache_clear()
    ready(patterns, cache)
    assert (len(cache.values), cache.asked) == (3, 6)
    found = Matcher(patterns).find(b"one17254839 two17254839 three17254839", "a.three")
    assert sorted(p.name for p, _, _ in found) == ["one", "three", "two"]


def test_without_a_place_to_keep_them() -> None:
    """They are compiled in memory, once."""
    patterns = (pattern("lonely", rb"lonely[0-9]"),)
    ready(patterns)
    before = database.compiled.cache_info().misses
    ready(patterns)
    assert database.compiled.cache_info().misses == before
