"""Where an alert stands in an attack."""

from __future__ import annotations

import msgspec
import pytest

from periderm.correlate import chain
from periderm.model import attack
from periderm.model.alert import ProcessRecord
from periderm.model.severity import Severity
from tests.correlate.cases import DROPPED_RUN, MINER, SHADOW_READ, SHELL_STARTED, STORY

change = msgspec.structs.replace
NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("techniques", "reached", "expected"),
    [
        (("T1105", "T1036"), "TA0001", ("TA0011", "T1105")),  # both fit: the first tells most
        (("T1105", "T1611"), "TA0040", ("TA0011", "T1105")),  # none fits: it went back
        (("T1059.004", "T1036.005"), "TA0004", ("TA0005", "T1036.005")),  # the first does not fit, the second does
        (("T1078",), "TA0004", ("TA0004", "T1078")),  # one technique, four tactics: the earliest that fits
        (("T1078",), "TA0006", ("TA0005", "T1078")),  # none of the four fits: the latest
        (("T1562.001",), "TA0001", ("TA0112", "T1685")),  # an old id is shown by its new one
        (("T9999",), "TA0001", ("TA0002", "")),  # unknown: the fallback
        ((), "TA0001", ("TA0002", "")),
    ],
)
def test_a_step_takes_the_first_technique_and_earliest_tactic_that_fit(
    techniques: tuple[str, ...], reached: str, expected: tuple[str, str]
) -> None:
    """Several tactics are decided by what was reached before."""
    assert chain.place(techniques, attack.tactic_order(reached), "TA0002") == expected


def test_copies_of_an_alert_merge() -> None:
    """The earliest time, the greatest count and last time, and a kill in any copy."""
    later = change(SHELL_STARTED, time=15, last_time=99, count=4)
    killed = change(SHELL_STARTED, process=change(SHELL_STARTED.process, killed=True))
    for copies in ([SHELL_STARTED, later, killed], [killed, later, SHELL_STARTED]):
        merged = chain.merge(copies)[SHELL_STARTED.id]
        assert (merged.time, merged.last_time, merged.count, merged.process.killed) == (10, 99, 4, True)


def test_the_process_that_began_it_stays() -> None:
    """When another process does the same again, the step keeps its first time and the process that was first."""
    other = ProcessRecord(key=77, parent=10, pid=77, exe="/bin/sh", started=30)
    again = change(SHELL_STARTED, count=2, last_time=30, process=other, lineage=(other,))
    merged = chain.merge([again, SHELL_STARTED])[SHELL_STARTED.id]
    assert (merged.process, merged.lineage, merged.count) == (SHELL_STARTED.process, SHELL_STARTED.lineage, 2)
    first = chain.order(chain.merge([SHELL_STARTED]), (), NOTHING)
    assert chain.order(chain.merge([again]), first, NOTHING) == first


def test_an_unknown_technique_stays_where_the_attack_was() -> None:
    """An alert without a known technique is placed at the tactic reached so far."""
    unknown = change(MINER, techniques=(), time=12)
    steps = chain.order(chain.merge([SHELL_STARTED, SHADOW_READ, unknown]), (), NOTHING)
    assert [step.tactic for step in steps] == ["TA0001", "TA0006", "TA0006"]


def test_what_is_said_again_stands_where_it_stood() -> None:
    """A second shell after the credentials were read is initial access again, and not something later."""
    again = change(SHELL_STARTED, id="alt-again", time=13)
    steps = chain.order(chain.merge([*STORY, again]), (), NOTHING)
    assert [(step.alert_id, step.technique) for step in steps[:2]] == [(SHELL_STARTED.id, "T1190"), ("alt-again", "T1190")]


def test_a_stopped_step_stays_stopped() -> None:
    """What was once stopped is not forgotten when the effect is not at hand any more."""
    first = chain.order(chain.merge(STORY), (), frozenset({MINER.id}))
    again = chain.order(chain.merge(STORY), first, NOTHING)
    assert again == first
    assert [step.alert_id for step in again if step.stopped] == [DROPPED_RUN.id, MINER.id]


def test_a_cut_chain_keeps_what_tells_most() -> None:
    """One step of each detector, then stopped ones, then the worst; the order stays."""
    noise = [change(SHADOW_READ, id=f"alt-n{n}", time=100 + n, severity=Severity.LOW) for n in range(50)]
    steps = chain.order(chain.merge([*STORY, *noise]), (), frozenset({"alt-n49"}))
    kept = chain.keep(steps, 5)
    assert {step.alert_id for step in kept} == {one.id for one in STORY} | {"alt-n49"}
    assert [step for step in steps if step in kept] == list(kept)
    assert chain.keep(steps, 100) == tuple(steps)
    assert chain.worst(kept) is Severity.HIGH
    assert chain.worst([]) is Severity.UNKNOWN
