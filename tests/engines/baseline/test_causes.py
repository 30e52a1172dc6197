"""Causes are told once, counted after that, and bounded."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.accepted import stands_for
from periderm.engines.baseline.causes import DAY_NS, MOST_ALIKE, MOST_OTHERS, MOST_PROGRAMS, Causes, Told
from periderm.model.alert import Alert
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deviation import Deviation
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.behaving import rule

WRITE = Behaviour(Aspect.WRITE, "/usr/bin/app", "/srv/x")


def told(behaviour: Behaviour, asset: str = "a", *, severity: Severity = Severity.LOW, time: int = DAY_NS) -> Told:
    """A deviation of workload 'w'."""
    return Told("w", asset, "03-01", behaviour, severity, time)


def alert_of(one: Told) -> Alert:
    """Its alert."""
    deviation = Deviation(event_type="03-01", workload_id="w", behaviour=one.behaviour, surprise=60, reason=Text("r", "r"))
    return msgspec.structs.replace(
        rule(7), id="", detector="BASE-03-01", time=one.time, last_time=one.time, asset_id=one.asset, workload_id="w",
        deviation=deviation, severity=one.severity, count=1, message=Text("It did.", "做了。"),
    )  # fmt: skip


def happens(causes: Causes, one: Told) -> Alert | None:
    """As the judge does it."""
    key = causes.key_of(one)
    if key in causes:
        return causes.again(key, one, 1, one.time)
    return causes.tell(key, one, alert_of(one))


def test_a_cause_is_said_again_at_powers_of_two_and_anew_on_another_day() -> None:
    """The same id within a day, another one on the next."""
    causes = Causes()
    key = causes.key_of(told(WRITE))
    first = causes.tell(key, told(WRITE), alert_of(told(WRITE)))
    said = [causes.again(key, None, 1, DAY_NS + n) for n in range(1, 9)]
    assert [alert.count for alert in said if alert] == [2, 4, 8]
    assert {alert.id for alert in said if alert} == {first.id} == {causes.id_of(key)}
    tomorrow = causes.again(key, None, 1, 2 * DAY_NS)
    assert tomorrow is not None
    assert (tomorrow.count, tomorrow.id == first.id) == (1, False)
    assert causes.again(("a", "b", "c", "d"), None, 1, 1) is None


@given(st.lists(st.integers(0, 700), min_size=MOST_ALIKE + 2, max_size=900))
def test_a_flood_becomes_a_few_alerts_and_one_that_grows(numbers: list[int]) -> None:
    """However many different things one program does: at most eight are told one by one, and the ninth alert says how many more
    there are and the pattern of all of them; by it, each that was told may be accepted."""
    causes = Causes()
    seen = [Behaviour(Aspect.CHANGE, "/usr/bin/dpkg", f"rename /usr/share/d{n % 7}/f{n}") for n in numbers]
    said = [alert for each in seen if (alert := happens(causes, told(each))) is not None]
    assert len({alert.id for alert in said}) <= MOST_ALIKE + 1
    different = len(set(seen))
    newest = [cause.alert for _, cause in causes.dump()]
    assert sum(alert.count for alert in newest) == len(seen)
    folds = [alert for alert in newest if alert.deviation and alert.deviation.others]
    assert bool(folds) == (different > MOST_ALIKE)
    for alert in folds:
        assert alert.deviation is not None
        assert alert.deviation.others == min(different - MOST_ALIKE, MOST_OTHERS)
        assert str(alert.deviation.others) in alert.message.en
        assert str(alert.deviation.others) in alert.message.zh
        assert all(stands_for(alert.deviation.behaviour, each) for each in seen)
        assert alert.deviation.behaviour.value.startswith("rename /usr/share/")
    again = Causes()
    again.load(causes.dump())
    assert [again.known("w", "a", each) for each in seen] == [causes.known("w", "a", each) for each in seen]
    assert again.dump() == causes.dump()


def test_many_programs_of_one_kind_become_one_too() -> None:
    """A package's scripts that start each program of a folder once."""
    causes = Causes()
    seen = [Behaviour(Aspect.PROGRAM, f"/usr/lib/tool/p{n}") for n in range(200)]
    said = [alert for each in seen if (alert := happens(causes, told(each))) is not None]
    assert len({alert.id for alert in said}) == MOST_PROGRAMS + 1
    assert said[-1].deviation is not None
    assert said[-1].deviation.behaviour == Behaviour(Aspect.PROGRAM, "/usr/lib/tool/**")


def test_what_is_worse_than_a_flood_is_said_at_once() -> None:
    """Nobody hides something grave behind many small things; other subjects and workloads are told all the same."""
    causes = Causes()
    for number in range(30):
        happens(causes, told(Behaviour(Aspect.WRITE, "/usr/bin/app", f"/srv/{number}")))
    grave = happens(causes, told(Behaviour(Aspect.WRITE, "/usr/bin/app", "/etc/shadow"), severity=Severity.HIGH))
    assert grave is not None
    assert grave.severity is Severity.HIGH
    other = happens(causes, told(WRITE, "b"))
    assert other is not None
    assert other.deviation is not None
    assert not other.deviation.others
