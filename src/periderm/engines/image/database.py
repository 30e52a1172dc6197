"""The Hyperscan database of the quick forms: compiled, or taken from what was compiled before by another process.

Keeps nothing itself: whoever starts scans does. Bytes that are damaged, or of another library or processor, are no
database, and it is compiled anew.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import hyperscan

_DIGEST = 32
_FLAGS = hyperscan.HS_FLAG_MULTILINE
_KEPT: dict[str, bytes] = {}  # what this process was given, until it is asked for


class Kept(Protocol):
    """Databases compiled before, by a key that names their content; `ports.compiled_words.CompiledWords` is one. What is gone
    or damaged is None."""

    def get(self, kind: str, key: str) -> bytes | None: ...
    def put(self, kind: str, key: str, data: bytes) -> None: ...


KIND = "patterns"


def key_of(quick: Sequence[bytes]) -> str:
    """All that a database depends on: the forms, the flags, and the library. The processor is the library's own check."""
    told = hashlib.sha256(f"{getattr(hyperscan, '__version__', '')}:{_FLAGS}".encode())
    for one in quick:
        told.update(b"%d:" % len(one) + one)
    return told.hexdigest()


@functools.lru_cache(64)
def compiled(quick: tuple[bytes, ...]) -> hyperscan.Database:
    """The database, made once a process, as it takes a second; the number of a match is its form's place."""
    found = loaded(_KEPT.get(key_of(quick)))
    if found is not None:
        return found
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    made.compile(expressions=list(quick), ids=list(range(len(quick))), flags=[_FLAGS] * len(quick))
    return made


def scanner(quick: tuple[bytes, ...]) -> Callable[[bytes, Callable[[int, int, int, int, object], None]], None]:
    """A search for one thread, with its own working memory: calls back with (number, begin, end, flags, context)."""
    found = compiled(quick)
    scratch = hyperscan.Scratch(found)

    def scan(data: bytes, hit: Callable[[int, int, int, int, object], None]) -> None:
        if data:
            found.scan(data, match_event_handler=hit, scratch=scratch)

    return scan


def remember(quick: Sequence[bytes], kept: Kept) -> None:
    """Gives this process the database that was kept, or keeps the one that it makes now. To be called before the first
    search."""
    if not quick:
        return
    key = key_of(quick)
    data = kept.get(KIND, key)
    if data is not None and data[:_DIGEST] == hashlib.sha256(data[_DIGEST:]).digest():
        _KEPT[key] = data
        compiled(tuple(quick))
        return
    packed: bytes = hyperscan.dumpb(compiled(tuple(quick)))
    kept.put(KIND, key, hashlib.sha256(packed).digest() + packed)


def loaded(data: bytes | None) -> hyperscan.Database | None:
    """The database in kept bytes; None if they are damaged or of another library or processor."""
    if not data or hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        return None
    try:
        return hyperscan.loadb(data[_DIGEST:], hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None
