"""Random bytes for traces of calls: numbers or an error, in time that grows with their length."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats import call_trace
from periderm.model.errors import FormatError

PIECES = st.sampled_from([b"0", b"999999999999999999", b"9" * 40, b" ", b"\n", b"x", b"-", b"\x00", b"\xff"])


@settings(max_examples=300)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=60).map(b"".join))
def test_traces(data: bytes) -> None:
    """No other error, and never more numbers than bytes."""
    with contextlib.suppress(FormatError):
        assert len(call_trace.parse(data)) <= len(data)
