"""Rows of searches."""

from __future__ import annotations

import math

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from periderm.model.places import PackagePlace, VulnerabilityPlaces


@given(st.from_type(PackagePlace) | st.from_type(VulnerabilityPlaces))
def test_a_row_survives_the_wire(row: PackagePlace | VulnerabilityPlaces) -> None:
    """What the API sends is what a client reads. JSON has no infinity, and no likelihood or priority is one."""
    assume(all(math.isfinite(value) for value in msgspec.structs.astuple(row) if isinstance(value, float)))
    assert msgspec.json.decode(msgspec.json.encode(row), type=type(row)) == row
