"""Identities that stay."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.ids import stable_id, stable_uuid
from tests.strategies import undecodable_text

PARTS = st.lists(st.one_of(undecodable_text, st.integers()), max_size=4)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("inc",), "inc-b8e1dda3ac0aa3820ad2990b"),
        (("alt", "RUN-001", "ctr-1", 7, "/bin/sh"), "alt-382c4f145de58420f92fec64"),
        (("x", "密", "\udcff"), "x-967aae98b350c9ef7560e5d9"),
    ],
)
def test_ids_are_pinned(parts: tuple[str, ...], expected: str) -> None:
    """The same parts give the same id on every machine and in every version."""
    assert stable_id(*parts) == expected


@given(PARTS, PARTS)
def test_different_parts_give_different_ids(one: list[object], other: list[object]) -> None:
    """Parts are kept apart: moving a letter from one to the next is another thing."""
    same = [str(part) for part in one] == [str(part) for part in other]
    assert (stable_id("t", *one) == stable_id("t", *other)) == same


@given(PARTS)
def test_the_shape_is_safe_everywhere(parts: list[object]) -> None:
    """A prefix and 24 hex digits: safe in addresses, file names and queries."""
    assert re.fullmatch(r"t-[0-9a-f]{24}", stable_id("t", *parts))


def test_parts_do_not_run_together() -> None:
    """'ab','c' is not 'a','bc'."""
    assert len({stable_id("t", "ab", "c"), stable_id("t", "a", "bc"), stable_id("t", "abc"), stable_id("t", "abc", "")}) == 4


def test_uuids() -> None:
    """Equal parts give the same UUID, other parts another, and it says that it is one of our own making (version 8)."""
    made = uuid.UUID(stable_uuid("a", 1))
    assert str(made) == stable_uuid("a", 1)
    assert made.version == 8
    assert made.variant == uuid.RFC_4122
    assert len({stable_uuid(n) for n in range(1000)}) == 1000
