"""Rows of a namespace that nobody told of yet find their container."""

from __future__ import annotations

import msgspec

from periderm.flow.attribute import Attribution
from periderm.model.asset import Container
from periderm.model.event import EventFlag
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import batch
from tests.flow.test_control import Clock
from tests.flow.test_control import Runtime as Records
from tests.flow.test_watch import SERVER

STRANGER = {**SERVER, "subject": 0}


class Late(Records):
    """A runtime that writes its record only after some questions."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience

    def identify(self, pid: int) -> Container | None:
        self.patience -= 1
        return CONTAINER if self.patience < 0 else None


def test_known_rows_cost_nothing() -> None:
    """A batch in which all is known is handed on as it is."""
    given = batch(SERVER, {**SERVER, "subject": 0, "mntns": NODE.mount_namespace})
    same, found = Attribution(NODE, [Late(0)], Clock()).apply(given)
    assert same is given
    assert found == []


def test_a_new_container_is_found_and_its_rows_are_its_own() -> None:
    """The rows get the container as subject; the given batch is not changed."""
    given = batch(STRANGER, STRANGER, subjects=(NODE,))
    attribution = Attribution(NODE, [Late(0)], Clock())
    patched, found = attribution.apply(given)
    assert found == [CONTAINER]
    assert [patched.event(i).subject for i in range(2)] == [CONTAINER, CONTAINER]
    assert given.event(0).subject == NODE
    again, found = attribution.apply(batch(STRANGER, subjects=(NODE,)))
    assert found == []
    assert again.event(0).subject == CONTAINER


def test_a_late_record_is_found_soon() -> None:
    """A runtime that is a moment late is asked again within a fraction of a second."""
    clock = Clock()
    attribution = Attribution(NODE, [Late(2)], clock)
    waited = 0
    while not attribution.apply(batch(STRANGER, subjects=(NODE,)))[1]:
        clock.steady += 10**6
        waited += 1
    assert waited <= 100  # milliseconds


def test_replace_tells_whether_it_is_news() -> None:
    """The same containers again are no news."""
    attribution = Attribution(NODE, [], Clock())
    assert attribution.replace([CONTAINER])
    assert not attribution.replace([CONTAINER])
    assert attribution.replace([msgspec.structs.replace(CONTAINER, pid=9)])
    assert attribution.subjects()[0] == NODE


def test_a_reused_namespace_is_the_new_containers() -> None:
    """A container that gets the number of an ended one's namespace is itself, and not a stranger in the old one."""
    fresh = msgspec.structs.replace(CONTAINER, id="ctr-2", container_id="d" * 64, cgroup=71)

    class Next(Records):
        def identify(self, pid: int) -> Container | None:
            return fresh

    attribution = Attribution(NODE, [Next()], Clock())
    attribution.replace([CONTAINER])
    given = batch({**SERVER, "cgroup": 71, "flags": EventFlag.FOREIGN})
    patched, found = attribution.apply(given)
    assert found == [fresh]
    assert patched.event(0).subject == fresh
    assert not patched.event(0).has(EventFlag.FOREIGN)
    assert list(attribution.running) == ["ctr-2"]


def test_who_really_entered_stays_foreign() -> None:
    """A process with the cgroup of somebody else, in a container's namespace, is told as such."""
    attribution = Attribution(NODE, [Late(0)], Clock())
    attribution.replace([CONTAINER])
    patched, found = attribution.apply(batch({**SERVER, "cgroup": 5, "flags": EventFlag.FOREIGN}))
    assert found == []
    assert patched.event(0).has(EventFlag.FOREIGN)


RUNNING = msgspec.structs.replace(CONTAINER, pid=500)


class Gone(Records):
    """No process that is asked for belongs to a container, except the first of one that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = True

    def identify(self, pid: int) -> Container | None:
        return RUNNING if self.runs and pid == RUNNING.pid else None


def test_a_reused_namespace_may_be_the_hosts() -> None:
    """A tool with a namespace of its own gets the number of a container that has ended: its rows are the host's. Who entered
    while it ran, and his children, stay."""
    both = (NODE, RUNNING)
    runtime = Gone()
    attribution = Attribution(NODE, [runtime], Clock())
    attribution.replace([RUNNING])
    row = {**SERVER, "cgroup": 5, "flags": EventFlag.FOREIGN, "pid": 70, "process": 70, "parent": 1}
    attribution.apply(batch(row, subjects=both))
    runtime.runs = False
    later, found = attribution.apply(
        batch(
            row,
            {**row, "process": 71, "parent": 70},
            {**row, "process": 72, "parent": 71},
            {**row, "process": 80},
            subjects=both,
        )
    )
    assert found == []
    subjects = [later.event(i).subject for i in range(4)]
    assert subjects[0] == subjects[1] == RUNNING
    assert subjects[3] == NODE
    assert not later.event(3).has(EventFlag.FOREIGN)
    again, _ = attribution.apply(batch({**row, "process": 72, "parent": 71}, subjects=both))
    assert again.event(0).subject == RUNNING


def test_who_had_the_number_before_is_no_intruder() -> None:
    """Rows that are older than the container are not of somebody who entered it, unless the runtime makes it just then."""
    attribution = Attribution(NODE, [Gone()], Clock())
    begun = msgspec.structs.replace(RUNNING, started=2_000)
    attribution.replace([begun])
    row = {**SERVER, "cgroup": 5, "flags": EventFlag.FOREIGN, "pid": 70, "process": 70, "parent": 1, "time": 1_000}
    rows = (row, {**row, "exe": "/usr/bin/runc"}, {**row, "time": 3_000})
    told, _ = attribution.apply(batch(*rows, subjects=(NODE, begun)))
    assert [told.event(i).subject.id for i in range(3)] == [NODE.id, begun.id, begun.id]
    assert [told.event(i).has(EventFlag.FOREIGN) for i in range(3)] == [False, True, True]
