"""The row of a finding: whole numbers that every database can compare."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.store_sql.vulnerable import ID_LIMIT, MILLION, THOUSAND, parts, row_of
from tests.ports.test_store_scans import vulnerable


@given(st.floats(), st.sampled_from([THOUSAND, MILLION]))
def test_any_figure_becomes_a_number_of_64_bits(value: float, scale: int) -> None:
    """Also what is none."""
    assert -(2**63) <= parts(value, scale, 0) < 2**63


@given(st.floats(0, 100))
def test_priorities_are_kept_to_a_thousandth(value: float) -> None:
    """Nobody sees more."""
    assert abs(parts(value, THOUSAND, 0) / THOUSAND - value) <= 0.0005


def test_a_row_keeps_the_first_time_and_short_names() -> None:
    """Whatever the id."""
    old = row_of("f", vulnerable(1), 7, None)
    row = row_of("f", vulnerable(1, "C" * 1000), 7, old)
    assert (len(row.vulnerability), row.place, row.first_seen) == (ID_LIMIT, 7, 100)
