"""Folding: one cause, one alert, a count that never shrinks, and few words."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.causes import DAY_NS, FRESH_PROCESSES, MANY, Causes
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DAY = 20_000 * DAY_NS


def alert(*, time: int = DAY, process: int = 1, thing: str = "/etc/shadow", severity: Severity = Severity.HIGH) -> Alert:
    """A verdict as the engine hands it over."""
    record = ProcessRecord(key=process, parent=0, pid=process, exe="/usr/bin/cat")
    return Alert(
        id="", detector="RUN-010", title=Text("t", "题"), message=Text(f"by {process}", "由"), severity=severity,
        maturity=Maturity.STABLE, techniques=(), time=time, last_time=time, node_id="n", asset_id="a", process=record,
        lineage=(record,), object=thing,
    )  # fmt: skip


def fire(causes: Causes, value: Alert, count: int = 1) -> Alert | None:
    """One verdict of cat's."""
    return causes.fire(value, "/usr/bin/cat", count)


def test_the_first_is_said_at_once_and_repeats_at_powers_of_two() -> None:
    """Nobody waits for the first; a loop is said ever more rarely."""
    causes = Causes()
    said = [n for n in range(1, 101) if fire(causes, alert()) is not None]
    assert said == [1, 2, 4, 8, 16, 32, 64]
    assert [a.count for a in causes.tick(DAY)] == [100]
    assert causes.tick(DAY) == []


def test_another_process_is_said_at_once_for_the_response_to_reach_it() -> None:
    """Same alert, new process; beyond a number a second the count must do."""
    causes = Causes()
    said = [a for n in range(200) if (a := fire(causes, alert(process=n))) is not None]
    assert len({a.id for a in said}) == 1
    assert [a.process.key for a in said[:5]] == [0, 1, 2, 3, 4]
    assert len(said) <= FRESH_PROCESSES + 10
    later = fire(causes, alert(process=999, time=DAY + 10**9))
    assert later is not None
    assert later.process.key == 999


def test_worse_is_said_at_once_and_stays() -> None:
    """A refused attempt that then succeeds is the same alert, now worse; it never gets milder."""
    causes = Causes()
    first = fire(causes, alert(severity=Severity.LOW))
    fire(causes, alert(severity=Severity.LOW))
    worse = fire(causes, alert(severity=Severity.HIGH))
    assert first is not None
    assert worse is not None
    assert (worse.id, worse.severity, worse.count) == (first.id, Severity.HIGH, 3)
    again = fire(causes, alert(severity=Severity.LOW))
    assert again is not None
    assert again.severity is Severity.HIGH


def test_another_day_after_a_quiet_one_is_another_alert() -> None:
    """What comes back after a day of silence is told anew; what goes on over midnight is not."""
    causes = Causes()
    first = fire(causes, alert(time=DAY + DAY_NS - 1))
    over_midnight = fire(causes, alert(time=DAY + DAY_NS + 1))
    assert first is not None
    assert over_midnight is not None
    assert over_midnight.id == first.id
    back = fire(causes, alert(time=DAY + 3 * DAY_NS))
    assert back is not None
    assert (back.id != first.id, back.count) == (True, 1)


def test_clocks_that_go_back_do_no_harm() -> None:
    """The first time is the earliest, the last the latest."""
    causes = Causes()
    fire(causes, alert(time=DAY + 100))
    earlier = fire(causes, alert(time=DAY + 50))
    assert earlier is not None
    assert (earlier.time, earlier.last_time) == (DAY + 50, DAY + 100)


def test_endless_objects_become_one() -> None:
    """After so many different objects the rest is one alert without a name."""
    causes = Causes(most_objects=5)
    said = [fire(causes, alert(thing=f"/tmp/{n}")) for n in range(100)]
    names = {a.object for a in said if a is not None}
    assert names == {*(f"/tmp/{n}" for n in range(5)), MANY}
    known = fire(causes, alert(thing="/tmp/3"))
    assert known is not None
    assert known.object == "/tmp/3"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.integers(1, 4), st.integers(0, 60)), max_size=80))
def test_bounds_and_counts_hold_and_a_copy_goes_on_the_same(steps: list[tuple[int, int, int, int]]) -> None:
    """Any order of objects, processes, counts and hours: the table is bounded, counts never shrink within one id, and what
    was dumped and loaded says the same from there on."""
    causes, copy = Causes(most=6, most_objects=4), Causes(most=6, most_objects=4)
    for thing, process, count, hours in steps:
        copy.load(*msgspec.json.decode(msgspec.json.encode(causes.dump()), type=_dumped()))
        value = alert(thing=str(thing), process=process, time=DAY + hours * 3600 * 10**9)
        said = fire(causes, value, count)
        assert fire(copy, value, count) == said
        kept, _ = causes.dump()
        assert len(kept) <= 6
        assert sum(causes._objects.values()) == len(kept)


def _dumped() -> object:
    from periderm.engines.runtime.causes import Cause, Key

    return tuple[list[Cause], list[Key]]
