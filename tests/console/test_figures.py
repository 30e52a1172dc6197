"""Figures for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.console.figures import percent, points, size


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (-1, "—"), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_960, "10 kB"), (218_000_000, "218 MB"),
        (999_600, "1.0 MB"), (1_500_000_000, "1.5 GB"), (10**18, "1000 PB"),
    ],
)  # fmt: skip
def test_sizes_are_short(count: int, told: str) -> None:
    """Three digits at most, in the units that registries use."""
    assert size(count) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(-1.0, "—"), (0.0, "0 %"), (0.00003, "<0.01 %"), (0.0004, "0.04 %"), (0.034, "3.4 %"), (0.97, "97 %"), (1.0, "100 %")],
)
def test_shares_keep_what_matters(share: float, told: str) -> None:
    """Small ones are not nothing."""
    assert percent(share) == told


@given(st.floats(0, 1))
def test_no_share_is_shown_as_none_by_rounding(share: float) -> None:
    """Only nothing is 0 %."""
    assert (percent(share) == "0 %") == (share == 0)


def test_points_are_whole_where_they_are() -> None:
    """A tenth is shown where there is one."""
    assert [points(v) for v in (0.0, 25.0, 36.4, -2.0, 11.96)] == ["0", "25", "36.4", "-2", "12"]
