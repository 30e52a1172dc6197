"""The matrix with what was measured."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.tested import Mark, latest_attempts, list_selftests, show_coverage
from periderm.model.errors import DeniedError
from periderm.model.exercise import ExerciseResult, Outcome, SelfTest, Variant
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.text import Text


def result(name: str, outcome: Outcome, *techniques: str, seconds: float = -1.0) -> ExerciseResult:
    """What became of an exercise."""
    return ExerciseResult(
        exercise=name, title=Text(name, name), variant=Variant.PLAIN, techniques=techniques, behaviours=(),
        expected=("RUN-002",), outcome=outcome, seconds=seconds, seen_by=("RUN-002",) if outcome is Outcome.SEEN else (),
    )  # fmt: skip


def run(started: int, *results: ExerciseResult) -> SelfTest:
    """A run of the self-test."""
    return SelfTest(
        id=f"slf-{started}", started=started, ended=started + 9, node_id="n", container_id="c", author="ada", version="1",
        results=results,
    )  # fmt: skip


def test_without_a_run_techniques_are_covered_or_blind(empty: Application) -> None:
    """And nothing claims to have been seen."""
    report = show_coverage(empty, LOCAL_ADMIN)
    assert {m.mark for m in report.techniques} == {Mark.QUIET, Mark.BLIND}
    assert all(bool(m.covered.seen) == (m.mark is Mark.QUIET) for m in report.techniques)
    assert (report.seen, report.ran, report.seconds, report.runs) == (0, 0, -1.0, ())
    assert 0 < report.named <= len(report.techniques)


def test_every_technique_stands_below_each_of_its_tactics(empty: Application) -> None:
    """No column is empty."""
    report = show_coverage(empty, LOCAL_ADMIN)
    placed = {(c.tactic.id, m.covered.id) for c in report.columns for m in c.techniques}
    assert placed == {(t, m.covered.id) for m in report.techniques for t in m.covered.tactics}
    assert all(c.techniques for c in report.columns)


def test_the_latest_result_of_each_exercise_counts(empty: Application) -> None:
    """A run of one exercise hides no other."""
    empty.store.put_selftest(run(1, result("A", Outcome.MISSED, "T1190"), result("B", Outcome.MISSED, "T1611")))
    empty.store.put_selftest(run(5, result("A", Outcome.SEEN, "T1190", seconds=0.5)))
    report = show_coverage(empty, LOCAL_ADMIN)
    by = {m.covered.id: m for m in report.techniques}
    assert (by["T1190"].mark, by["T1190"].seconds) == (Mark.SEEN, 0.5)
    assert by["T1611"].mark is Mark.MISSED
    assert [(a.result.exercise, a.time) for a in report.attempts] == [("B", 1), ("A", 5)]
    assert (report.seen, report.ran) == (1, 2)
    assert [r.id for r in list_selftests(empty, LOCAL_ADMIN)] == ["slf-5", "slf-1"]


def test_a_sub_technique_counts_for_its_parent(empty: Application) -> None:
    """T1059.004 is T1059, and T10590 would not be; what could not be run proves nothing."""
    ran = run(
        1, result("A", Outcome.SEEN, "T1059.004", seconds=1.0), result("B", Outcome.MISSED, "T1059"),
        result("C", Outcome.NOT_RUN, "T1190"),
    )  # fmt: skip
    empty.store.put_selftest(ran)
    by = {m.covered.id: m for m in show_coverage(empty, LOCAL_ADMIN).techniques}
    assert (by["T1059"].mark, by["T1059"].seen, by["T1059"].missed) == (Mark.PARTLY, 1, 1)
    assert (by["T1190"].mark, by["T1190"].not_run) == (Mark.QUIET, 1)


def test_attempts_keep_their_run() -> None:
    """Whoever doubts a result finds the run."""
    runs = (run(7, result("A", Outcome.SEEN)), run(3, result("A", Outcome.MISSED)))
    assert [(a.run, a.result.outcome) for a in latest_attempts(runs)] == [("slf-7", Outcome.SEEN)]


def test_reading_needs_the_permission(empty: Application) -> None:
    """As all of the product."""
    with pytest.raises(DeniedError):
        show_coverage(empty, Principal("x", frozenset()))
