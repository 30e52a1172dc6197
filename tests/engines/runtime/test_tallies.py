"""Counting distinct things within a time."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.tallies import Tallies, Tally

STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 20)), max_size=60)


@given(STEPS)
def test_it_counts_what_a_window_holds(steps: list[tuple[str, int]]) -> None:
    """The answer is the number of different members within the last five seconds, whatever came when."""
    tallies, seen, now = Tallies(), {}, 0
    for member, gap in steps:
        now += gap * 10**8
        seen[member] = now
        expected = sum(1 for time in seen.values() if time >= now - 5 * 10**9)
        assert tallies.add("b", "s", member, now, 5) == expected


def test_scopes_and_buckets_are_apart() -> None:
    """What one process does is not counted for another."""
    tallies = Tallies()
    tallies.add("b", "one", "x", 0, 9)
    assert tallies.add("b", "two", "y", 0, 9) == 1
    assert tallies.add("c", "one", "y", 0, 9) == 1
    assert tallies.add("b", "one", "y", 0, 9) == 2


def test_a_flood_is_bounded() -> None:
    """Endless scopes push out the oldest one, endless members stop the count."""
    tallies = Tallies(most=10, members=20)
    for number in range(1000):
        assert tallies.add("b", str(number), "x", number, 9) == 1
    assert len(tallies.dump()) == 10
    counts = [tallies.add("b", "s", str(number), 0, 9) for number in range(100)]
    assert max(counts) == 20


def test_it_goes_on_after_a_restart() -> None:
    """What was counted is still counted."""
    first, second = Tallies(), Tallies()
    first.add("b", "s", "x", 10, 9)
    second.load(first.dump())
    assert second.add("b", "s", "y", 11, 9) == 2


def test_names_that_are_no_utf8_can_be_kept() -> None:
    """The state is written every minute: no name may stand in its way."""
    tallies = Tallies()
    assert tallies.add("b\udcff", "s", "/tmp/\udcff", 1, 60.0) == 1
    again = msgspec.json.decode(msgspec.json.encode(tallies.dump()), type=list[Tally])
    other = Tallies()
    other.load(again)
    assert other.add("b\udcff", "s", "/tmp/\udcff", 2, 60.0) == 1
    assert other.add("b\udcff", "s", "/tmp/other", 2, 60.0) == 2
