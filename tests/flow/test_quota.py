"""No machine pushes out what others did: what is beyond its share is shed, counted and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow import quota as quota_module
from periderm.flow.quota import BURST_SECONDS, DAY_SECONDS, Quota, Shed
from tests.flow.test_control import Clock


def made(clock: Clock, **more: float) -> Quota:
    """A room of a megabyte over ten days, and ten rows a second."""
    given = {"room": 1_000_000, "days": 10.0, "rate": 10} | more
    return Quota(clock, room=int(given["room"]), days=given["days"], rate=int(given["rate"]))


def test_a_noisy_machine_takes_its_own_share_only() -> None:
    """Others have all of theirs; what was shed is told once, as a total since it began."""
    clock = Clock()
    quota = made(clock)
    assert quota.take("noisy", 900_000, 1)
    assert not quota.take("noisy", 900_000, 5)
    assert quota.take("quiet", 900_000, 1)
    begun = clock.now()
    clock.sleep(60)
    assert not quota.take("noisy", 900_000, 7)
    assert quota.told() == {"noisy": Shed(12, begun)}
    assert quota.told() == {}
    (family,) = quota.families()
    assert family.samples[0].value == 12


def test_the_room_comes_back_over_the_days() -> None:
    """And no more of it than there was."""
    clock = Clock()
    quota = made(clock)
    assert quota.take("a", 1_000_000, 0)
    clock.sleep(DAY_SECONDS)
    assert not quota.take("a", 100_001, 0)
    assert quota.take("a", 100_000, 0)
    clock.sleep(100 * DAY_SECONDS)
    assert not quota.take("a", 1_000_001, 0)
    assert quota.take("a", 1_000_000, 0)


def test_rows_have_a_rate_and_an_hour_of_it_at_once() -> None:
    """So that what waited during an outage is taken, and a flood is not."""
    clock = Clock()
    quota = made(clock, room=1 << 40)
    assert quota.take("a", 1, 10 * BURST_SECONDS)
    assert not quota.take("a", 1, 1)
    clock.sleep(1)
    assert quota.take("a", 1, 10)
    assert not quota.take("a", 1, 1)


def test_texts_that_pack_well_cost_what_they_are() -> None:
    """A machine cannot write gigabytes for the price of a few packed bytes; honest rows cost nothing more."""
    quota = made(Clock())
    assert quota.take("a", 1000, 100)
    assert quota.texts("a", 1000, 100, 0)
    assert not quota.texts("a", 1000, 100, 8_000_000)
    assert quota.told()["a"].rows == 100


def test_machines_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to come is forgotten, with what was not told of it."""
    monkeypatch.setattr(quota_module, "MOST_NODES", 2)
    quota = made(Clock())
    for node in ("a", "b", "c"):
        assert not quota.take(node, 2_000_000, 1)
    assert set(quota.told()) == {"b", "c"}


@given(st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 1000), st.integers(0, DAY_SECONDS)), max_size=60))
def test_never_more_than_twice_the_room_in_the_days(asked: list[tuple[int, int, int]]) -> None:
    """Whatever a machine sends, and when: the law on which the size of the fleet's history is reckoned."""
    clock = Clock()
    quota = made(clock)
    begun, taken = clock.monotonic(), 0
    for size, rows, pause in asked:
        if clock.monotonic() - begun > 10 * DAY_SECONDS * 10**9:
            break
        if quota.take("a", size, rows):
            taken += size
        clock.sleep(pause)
    assert taken <= 2_000_000
