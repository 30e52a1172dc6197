"""What is not normal for a workload."""

from __future__ import annotations

import msgspec

from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deviation import PREFIX, Deviation, Standing
from periderm.model.text import Text


def test_it_travels_with_its_alert() -> None:
    """As msgpack between processes and as JSON to the outside it stays the same."""
    given = Deviation(
        event_type="02-03",
        workload_id="w",
        behaviour=Behaviour(Aspect.PROGRAM, "/tmp/x"),
        surprise=90,
        reason=Text("it lies in a writable place", "位于可写位置"),
        nearest=Behaviour(Aspect.PROGRAM, "/usr/bin/x"),
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=Deviation) == given
    assert msgspec.json.decode(msgspec.json.encode(given), type=Deviation) == given
    assert given.standing is Standing.TOLD
    assert PREFIX + given.event_type == "BASE-02-03"
