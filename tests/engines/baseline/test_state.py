"""The engine's state as bytes."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.state import State, decode, encode
from periderm.model.errors import FormatError

EMPTY = State(actors=b"", workloads=[], images=[], causes=[], calls=b"", told={}, now=1, watched=2)


def test_a_state_comes_back() -> None:
    """As it was."""
    assert decode(encode(EMPTY)) == EMPTY


def test_another_version_is_refused() -> None:
    """With what to do."""
    with pytest.raises(FormatError, match="version 99"):
        decode(encode(msgspec.structs.replace(EMPTY, version=99)))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_state_or_refused(data: bytes) -> None:
    """Nothing else."""
    with contextlib.suppress(FormatError):
        assert decode(encode(decode(data))) == decode(data)
