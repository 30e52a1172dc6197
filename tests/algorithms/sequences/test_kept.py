"""A model comes back as it was; damaged bytes make an error or a wrong score, never a crash."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.sequences.kept import decode, encode
from periderm.algorithms.sequences.model import train
from periderm.model.errors import FormatError
from tests.algorithms.sequences.traces import attacked, ordinary, program

MODEL = train(ordinary(12))
DATA = encode(MODEL)


def test_a_kept_model_scores_the_same() -> None:
    """To the last bit, and writing it again gives the same bytes."""
    again = decode(DATA)
    for trace in (program(0, 77), attacked(1, 78)):
        assert again.score(trace) == MODEL.score(trace)
    assert encode(again) == DATA
    assert (again.traces, again.calls) == (MODEL.traces, MODEL.calls)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.binary(min_size=1, max_size=9))
def test_damage_is_an_error_or_a_wrong_score(at: int, bytes_: bytes) -> None:
    """Whatever was overwritten: it is refused, or it scores without an error."""
    damaged = DATA[:at] + bytes_ + DATA[at + len(bytes_) :]
    try:
        model = decode(damaged)
    except FormatError:
        return
    assert isinstance(model.score(program(0, 5)).score, float)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xc1", DATA[:-9], b"\x91" * 5000])
def test_what_is_no_model_is_said(data: bytes) -> None:
    """With what to do about it."""
    with pytest.raises(FormatError) as caught:
        decode(data)
    assert "train" in caught.value.next_step


def test_scores_of_the_kept_are_numbers() -> None:
    """The smaller kinds of numbers in the file are large enough for what they hold."""
    assert math.isfinite(decode(DATA).score(attacked(2, 9)).score)
