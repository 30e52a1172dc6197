"""Frames come back as they were written, and nothing else ever comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.bus_local import frames
from periderm.model.errors import BusError

SALT = b"12345678"
messages_lists = st.lists(st.binary(max_size=50), min_size=1, max_size=5)


@given(messages=messages_lists, first=st.integers(0, 2**63), before=st.binary(max_size=9), behind=st.binary(max_size=9))
def test_round_trip(messages: list[bytes], first: int, before: bytes, behind: bytes) -> None:
    """Messages, their numbers and where the frame ends, whatever lies around it."""
    data = before + frames.encode(SALT, first, messages) + behind
    found = frames.decode(data, len(before), 1000, SALT)
    assert found is not None
    assert list(found.messages) == messages
    assert (found.position, found.first, found.after) == (1000, first, first + len(messages))
    assert found.end - found.position == len(data) - len(before) - len(behind)


@given(messages=messages_lists, data=st.data())
def test_a_wrong_or_missing_byte_is_noticed(messages: list[bytes], data: st.DataObject) -> None:
    """A frame that is not as it was written is none: no message is ever invented."""
    frame = frames.encode(SALT, 7, messages)
    place = data.draw(st.integers(0, len(frame) - 1))
    padding = range(frames.FRAME.size - 4, frames.FRAME.size)
    wrong = frame[:place] + bytes([frame[place] ^ data.draw(st.integers(1, 255))]) + frame[place + 1 :]
    if place not in padding:
        assert frames.decode(wrong, 0, 0, SALT) is None
    assert frames.decode(frame[:place], 0, 0, SALT) is None


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    """Damage is an answer, not an exception."""
    frames.decode(SALT + data, 0, 0, SALT)
    frames.read_segment_header(frames.MAGIC + data)


def test_a_message_cannot_pose_as_a_frame() -> None:
    """What looks like a frame inside a message has another salt than its segment."""
    inner = frames.encode(b"guessed!", 0, [b"evil"])
    outer = frames.encode(SALT, 0, [inner])
    place = outer.index(b"guessed!")
    assert frames.decode(outer, place, place, SALT) is None


def test_a_segment_header_round_trip() -> None:
    """Its salt and number; cut short or changed it is none."""
    header = frames.segment_header(SALT, 42)
    assert frames.read_segment_header(header) == (SALT, 42)
    assert frames.read_segment_header(header[:-5]) is None
    assert frames.read_segment_header(header.replace(SALT, b"87654321")) is None


def test_a_frame_has_a_limit() -> None:
    """And a header that claims more is not believed."""
    frames.fits([bytes(1 << 20)])
    with pytest.raises(BusError):
        frames.fits([bytes(frames.FRAME_LIMIT)])
    claim = frames.FRAME.pack(SALT, 0, 1, frames.FRAME_LIMIT + 1, 0)
    assert frames.length(claim, 0, SALT) is None
