"""The documented limits of a scan."""

from __future__ import annotations

from periderm.model.limits import DEFAULT_LIMITS, ScanLimits


def test_limits_leave_room_for_honest_images() -> None:
    """DEFLATE's own best ratio (1,032) passes, a bomb of 10,000:1 does not; a million entries fit."""
    assert 1_032 < DEFAULT_LIMITS.ratio < 10_000
    assert DEFAULT_LIMITS.entries > 1_000_000
    assert DEFAULT_LIMITS.layer_bytes > DEFAULT_LIMITS.ratio_floor > DEFAULT_LIMITS.database_file
    assert DEFAULT_LIMITS.databases >= DEFAULT_LIMITS.database_file


def test_every_limit_bounds_something() -> None:
    """No limit is zero or missing."""
    assert all(getattr(DEFAULT_LIMITS, name) > 0 for name in ScanLimits.__struct_fields__)
