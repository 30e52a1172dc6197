"""Runs of rare calls: what is one, what is none, across batches, children and memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.calls import RARE, RareCalls, watched
from periderm.model.errors import FormatError
from periderm.model.event import Event, EventFlag, EventKind
from tests.behaving import batch, row

KINDS = [*sorted(RARE), EventKind.EXEC, EventKind.FORK, EventKind.EXIT, EventKind.OPEN]
EVENTS = st.lists(
    st.builds(
        lambda kind, process, parent, flags: row(kind, process, "/x", parent=parent, flags=EventFlag(flags)),
        st.sampled_from(KINDS),
        st.integers(1, 4),
        st.integers(0, 4),
        st.sampled_from([0, int(EventFlag.FAILED)]),
    ),
    max_size=40,
)


def found(calls: RareCalls, *events: Event) -> list[str]:
    """The values of all runs."""
    return [each.value for each in calls.follow(batch(*events))]


def kinds(*names: EventKind, process: int = 1) -> list[Event]:
    """Rows of one process."""
    return [row(kind, process, "/x") for kind in names]


def test_a_connection_that_becomes_a_shells_input_is_a_run() -> None:
    """What every shell that calls back does is told once its program starts; three copies of a descriptor count as one."""
    E = EventKind
    assert found(RareCalls(), *kinds(E.MEMFD, E.DUP, E.DUP, E.DUP, E.EXEC)) == ["MEMFD > DUP > EXEC"]


def test_programs_that_start_programs_are_no_run() -> None:
    """The order of programs is another aspect: starts alone say nothing here."""
    assert found(RareCalls(), *kinds(EventKind.EXEC, EventKind.EXEC, EventKind.OPEN, EventKind.EXEC)) == []


def test_a_child_goes_on_where_its_parent_was() -> None:
    """A fork between the calls hides nothing, and the parent's own run is untouched."""
    E = EventKind
    calls = RareCalls()
    assert found(calls, *kinds(E.SETGID, E.SETUID), row(E.FORK, 2, "/x", parent=1)) == []
    assert found(calls, *kinds(E.EXEC, process=2)) == ["SETGID > SETUID > EXEC"]
    assert found(calls, *kinds(E.CHROOT)) == ["SETGID > SETUID > CHROOT"]


def test_a_failed_call_changed_nothing() -> None:
    """What was refused is not part of an order."""
    E = EventKind
    refused = row(E.SETUID, 1, "", flags=EventFlag.FAILED)
    assert found(RareCalls(), *kinds(E.SETNS, E.MOUNT), refused, *kinds(E.EXEC)) == ["SETNS > MOUNT > EXEC"]


@given(EVENTS, st.integers(0, 40))
def test_how_rows_are_cut_changes_nothing_nor_does_a_restart(events: list[Event], cut: int) -> None:
    """Two batches, with a dump and a load between them, say the same as one."""
    calls = RareCalls()
    first = found(calls, *events[:cut]) if events[:cut] else []
    again = RareCalls()
    again.load(RareCalls.decode(calls.dump()))
    second = found(again, *events[cut:]) if events[cut:] else []
    assert first + second == (found(RareCalls(), *events) if events else [])


@given(st.binary(max_size=60))
def test_damaged_memory_is_refused_whole(data: bytes) -> None:
    """Foreign bytes make an error, and what was there stays."""
    calls = RareCalls()
    found(calls, *kinds(EventKind.SETGID, EventKind.SETUID))
    before = calls.dump()
    try:
        calls.decode(data)
    except FormatError:
        assert calls.dump() == before


def test_kinds_that_are_none_of_ours_are_damage() -> None:
    """A number that is no rare call cannot come out of a dump."""
    with pytest.raises(FormatError):
        RareCalls.decode(b"\x81\x01\x91\x04")


def test_what_must_arrive_is_said() -> None:
    """The kernel may count files that are opened, and none of the rare calls."""
    rows = batch(*kinds(EventKind.OPEN, EventKind.SETUID, EventKind.EXEC, EventKind.DUP))
    assert watched(rows).tolist() == [False, True, False, True]
