"""The process table: how processes came, who is the runtime, and its bounds."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.process import MOST_GENERATIONS, ProcessTable
from periderm.engines.runtime.scene import HOST, SHOP
from periderm.model.event import EventFlag, Subject
from periderm.model.text import encodable


def start(table: ProcessTable, key: int, parent: int, exe: str, *, on: Subject = SHOP, flags: int = 0, args: str = "") -> str:
    """A program starts; how it came."""
    return table.start(key, parent=parent, pid=1000 + key, uid=0, subject=on, time=key, exe=exe, args=args, flags=flags).how


def test_how_a_process_came() -> None:
    """First program, its children, exec sessions by flag or by descent, and who comes past the runtime."""
    table = ProcessTable()
    assert start(table, 50, 1, "/usr/bin/runc", on=HOST) == "host"
    table.fork(1, parent=50, pid=1001, uid=0, subject=SHOP, time=1)
    assert start(table, 1, 50, "/usr/sbin/nginx") == "entrypoint"
    assert start(table, 2, 1, "/usr/bin/dash") == "entrypoint"
    table.fork(7, parent=50, pid=1007, uid=0, subject=SHOP, time=1)
    assert start(table, 7, 50, "/usr/bin/dash") == "exec"
    assert start(table, 8, 7, "/usr/bin/id") == "exec"
    assert start(table, 9, 900, "/usr/bin/dash", flags=EventFlag.EXEC_SESSION) == "exec"
    assert start(table, 10, 900, "/usr/bin/dash", flags=EventFlag.FOREIGN) == "nsenter"
    assert start(table, 11, 900, "/usr/bin/dash") == ""


def test_the_runtime_is_known_by_where_it_comes_from() -> None:
    """Its name counts on the host, and in a container only on the way in."""
    table = ProcessTable()
    start(table, 50, 1, "/usr/bin/runc", on=HOST)
    start(table, 51, 50, "/memfd:runc_cloned:/proc/self/exe", on=HOST)
    inside = table.fork(52, parent=51, pid=1052, uid=0, subject=SHOP, time=1)
    assert inside.runtime
    start(table, 52, 51, "/usr/bin/dash")
    assert not inside.runtime
    start(table, 52, 51, "/usr/bin/runc")
    assert not inside.runtime
    start(table, 60, 1, "/tmp/runc", on=HOST)
    assert not (table.get(60) or inside).runtime


def test_a_child_runs_its_parents_program_until_it_starts_its_own() -> None:
    """What was forked carries what its parent was."""
    table = ProcessTable()
    start(table, 1, 0, "/usr/sbin/nginx", args="nginx\0-g")
    child = table.fork(2, parent=1, pid=1002, uid=33, subject=SHOP, time=5)
    assert (child.exe, child.argv, child.how, child.started) == ("/usr/sbin/nginx", ("nginx", "-g"), "entrypoint", 5)
    start(table, 2, 1, "/usr/bin/id")
    assert (child.exe, child.previous, child.parent, child.started) == ("/usr/bin/id", "/usr/sbin/nginx", 1, 5)


def test_lineage_ends_at_the_subject() -> None:
    """From the process to the container's first one, and not into the host; a first one that was seen before its container
    was known belongs to it."""
    table = ProcessTable()
    start(table, 50, 0, "/usr/bin/conmon", on=HOST)
    start(table, 1, 50, "/usr/sbin/nginx", on=HOST)
    start(table, 2, 1, "/usr/bin/perl")
    start(table, 3, 2, "/usr/bin/dash")
    process = table.get(3)
    assert process is not None
    assert [p.key for p in table.lineage(process, SHOP)] == [3, 2, 1]


def test_ended_processes_are_remembered_for_their_children() -> None:
    """A parent that has gone still explains its child, until too many have gone."""
    table = ProcessTable(live=10, ended=2)
    for key in range(1, 5):
        start(table, key, key - 1, f"/x{key}")
        table.end(key, 100 + key)
    assert table.get(1) is None
    assert table.get(2) is None
    assert (table.get(3), table.forgotten) != (None, 0)
    last = table.get(4)
    assert last is not None
    assert last.ended == 104
    assert table.end(99, 1) is None


@given(st.lists(st.tuples(st.sampled_from("fse"), st.integers(1, 9), st.integers(0, 9)), max_size=80))
def test_the_table_is_bounded_and_its_lineages_end(steps: list[tuple[str, int, int]]) -> None:
    """Any order of forks, starts and ends, any parents."""
    table = ProcessTable(live=4, ended=3)
    for what, key, parent in steps:
        if what == "f":
            table.fork(key, parent=parent, pid=1000 + key, uid=0, subject=SHOP, time=1)
        elif what == "s":
            start(table, key, parent, "/x")
        else:
            table.end(key, 2)
        assert len(table) <= 7
        process = table.get(key)
        if process is not None:
            chain = table.lineage(process, SHOP)
            assert 1 <= len(chain) <= MOST_GENERATIONS
            assert len({p.key for p in chain}) == len(chain)


@given(st.text(alphabet=st.characters(), max_size=20))
def test_encodable_text_is_encodable(text: str) -> None:
    """Names that are not UTF-8 must not stop an alert; others stay as they are."""
    msgspec.json.encode(encodable(text + "\udcff"))
    assert encodable("/usr/bin/é") == "/usr/bin/é"
