"""Traces as text: numbers apart by blanks, and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.call_trace import parse
from periderm.model.errors import FormatError


@given(st.lists(st.integers(0, 10**18 - 1)), st.sampled_from([" ", "\n", "\r\n", "\t", "  \n"]))
def test_numbers_come_back(calls: list[int], between: str) -> None:
    """Whatever blanks stand between them, at the end too."""
    assert parse((between.join(map(str, calls)) + between).encode()).tolist() == calls
    assert parse(between.join(map(str, calls)).encode()).tolist() == calls


@pytest.mark.parametrize("data", [b"6 x", b"-1", b"1,2", b"\xff\xfe", b"1.5", "٣".encode(), b"9" * 19, b"6 6\x00"])
def test_anything_else_is_refused_with_its_place(data: bytes) -> None:
    """A note among the traces is said by name, and no number wraps around."""
    with pytest.raises(FormatError, match=r"^notes\.txt: "):
        parse(data, "notes.txt")


@given(st.binary(max_size=80))
def test_foreign_bytes_make_numbers_or_an_error(data: bytes) -> None:
    """Nothing else comes out, and no number is below nothing."""
    with contextlib.suppress(FormatError):
        assert (parse(data) >= 0).all()
