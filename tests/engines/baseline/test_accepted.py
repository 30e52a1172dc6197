"""What people decided of a baseline's entries."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.accepted import accepted, stands_for
from periderm.model.baseline import Decision, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from tests.hardened import NGINX, baseline

LOG = Behaviour(Aspect.WRITE, NGINX, "/var/log/nginx/access.log")
LOGS = Behaviour(Aspect.WRITE, NGINX, "/var/log/nginx/*")


def decision(verdict: Verdict, *behaviours: Behaviour, at: int = 1_800_000_000, undoes: str = "") -> Decision:
    """One of somebody."""
    return Decision(
        id=f"{verdict}-{at}", verdict=verdict, time=at * 10**9, author="a", reason="r", behaviours=behaviours, undoes=undoes
    )


def left(*decisions: Decision) -> set[Behaviour]:
    """What counts as normal after them."""
    return {entry.behaviour for entry in accepted(msgspec.structs.replace(baseline(), decisions=decisions))}


def test_without_decisions_all_counts() -> None:
    """What was learned is normal."""
    assert left() == {entry.behaviour for entry in baseline().entries}


def test_a_rejected_pattern_takes_all_that_it_stands_for() -> None:
    """However often it happened, until the decision is undone."""
    rejected = decision(Verdict.REJECT, LOGS)
    assert LOG not in left(rejected)
    assert LOG in left(rejected, decision(Verdict.UNDO, at=1_800_000_001, undoes=rejected.id))


def test_what_is_forgotten_counts_again_when_it_is_seen_later() -> None:
    """Forgetting is about the past only."""
    assert LOG not in left(decision(Verdict.FORGET, LOG))
    assert LOG in left(decision(Verdict.FORGET, LOG, at=1_600_000_000))


def test_what_is_accepted_counts() -> None:
    """Also if it was never seen."""
    new = Behaviour(Aspect.PROGRAM, "/usr/bin/id")
    assert new in left(decision(Verdict.ACCEPT, new))
    assert stands_for(LOGS, LOG)
    assert not stands_for(LOG, LOGS)
