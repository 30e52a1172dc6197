"""What is kept says of which version it is."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.versioned import Kept
from periderm.model.errors import FormatError


class Count(msgspec.Struct):
    """A small state."""

    number: int
    version: int = 3


KEPT = Kept(Count, 3, "The counter", "Start at nought.")


@given(st.integers(-(2**63), 2**63 - 1))
def test_what_was_written_is_read(number: int) -> None:
    """Equal."""
    assert KEPT.decode(KEPT.encode(Count(number))) == Count(number)


def test_another_version_and_damage_are_told_apart() -> None:
    """Whose it is, what is wrong, and what happens without it."""
    with pytest.raises(FormatError, match="The counter's state has version 4; this one reads 3") as caught:
        KEPT.decode(KEPT.encode(Count(1, version=4)))
    assert caught.value.next_step == "Start at nought."
    with pytest.raises(FormatError, match="The counter's state is damaged"):
        KEPT.decode(KEPT.encode(Count(1))[:-1])


@given(st.binary(max_size=60))
def test_any_bytes_give_a_clear_error(data: bytes) -> None:
    """And no other."""
    with pytest.raises(FormatError):
        KEPT.decode(data)
