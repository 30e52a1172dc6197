"""The limits of a scan."""

from __future__ import annotations

from periderm.model.limits import DEFAULT_LIMITS, ScanLimits


def test_limits_leave_room_and_end_somewhere() -> None:
    """Every limit is above zero, and a real gzip layer of zeros (1,032:1) is not taken for a bomb."""
    assert all(getattr(DEFAULT_LIMITS, name) > 0 for name in ScanLimits.__struct_fields__)
    assert DEFAULT_LIMITS.ratio > 1032
    assert DEFAULT_LIMITS.secret_whole <= DEFAULT_LIMITS.secret_file <= DEFAULT_LIMITS.layer_bytes
