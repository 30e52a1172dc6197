"""A process that moves between containers is followed, whichever of its rows are wanted."""

from __future__ import annotations

import numpy as np

from periderm.engines.runtime.moving import Homes
from periderm.engines.runtime.process import ProcessTable
from periderm.engines.runtime.scene import HOST, SHOP, batch_of, row, runs
from periderm.model.event import Event, EventKind, Subject


def known(key: int, on: Subject) -> ProcessTable:
    """A table with one process."""
    table = ProcessTable()
    table.start(key, parent=0, pid=1000 + key, uid=0, subject=on, time=0, exe="/app/a", args="", flags=0)
    return table


def found(table: ProcessTable, *events: Event, chosen: int = -1, homes: Homes | None = None) -> list[bool]:
    """Which rows tell of a move."""
    batch = batch_of(events)
    already = np.zeros(len(batch), np.bool_)
    already[[n for n in (chosen,) if n >= 0]] = True
    return (homes or Homes()).moved(batch, already, table).tolist()


def accepts(key: int, on: Subject) -> Event:
    """A row that no detector wants."""
    return row(EventKind.ACCEPT, key, "10.0.0.1", on=on, exe="/app/a")


def test_who_is_at_home_is_left_alone() -> None:
    """Nothing is looked at for nothing: at home, on the plain host, chosen already, or never seen to start."""
    assert found(known(2, SHOP), accepts(2, SHOP), accepts(2, SHOP)) == [False, False]
    assert found(known(2, SHOP), accepts(2, HOST)) == [False]
    assert found(known(2, HOST), accepts(2, SHOP), chosen=0) == [False]
    assert found(ProcessTable(), accepts(3, SHOP)) == [False]
    assert found(ProcessTable()) == []


def test_who_acts_elsewhere_is_followed() -> None:
    """A process of the host that acts in a container, with all such rows of the batch."""
    assert found(known(2, HOST), accepts(2, SHOP), accepts(2, HOST), accepts(2, SHOP)) == [True, False, True]


def test_a_start_in_the_batch_counts() -> None:
    """One that starts a program on the host after it acted in its container is not at home there any more."""
    events = (runs(2, 1, "/app/b", on=HOST), accepts(2, SHOP))
    assert found(known(2, SHOP), *events) == [False, True]
    assert found(known(2, SHOP), runs(2, 1, "/app/b", on=SHOP), accepts(2, SHOP)) == [False, False]


def test_what_is_remembered_is_never_wrong() -> None:
    """Seen at home once, it is not asked again; after a start elsewhere it is, and it is told from another process."""
    homes, table = Homes(), known(2, SHOP)
    assert found(table, accepts(2, SHOP), homes=homes) == [False]
    assert found(table, accepts(2, SHOP), accepts(2, SHOP), homes=homes) == [False, False]
    table.start(2, parent=0, pid=1002, uid=0, subject=HOST, time=1, exe="/app/b", args="", flags=0)
    assert found(table, runs(2, 1, "/app/b", on=HOST), homes=homes) == [False]
    assert found(table, accepts(2, SHOP), homes=homes) == [True]
    table.start(3, parent=0, pid=1003, uid=0, subject=HOST, time=1, exe="/app/b", args="", flags=0)
    assert found(table, accepts(3, SHOP), homes=homes) == [True]
