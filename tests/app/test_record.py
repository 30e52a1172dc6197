"""Writing events into a file."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from periderm.app import record as record_module
from periderm.app.record import Apart, Writing, record
from periderm.flow.attribute import Attribution
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
    """With a name only that container's events are written, and those of other containers do not leave the kernel."""
    clock = Clock()
    player = Endless(clock, batch(SERVER))
    kept = Noting()
    assert record(player, kept, NODE, [Runtime()], clock, seconds=9, only="web", progress=lambda _: None) == 2
    assert player.policies[CONTAINER.id].report is True
    assert [b.event(0).subject for b in kept.batches] == [CONTAINER, CONTAINER]
    kept = Noting()
    player = Endless(clock, batch(SERVER))
    assert record(player, kept, NODE, [Runtime()], clock, seconds=9, only="other", progress=lambda _: None) == 0
    assert kept.batches == []
    assert player.policies[CONTAINER.id].report is False


def test_the_start_of_a_container_is_written_though_it_was_known_only_after_it() -> None:
    """Its first process is in its cgroup, and not yet in its mount namespace; nobody has told of it. What a stranger did in
    a namespace that had the same number before is not written, nor what another one does meanwhile."""
    clock, runtime, kept = Clock(), Runtime(), Noting()
    runtime.running = []

    class Beginning(Endless):
        def read(self, timeout: float) -> EventBatch:
            if not self.batches:
                runtime.running = [CONTAINER]
            return super().read(timeout)

    stranger = {"kind": EventKind.OPEN, "mntns": CONTAINER.mount_namespace, "cgroup": 5, "text": "/stranger"}
    first = {"kind": EventKind.FORK, "mntns": 1, "cgroup": CONTAINER.cgroup, "text": "/first"}
    init = {"kind": EventKind.EXEC, "mntns": CONTAINER.mount_namespace, "cgroup": CONTAINER.cgroup, "text": "/init"}
    entered = {"kind": EventKind.EXEC, "mntns": CONTAINER.mount_namespace, "cgroup": 5, "text": "/entered"}
    other = {"kind": EventKind.OPEN, "mntns": 1, "cgroup": 5, "text": "/other"}
    before = batch({**stranger, "at": 0}, {**first, "at": 1}, subjects=(NODE,))
    after = batch({**other, "at": 2}, {**init, "at": 2}, {**entered, "at": 3}, subjects=(NODE,))
    player = Beginning(clock, before, EventBatch(after.rows, after.strings, after.subjects, 1))
    record(player, kept, NODE, [runtime], clock, seconds=9, only="web", progress=lambda _: None)
    events = [b.event(index) for b in kept.batches for index in range(len(b))]
    assert [event.text for event in events if event.kind is not EventKind.CONTAINER] == ["/first", "/init", "/entered"]
    assert all(event.subject == CONTAINER for event in events)
    assert all({"/stranger", "/other"}.isdisjoint(b.strings) for b in kept.batches)


def test_what_is_held_back_when_it_ends_is_written() -> None:
    """Also when that is before its time."""
    clock, kept = Clock(), Noting()
    record(Endless(clock, batch(SERVER)), kept, NODE, [Runtime()], clock, seconds=1, only="web", progress=lambda _: None)
    assert [b.event(0).kind for b in kept.batches] == [EventKind.CONTAINER, EventKind.EXEC]


def test_what_is_too_much_to_hold_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine does not fill the memory."""
    monkeypatch.setattr(record_module, "MOST_HELD", 1)
    clock, kept = Clock(), Noting()
    writing = Writing(kept, Attribution(NODE, [], clock), clock, "web")
    assert not writing.take(batch(SERVER))
    assert writing.take(batch(SERVER))
    assert len(kept.batches) == 1


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
