"""The processes of an incident."""

from __future__ import annotations

import msgspec

from periderm.correlate import chain, tree
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.incident import ChainStep
from tests.correlate.cases import CAT, DROPPED, SHADOW_READ, SHELL, STORY

change = msgspec.structs.replace
NOBODY: frozenset[int] = frozenset()


def merged(alerts: list[Alert], *earlier: ProcessRecord, killed: frozenset[int] = NOBODY) -> dict[int, ProcessRecord]:
    """The tree of these alerts by key."""
    known = chain.merge(alerts)
    steps: list[ChainStep] = chain.order(known, (), frozenset())
    return {process.key: process for process in tree.processes(known, steps, earlier, killed)}


def test_lineages_merge_into_one_tree() -> None:
    """Every process is there once, with its parent, and keeps what was true of it."""
    found = merged(list(STORY))
    assert set(found) == {10, 11, 12, 13, 14}
    assert (found[12].parent, found[11].parent) == (11, 10)
    assert found[13].drifted
    assert found[13].killed
    assert not found[11].killed
    assert merged(list(STORY), killed=frozenset({11}))[11].killed


def test_the_acting_process_describes_itself() -> None:
    """After an exec the alert's own description holds, and not an ancestor's view of it from before."""
    before = change(CAT, exe="/bin/sh", drifted=True)
    child = ProcessRecord(key=50, parent=12, pid=150, exe="/bin/id", started=50)
    seen_later = change(SHADOW_READ, id="alt-child", time=99, process=child, lineage=(child, before))
    found = merged([SHADOW_READ, seen_later])
    assert found[12].exe == "/bin/cat"
    assert found[12].drifted


def test_loops_and_long_lineages_are_bounded() -> None:
    """A lineage that loops ends; a long one keeps its beginning and the subject's first process."""
    looping = change(SHADOW_READ, lineage=(CAT, SHELL, CAT, SHELL))
    assert [process.key for process in tree.lineage(looping)] == [12, 11]
    line = tuple(ProcessRecord(key=k, parent=k + 1, pid=k, exe="/bin/sh") for k in range(100, 5000))
    long = tree.lineage(change(SHADOW_READ, lineage=line))
    assert len(long) == tree.MAX_LINEAGE
    assert (long[0].key, long[-1].key) == (12, 4999)


def test_repeats_do_not_crowd_the_tree() -> None:
    """Of earlier processes only those stay that a step began with, that were killed or drifted, and their ancestors."""
    stranger = ProcessRecord(key=60, parent=10, pid=60, exe="/bin/sh", started=60)
    killed = ProcessRecord(key=61, parent=62, pid=61, exe="/tmp/y", started=61, killed=True)
    parent = ProcessRecord(key=62, parent=10, pid=62, exe="/bin/sh", started=59)
    found = merged(list(STORY), stranger, killed, parent)
    assert set(found) == {10, 11, 12, 13, 14, 61, 62}


def test_strings_are_bounded() -> None:
    """Arguments and paths of any size become short printable ones."""
    wild = change(DROPPED, exe="/tmp/" + "\x1b" * 9000, argv=("\udcff" * 900,) * 900)
    made = tree.bounded(wild)
    assert len(made.exe) <= 512
    assert len(made.argv) <= tree.MAX_ARGUMENTS
    assert all(argument.isprintable() and len(argument) <= 200 for argument in made.argv)


def test_too_many_processes_leave_the_steps_own() -> None:
    """Of a fork storm the processes that acted stay, and the rest is cut."""
    storm = [
        change(
            SHADOW_READ,
            id=f"alt-storm-{n}",
            process=ProcessRecord(key=1000 + n, parent=10, pid=n, exe="/bin/a", started=n),
            lineage=tuple(ProcessRecord(key=9000 + 5 * n + d, parent=0, pid=0, exe="/bin/b") for d in range(5)),
        )
        for n in range(200)
    ]
    found = merged([*storm, *STORY])
    assert len(found) == tree.MAX_PROCESSES
    assert {10 + d for d in range(1, 5)} <= set(found)
    assert {1000 + n for n in range(200)} <= set(found)
