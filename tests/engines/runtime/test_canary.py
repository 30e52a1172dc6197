"""For which replicas a baseline is enforced, and until when."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.canary import DEATH_NS, SPAN_NS, Hurting, for_replica, in_canary
from periderm.engines.runtime.scene import SHOP
from periderm.model.policy import Policy, PolicyMode

POLICY = Policy(id="p", name="p", mode=PolicyMode.ENFORCE, enforce_baseline=True, canary=100)


@given(st.text(max_size=20), st.integers(0, 100), st.integers(0, 100))
def test_a_greater_share_keeps_the_replicas_of_a_smaller_one(identity: str, one: int, other: int) -> None:
    """So that a canary grows and never changes its replicas; none is in a share of nothing, all in the whole."""
    small, great = sorted((one, other))
    assert not in_canary(identity, small) or in_canary(identity, great)
    assert in_canary(identity, 100)
    assert not in_canary(identity, 0)


def test_a_tenth_is_about_a_tenth() -> None:
    """Of many replicas."""
    assert 60 <= sum(in_canary(f"ctr-{n}", 10) for n in range(1000)) <= 140


def test_outside_of_the_canary_it_only_tells() -> None:
    """Policies that do not enforce a baseline hold for all."""
    assert for_replica(POLICY, SHOP).mode is PolicyMode.ENFORCE
    assert for_replica(msgspec.structs.replace(POLICY, canary=0), SHOP).mode is PolicyMode.ALERT
    assert for_replica(msgspec.structs.replace(POLICY, canary=0, enforce_baseline=False), SHOP).mode is PolicyMode.ENFORCE


def test_so_many_kills_in_a_quarter_of_an_hour_hurt() -> None:
    """Older ones do not count; with 0 it never ends by their number."""
    hurting = Hurting(3)
    assert hurting.killed("c", "w", 0) is None
    assert hurting.killed("c", "w", SPAN_NS + 1) is None
    assert hurting.killed("c", "w", SPAN_NS + 2) is None
    told = hurting.killed("c", "w", SPAN_NS + 3)
    assert told is not None
    assert told.en.startswith("3 programs of w")
    endless = Hurting(0)
    assert all(endless.killed("c", "w", n) is None for n in range(50))


def test_a_container_that_ends_soon_after_a_kill_hurts() -> None:
    """Only that container, and only soon."""
    hurting = Hurting(9)
    hurting.killed("c", "w", 1000)
    assert hurting.ended("other", "other", 1001) is None
    assert hurting.ended("c", "shop", 1000 + DEATH_NS + 1) is None
    assert hurting.ended("c", "shop", 1001) is not None
