"""The database of the quick forms, compiled and kept."""

from __future__ import annotations

import hashlib

import hyperscan
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import database

FORMS = (rb"alpha[0-9]{3}", rb"(?i)beta")


class Kept(dict[tuple[str, str], bytes]):
    """A cache in memory."""

    def get(self, kind: str, key: str) -> bytes | None:  # type: ignore[override] # the protocol's, not the mapping's
        """What was put."""
        return super().get((kind, key))

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it."""
        self[kind, key] = data


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """No database of another test."""
    database.compiled.cache_clear()
    database._KEPT.clear()


def numbers(text: bytes, forms: tuple[bytes, ...] = FORMS) -> list[tuple[int, int]]:
    """(form, end) of each match."""
    found: list[tuple[int, int]] = []
    database.scanner(forms)(text, lambda number, _begin, end, _flags, _context: found.append((number, end)))
    return found


def test_matches_by_number_and_end() -> None:
    """Each form has its place in the list as its number."""
    assert numbers(b"alpha123 BETA") == [(0, 8), (1, 13)]
    assert numbers(b"") == []


def test_compiled_once_and_kept() -> None:
    """What one process compiled the next one takes, and finds the same."""
    kept = Kept()
    database.remember(FORMS, kept)
    assert len(kept) == 1
    database.compiled.cache_clear()
    made = dict(kept)
    database.remember(FORMS, kept)
    assert kept == made
    assert database._KEPT
    assert numbers(b"alpha123 BETA") == [(0, 8), (1, 13)]


def test_other_forms_have_another_name() -> None:
    """A form more, less, or split otherwise is another database."""
    names = {database.key_of(forms) for forms in ((), FORMS, FORMS[:1], FORMS[::-1], (b"".join(FORMS),))}
    assert len(names) == 5


@given(at=st.integers(0, 5000), value=st.integers(0, 255), length=st.integers(0, 6000))
def test_tampered_bytes_are_none(at: int, value: int, length: int) -> None:
    """A kept database with any byte changed, or cut, is not used, and what follows is as if there were none."""
    good = hyperscan.dumpb(database.compiled(FORMS))
    sealed = hashlib.sha256(good).digest() + good
    changed = (sealed[:at] + bytes((value,)) + sealed[at + 1 :])[: max(length, 33)]
    assert changed == sealed or database.loaded(changed) is None


@given(st.binary(max_size=200))
def test_any_sealed_bytes(data: bytes) -> None:
    """Bytes that somebody sealed rightly but that are no database are none: the library checks its own."""
    assert database.loaded(hashlib.sha256(data).digest() + data) is None


def test_a_damaged_cache_is_made_anew() -> None:
    """A damaged value is replaced by a good one."""
    kept = Kept()
    kept.put(database.KIND, database.key_of(FORMS), b"x" * 100)
    database.remember(FORMS, kept)
    assert database.loaded(kept.get(database.KIND, database.key_of(FORMS))) is not None
    assert numbers(b"alpha123") == [(0, 8)]


def test_without_forms() -> None:
    """Nothing to keep."""
    kept = Kept()
    database.remember((), kept)
    assert kept == {}
