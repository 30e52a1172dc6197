"""The limits of a scan."""

from __future__ import annotations

from periderm.model.limits import DEFAULT_LIMITS, ScanLimits


def test_limits_leave_room_and_end_somewhere() -> None:
    """Every limit is above zero; what a bomb may give before it is told from a layer is seconds of inflating."""
    assert all(getattr(DEFAULT_LIMITS, name) > 0 for name in ScanLimits.__struct_fields__)
    assert DEFAULT_LIMITS.ratio_floor <= DEFAULT_LIMITS.inflated // 16
    assert DEFAULT_LIMITS.secret_whole <= DEFAULT_LIMITS.secret_file <= DEFAULT_LIMITS.inflated
