"""Compiles the interests' regular expressions into one Hyperscan database, which takes seconds, or takes one that was compiled
before. It keeps nothing itself: `Kept` does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import hyperscan

from periderm.engines.runtime.judging import Interest

_NEVER = b"\\x00never\\x00"
_DIGEST = 32
MOST_LATELY = 8
_LATELY: dict[str, bytes] = {}  # of this process; bytes and not databases, since each engine needs its own room to scan in


class Kept(Protocol):
    """Databases compiled before, by a key that names their content. What is gone or damaged is None."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...


def compiled(interests: Sequence[Interest], kept: Kept | None = None) -> hyperscan.Database:
    """The database; each match gives the number of the interest."""
    expressions: list[bytes] = []
    ids: list[int] = []
    for index, interest in enumerate(interests):
        for pattern in dict.fromkeys((*interest.text, *interest.args, *interest.exe)):
            expressions.append(pattern.encode())
            ids.append(index)
    if not expressions:
        expressions, ids = [_NEVER], [0]
    key = _key(expressions, ids)
    found = _loaded(_LATELY.get(key) or (kept.get(key) if kept is not None else None))
    if found is not None:
        return found
    database = hyperscan.Database()
    database.compile(
        expressions=expressions, ids=ids, elements=len(expressions), flags=[hyperscan.HS_FLAG_MULTILINE] * len(expressions)
    )
    data = bytes(hyperscan.dumpb(database))
    data = hashlib.sha256(data).digest() + data
    _LATELY[key] = data
    if len(_LATELY) > MOST_LATELY:
        del _LATELY[next(iter(_LATELY))]
    if kept is not None:
        kept.put(key, data)
    return database


def _key(expressions: Sequence[bytes], ids: Sequence[int]) -> str:
    """Another library may compile otherwise: its version is part of the key."""
    told = hashlib.sha256(str(getattr(hyperscan, "__version__", "")).encode())
    for expression, number in zip(expressions, ids, strict=True):
        told.update(b"%d:%d:" % (number, len(expression)) + expression)
    return told.hexdigest()


def _loaded(data: bytes | None) -> hyperscan.Database | None:
    """The database, None if the bytes are damaged or of another library or processor."""
    if not data or hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        return None
    try:
        database = hyperscan.loadb(data[_DIGEST:], hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except (hyperscan.HyperscanError, hyperscan.error):
        return None
    return database
