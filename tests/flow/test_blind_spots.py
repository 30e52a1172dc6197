"""Blind spots become gaps."""

from __future__ import annotations

from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.blind_spots import BlindSpots
from periderm.flow.outbox import Outbox
from periderm.model.event import SensorCounters
from periderm.model.gap import CoverageGap, GapKind
from tests.flow.conftest import NODE
from tests.flow.test_control import Lab


def spots(lab: Lab) -> BlindSpots:
    """Those of the lab's node."""
    outbox = Outbox(lab.bus, lab.uplink, "agent:x")
    return BlindSpots(NODE.id, 1, outbox, lab.clock, counters=lambda: lab.counters)


def test_losses_are_gaps_with_their_number(bus: LocalBus) -> None:
    """Lost events and unread variants are told when they grow, as one gap each."""
    lab = Lab(bus)
    blind = spots(lab)
    lab.counters = SensorCounters(lost=3, other={"io_uring-undecoded": 2, "held": 7})
    blind.step()
    gaps = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert {(g.kind, g.count) for g in gaps} == {(GapKind.EVENTS_LOST, 3), (GapKind.SYSCALL_VARIANT, 2)}
    blind.step()
    assert lab.told() == []
    lab.counters = SensorCounters(lost=9)
    blind.step()
    again = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert [(g.count, g.id) for g in again] == [(9, next(g.id for g in gaps if g.kind is GapKind.EVENTS_LOST))]


def test_a_clock_that_jumps_is_told(bus: LocalBus) -> None:
    """A jump of the clock is a gap; ordinary time is not."""
    lab = Lab(bus)
    blind = spots(lab)
    lab.clock.sleep(100)
    blind.step()
    assert lab.told() == []
    lab.clock.shift = 3600 * 10**9
    blind.step()
    gaps = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert [g.kind for g in gaps] == [GapKind.CLOCK_JUMP]
    assert "3600 s" in gaps[0].message.en
