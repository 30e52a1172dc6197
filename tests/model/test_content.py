"""What was found in files, as values."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.content import Inspected
from tests.strategies import values


@given(values(Inspected))
def test_it_survives_the_way_out_of_the_sandbox(inspected: Inspected) -> None:
    """Read back equal, whatever names a file had."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(inspected), type=Inspected) == inspected
