"""Times of a node whose clock is off."""

from __future__ import annotations

import msgspec

from periderm.flow.clocks import by_our_clock
from periderm.model.envelope import Heartbeat
from tests.flow.conftest import NODE
from tests.ports.plugs import alert

HOUR = 3600 * 10**9
NOW = 100 * HOUR
BEAT = Heartbeat(role="agent", node_id="n", pid=1, time=10 * HOUR, version="1")


def test_what_tells_who_is_alive_is_told_by_our_clock() -> None:
    """A clock that is an hour ahead or behind does not make a node dead, or alive for ever."""
    assert by_our_clock(BEAT, HOUR, NOW) == msgspec.structs.replace(BEAT, time=9 * HOUR)
    assert by_our_clock(BEAT, -HOUR, NOW) == msgspec.structs.replace(BEAT, time=11 * HOUR)
    seen = msgspec.structs.replace(NODE, first_seen=5 * HOUR, last_seen=6 * HOUR)
    moved = msgspec.structs.replace(NODE, first_seen=4 * HOUR, last_seen=5 * HOUR)
    assert by_our_clock(seen, HOUR, NOW) == moved


def test_events_keep_their_nodes_times() -> None:
    """Their order is the node's own; and a time that was never told stays so."""
    assert by_our_clock(alert(), HOUR, NOW) == alert()
    never = msgspec.structs.replace(NODE, first_seen=0, last_seen=0)
    assert by_our_clock(never, HOUR, NOW) == never
    assert by_our_clock(BEAT, 0, NOW) is BEAT
    assert by_our_clock(BEAT, 99 * HOUR, NOW) == msgspec.structs.replace(BEAT, time=0)


def test_nobody_is_seen_in_the_future() -> None:
    """A node that says so would count as alive, and stand first in every list, for ever."""
    late = msgspec.structs.replace(NODE, first_seen=HOUR, last_seen=2**62)
    assert by_our_clock(late, 0, NOW) == msgspec.structs.replace(late, last_seen=NOW)
    assert by_our_clock(msgspec.structs.replace(BEAT, time=2**62), 0, NOW) == msgspec.structs.replace(BEAT, time=NOW)
