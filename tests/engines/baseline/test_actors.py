"""Who is whose child, for whom it works, and who is not to be believed."""

from __future__ import annotations

from periderm.engines.baseline.actor import NAMELESS, TASK, Actor
from periderm.engines.baseline.actors import ActorTable
from periderm.model.asset import Container, Node
from periderm.model.event import EventFlag
from tests.behaving import HOST, NGINX, SH, SHOP


def run(
    table: ActorTable, key: int, parent: int, exe: str, *, on: Container | Node = SHOP, flags: int = 0, pid: int = 0
) -> Actor:
    """A program starts."""
    return table.start(
        key, parent=parent, pid=pid or 1000 + key, uid=0, subject=on, time=key, exe=exe, argv=(exe,), flags=flags
    )


def test_distrust_falls_on_all_below_and_on_those_to_come() -> None:
    """Not on who is above or beside; a process that was not seen yet is distrusted when it comes."""
    table = ActorTable()
    run(table, 1, 900, NGINX)
    run(table, 2, 1, SH)
    run(table, 3, 2, "/usr/bin/id")
    beside = run(table, 4, 1, "/usr/bin/find")
    assert table.distrust(2, "alt-1") == {2, 3}
    assert run(table, 5, 3, "/usr/bin/w").distrust == "alt-1"
    assert not beside.distrust
    assert table.distrust(77, "alt-2") == {77}
    assert run(table, 77, 1, SH).distrust == "alt-2"


def test_a_service_without_a_file_is_told_by_its_start_and_teaches_nothing() -> None:
    """One that ran before anybody watched is ad hoc work; what is below either is judged by rules only."""
    table = ActorTable()
    run(table, 1, 0, "/usr/lib/systemd/systemd", on=HOST, pid=1)
    live = run(table, 2, 1, "/memfd:x", on=HOST, flags=int(EventFlag.MEMORY_BACKED))
    child = run(table, 3, 2, SH, on=HOST)
    before = run(table, 4, 1, "/memfd:y", on=HOST, flags=int(EventFlag.MEMORY_BACKED | EventFlag.FROM_PROC))
    assert (bool(live.workload), live.distrust, child.how, child.workload) == (True, NAMELESS, TASK, "")
    assert (before.how, before.workload) == (TASK, "")


def test_the_table_is_bounded_and_survives() -> None:
    """The oldest go; what is dumped is loaded again, children and all."""
    table = ActorTable(live=10, ended=10)
    for key in range(1, 100):
        run(table, key, key - 1, SH)
        table.end(key, key)
    assert len(table) <= 20
    again = ActorTable(live=10, ended=10)
    again.load(*table.dump())
    assert again.dump() == table.dump()
    assert again.distrust(95, "x") == table.distrust(95, "x") == {95, 96, 97, 98, 99}
