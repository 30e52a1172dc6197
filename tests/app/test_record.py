"""Writing events into a file."""

from __future__ import annotations

import msgspec
import numpy as np

from periderm.app.record import Apart, record
from periderm.model.event import EVENT_DTYPE, EventBatch, EventKind
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import Player, batch
from tests.flow.test_control import Clock, Runtime
from tests.flow.test_watch import SERVER


class Noting:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.batches: list[EventBatch] = []
        self.closed = False

    def write(self, batch: EventBatch) -> None:
        self.batches.append(batch)

    def close(self) -> None:
        self.closed = True


class Endless(Player):
    """Plays its batches, then silence; a second passes with each read."""

    def __init__(self, clock: Clock, *batches: EventBatch) -> None:
        super().__init__(*batches)
        self.clock = clock

    def read(self, timeout: float) -> EventBatch:
        self.clock.sleep(1)
        return self.batches.pop(0) if self.batches else EventBatch(np.zeros(0, EVENT_DTYPE), ("",), (NODE,))


def test_it_ends_after_its_time_and_lets_go() -> None:
    """Records for as long as asked, then the sensor is stopped and the file closed."""
    clock, kept = Clock(), Noting()
    player = Endless(clock, batch(SERVER), batch(SERVER, SERVER))
    events = record(player, kept, NODE, [Runtime()], clock, seconds=5, only="", progress=lambda _: None)
    assert events == 4
    met = [b.event(0) for b in kept.batches if b.event(0).kind is EventKind.CONTAINER]
    assert [event.subject for event in met] == [CONTAINER]
    assert len(kept.batches) == 3
    assert kept.closed
    assert player.stopped is False
    assert player.subjects == [NODE.id, CONTAINER.id]
    assert player.policies == {}


def test_only_one_container() -> None:
    """With a name only that container's events leave the kernel."""
    clock = Clock()
    player = Endless(clock)
    record(player, Noting(), NODE, [Runtime()], clock, seconds=2, only="web", progress=lambda _: None)
    assert player.policies[NODE.id].report is False
    assert player.policies[CONTAINER.id].report is True
    kept = Noting()
    record(player, kept, NODE, [Runtime()], clock, seconds=2, only="other", progress=lambda _: None)
    assert kept.batches == []
    assert player.policies[CONTAINER.id].report is False


def test_a_file_for_others_tells_of_nothing_else() -> None:
    """Rows, names and strings of the host and of other containers are not in it; what is wanted reads the same."""
    other = msgspec.structs.replace(CONTAINER, id="con-other", name="other", container_id="f" * 64)
    strings = ["", "/usr/bin/secret-tool", "/etc/shared", "/srv/web", "x\0y"]
    rows = np.zeros(4, EVENT_DTYPE)
    rows["kind"], rows["subject"] = EventKind.OPEN, [0, 1, 2, 1]
    rows["text"], rows["exe"], rows["args"] = [1, 2, 1, 3], [1, 3, 1, 3], [1, 4, 0, 0]
    given = EventBatch(rows, strings, (NODE, CONTAINER, other), 7)
    kept = Apart("we*").of(given)
    assert [kept.event(index) for index in range(len(kept))] == [given.event(1), given.event(3)]
    assert sorted(kept.strings) == ["", "/etc/shared", "/srv/web", "x\0y"]
    assert kept.subjects == (CONTAINER,)
    assert Apart("").of(given) is given
