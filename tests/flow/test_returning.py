"""Enforcing a baseline ends by itself where it hurts."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from periderm.engines.runtime.scene import SHOP
from periderm.flow.returning import Returning
from periderm.model.event import EventFlag, EventKind, Subject
from periderm.model.gap import GapKind
from periderm.model.policy import Policy, PolicyMode
from tests.hardened import batch

POLICY = Policy(id="pol-1", name="shop", mode=PolicyMode.ENFORCE, enforce_baseline=True, return_after=2, changed=5)
KILL: dict[str, object] = {"kind": EventKind.EXEC, "text": "/usr/bin/curl", "flags": EventFlag.KILLED}


def of(returning: Returning, policy: Policy = POLICY) -> Callable[[Subject], Policy]:
    """Asks as the agent does."""

    def held(subject: Subject) -> Policy:
        return returning.holds(policy, subject)

    return held


def test_after_so_many_kills_it_only_tells() -> None:
    """The gap names the policy; it is told once, and only where it hurt."""
    returning = Returning()
    assert returning.look(batch(KILL), of(returning)) == []
    (gap,) = returning.look(batch(KILL, KILL), of(returning))
    assert (gap.kind, gap.detail, gap.asset_id) == (GapKind.ENFORCING_ENDED, "pol-1", SHOP.id)
    assert "2 programs" in gap.message.en
    assert returning.holds(POLICY, SHOP).mode is PolicyMode.ALERT
    other = msgspec.structs.replace(SHOP, id="c2", workload_id="w2")
    assert returning.holds(POLICY, other).mode is PolicyMode.ENFORCE
    assert returning.look(batch(KILL), of(returning)) == []


def test_a_container_that_ends_after_a_kill() -> None:
    """Its first process only; another's end, and an end without a kill, tell nothing."""
    returning = Returning()
    end: dict[str, object] = {"kind": EventKind.EXIT, "pid": SHOP.pid}
    assert returning.look(batch(end), of(returning)) == []
    other: dict[str, object] = {"kind": EventKind.EXIT, "pid": SHOP.pid + 1}
    assert returning.look(batch(KILL, other), of(returning)) == []
    assert len(returning.look(batch(end), of(returning))) == 1


def test_a_policy_that_is_set_again_begins_anew() -> None:
    """With a later time of change it is another."""
    returning = Returning()
    returning.look(batch(KILL, KILL), of(returning))
    returning.forget([POLICY])
    assert returning.holds(POLICY, SHOP).mode is PolicyMode.ALERT
    again = msgspec.structs.replace(POLICY, changed=6)
    returning.forget([again])
    assert returning.holds(again, SHOP).mode is PolicyMode.ENFORCE


def test_policies_without_a_baseline_are_left_alone() -> None:
    """What they kill is what they are for."""
    returning = Returning()
    plain = msgspec.structs.replace(POLICY, enforce_baseline=False)
    assert returning.look(batch(KILL, KILL, KILL), of(returning, plain)) == []
