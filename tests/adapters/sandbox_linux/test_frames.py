"""What a child says."""

from __future__ import annotations

import contextlib
import os

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.sandbox_linux import frames
from periderm.model.errors import FormatError, LimitError, SandboxError


def said(data: bytes, answer: int = 100, seconds: float = 5.0) -> list[tuple[bytes, bytes]]:
    """What a parent hears when a child writes these bytes and ends."""
    ours, theirs = os.pipe()
    try:
        os.write(theirs, data)
        os.close(theirs)
        return list(frames.read(ours, answer, seconds))
    finally:
        os.close(ours)


def test_frames_come_whole() -> None:
    """Each with its kind; one that is cut is not there."""
    ours, theirs = os.pipe()
    frames.write(theirs, frames.PROGRESS, b"p")
    frames.write(theirs, frames.ANSWER, b"")
    os.close(theirs)
    whole = os.read(ours, 1000)
    os.close(ours)
    assert said(whole) == [(b"P", b"p"), (b"A", b"")]
    assert said(whole[:-1]) == [(b"P", b"p")]


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_no_length_is_believed(data: bytes) -> None:
    """Whatever a child that was taken over writes: bounded memory, and a SandboxError at worst."""
    heard: list[tuple[bytes, bytes]] = []
    with contextlib.suppress(SandboxError):
        heard = said(data)
    assert sum(len(part) for _, part in heard) <= len(data)


def test_silence_ends() -> None:
    """A child that says nothing is not waited for longer than allowed."""
    ours, theirs = os.pipe()
    try:
        with pytest.raises(SandboxError, match="took longer"):
            list(frames.read(ours, 100, 0.05))
    finally:
        os.close(ours)
        os.close(theirs)


def test_errors_keep_their_family() -> None:
    """What, next step and place survive; a name that is no error family becomes the sandbox's."""
    error = LimitError("too much \udce9.", "Stop.", where="layer 1")
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(frames.failure_of(error)), type=frames.Failure)
    again = frames.error_of(told)
    assert isinstance(again, LimitError)
    assert isinstance(again, FormatError)
    assert (again.what, again.next_step, again.where) == ("layer 1: too much \\udce9.", "Stop.", "layer 1")
    for name in ("SystemExit", "annotations", "x"):
        assert type(frames.error_of(frames.Failure(name, "w", ""))) is SandboxError
