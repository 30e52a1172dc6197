"""The engine's state as bytes."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.process import Process
from periderm.engines.runtime.state import VERSION, State, decode, encode
from periderm.model.errors import FormatError

EMPTY = State(live=[], ended=[], forgotten=0, causes=[], grown=[], images=[], tallies=[])


def test_what_was_written_is_read() -> None:
    """All of it."""
    state = msgspec.structs.replace(EMPTY, live=[Process(key=1, parent=0, pid=1, subject="s", args="a\0b")], forgotten=3)
    assert decode(encode(state)) == state


def test_another_version_says_so() -> None:
    """An agent of another version starts afresh and says why."""
    other = encode(msgspec.structs.replace(EMPTY, version=VERSION + 1))
    with pytest.raises(FormatError, match=f"version {VERSION + 1}"):
        decode(other)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_clear_error(data: bytes) -> None:
    """Damage raises one error and no other."""
    with pytest.raises(FormatError):
        decode(data)


@given(st.integers(0, 60), st.integers(0, 255))
def test_a_changed_byte_is_no_traceback(position: int, value: int) -> None:
    """One byte of a good state changed: it is read, or refused clearly."""
    data = bytearray(encode(EMPTY))
    data[position % len(data)] = value
    with contextlib.suppress(FormatError):
        assert isinstance(decode(bytes(data)), State)
