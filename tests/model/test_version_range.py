"""A range is a value; how versions are ordered is another room's affair."""

from __future__ import annotations

import msgspec

from periderm.algorithms.versions.order import contains
from periderm.model.version_range import Scheme, VersionRange


def test_an_empty_range_is_everything() -> None:
    """In the order of every scheme."""
    assert all(contains(scheme, "1.0.0", VersionRange()) for scheme in Scheme)


def test_bounds() -> None:
    """The beginning is inside, the fix is outside, the last affected version is inside."""
    fixed, last = VersionRange(introduced="1.0", fixed="2.0"), VersionRange(introduced="1.0", last_affected="2.0")
    told = [[contains(Scheme.PEP440, version, each) for version in ("0.9", "1.0", "2.0", "2.1")] for each in (fixed, last)]
    assert told == [[False, True, False, False], [False, True, True, False]]


def test_round_trip() -> None:
    """As a row of a store."""
    each = VersionRange(introduced="1.0", fixed="2.0")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(each), type=VersionRange) == each
