"""Tables of owners from anywhere are read, or refused with a line."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.owner_table import FOR, parse
from periderm.model.errors import FormatError

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "200"))
CELL = st.text(max_size=20)


@settings(max_examples=ROUNDS, deadline=None)
@given(
    st.lists(st.sampled_from(["name", "image", "host", "label", "owner", "application", "grade", "x"]), max_size=6),
    st.lists(st.lists(CELL, max_size=7), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.binary(max_size=20),
)
def test_each_row_says_for_what_it_is(head: list[str], rows: list[list[str]], sign: str, tail: bytes) -> None:
    """Whatever the cells hold, a row that is taken is for something."""
    text = "\n".join(sign.join(row) for row in [head, *rows])
    try:
        found = parse(text.encode("utf-8", "surrogatepass") + tail)
    except FormatError:
        return
    assert all(any(getattr(row, name) for name in FOR) for row in found)
