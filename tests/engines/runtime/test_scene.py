"""Scenes become the batches that a sensor would give."""

from __future__ import annotations

from periderm.engines.runtime.scene import HOST, SHOP, batch_of, connects, opens, runs, scene
from periderm.model.event import EventKind


def test_a_batch_holds_what_the_scene_says() -> None:
    """Row by row, nothing is lost between values and columns."""
    told = scene(
        runs(2, 1, "/usr/bin/cat", "cat", "/etc/shadow", uid=33, comm="cat"),
        opens(2, "/etc/shadow", raw="../etc/shadow", denied=True),
        connects(2, "2001:db8::1", 443, on=HOST),
    )
    batch = batch_of(told.events, generation=5)
    assert tuple(batch.event(n) for n in range(len(batch))) == told.events
    assert batch.generation == 5
    assert batch.subjects == (HOST, SHOP)


def test_events_name_the_program_that_runs() -> None:
    """As a sensor does, with each event."""
    told = scene(runs(2, 1, "/bin/a", "a"), opens(2, "/x"), runs(2, 1, "/bin/b", "b"), opens(2, "/x"), opens(3, "/x"))
    assert [event.exe for event in told.events] == ["/bin/a", "/bin/a", "/bin/b", "/bin/b", ""]
    assert told.events[1].kind is EventKind.OPEN
