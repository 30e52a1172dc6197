"""The coverage matrix laid over what was measured: for each technique, what the latest self-tests saw of it, and how fast.

An exercise counts by its latest result, so that a run of a few does not hide the others. Judges nothing itself.
"""

from __future__ import annotations

import enum
import statistics
from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.coverage import Covered, coverage
from periderm.app.selftest import latest
from periderm.model.attack import TACTICS, Tactic
from periderm.model.exercise import ExerciseResult, Outcome, SelfTest
from periderm.model.principal import Permission, Principal


class Mark(enum.StrEnum):
    """What is known of a technique. `SEEN`: all of its exercises that ran were seen; `PARTLY`: some; `MISSED`: none.
    `QUIET`: detectors name it, and no exercise has tried it; `BLIND`: nothing here names it."""

    SEEN = "seen"
    PARTLY = "partly"
    MISSED = "missed"
    QUIET = "quiet"
    BLIND = "blind"


class Attempt(msgspec.Struct, frozen=True):
    """The latest result of an exercise, and when its run began (Unix nanoseconds)."""

    result: ExerciseResult
    time: int
    run: str


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A technique with what was tried of it. `seconds` is the median time to the alert, -1 if nothing was seen."""

    covered: Covered
    mark: Mark
    attempts: tuple[Attempt, ...] = ()
    seen: int = 0
    missed: int = 0
    not_run: int = 0
    seconds: float = -1.0


class Column(msgspec.Struct, frozen=True):
    """A tactic with its techniques in the order of the matrix."""

    tactic: Tactic
    techniques: tuple[Measured, ...]


class CoverageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole matrix. `runs` are the latest self-tests, newest first; `attempts` each exercise once, worst first."""

    columns: tuple[Column, ...]
    techniques: tuple[Measured, ...]
    attempts: tuple[Attempt, ...]
    runs: tuple[SelfTest, ...]
    seconds: float = -1.0

    @property
    def named(self) -> int:
        """How many techniques have a detector."""
        return sum(bool(m.covered.seen) for m in self.techniques)

    @property
    def seen(self) -> int:
        """How many exercises were seen."""
        return sum(a.result.outcome is Outcome.SEEN for a in self.attempts)

    @property
    def ran(self) -> int:
        """How many exercises could be run."""
        return sum(a.result.outcome is not Outcome.NOT_RUN for a in self.attempts)


_WORST = {Outcome.MISSED: 0, Outcome.NOT_RUN: 1, Outcome.SEEN: 2}


def show_coverage(app: Application, who: Principal) -> CoverageReport:
    """The matrix with the latest measurements."""
    require(who, Permission.READ)
    runs = tuple(latest(app, who))
    attempts = latest_attempts(runs)
    techniques = tuple(_measured(covered, attempts) for covered in coverage())
    columns = (Column(t, tuple(m for m in techniques if t.id in m.covered.tactics)) for t in TACTICS)
    ordered = sorted(attempts, key=lambda a: (_WORST[a.result.outcome], a.result.exercise))
    return CoverageReport(
        columns=tuple(column for column in columns if column.techniques),
        techniques=techniques,
        attempts=tuple(ordered),
        runs=runs,
        seconds=_median(attempts),
    )


def list_selftests(app: Application, who: Principal) -> list[SelfTest]:
    """The latest runs, newest first."""
    return list(latest(app, who))


def latest_attempts(runs: Sequence[SelfTest]) -> tuple[Attempt, ...]:
    """Each exercise by its latest result; `runs` are newest first."""
    found: dict[str, Attempt] = {}
    for run in runs:
        for result in run.results:
            found.setdefault(result.exercise, Attempt(result, run.started, run.id))
    return tuple(found.values())


def _measured(covered: Covered, attempts: Iterable[Attempt]) -> Measured:
    below = covered.id + "."
    mine = tuple(a for a in attempts if any(t == covered.id or t.startswith(below) for t in a.result.techniques))
    seen, missed, not_run = (sum(a.result.outcome is o for a in mine) for o in (Outcome.SEEN, Outcome.MISSED, Outcome.NOT_RUN))
    if seen or missed:
        mark = Mark.PARTLY if seen and missed else Mark.SEEN if seen else Mark.MISSED
    else:
        mark = Mark.QUIET if covered.seen else Mark.BLIND
    return Measured(covered=covered, mark=mark, attempts=mine, seen=seen, missed=missed, not_run=not_run, seconds=_median(mine))


def _median(attempts: Iterable[Attempt]) -> float:
    times = [a.result.seconds for a in attempts if a.result.outcome is Outcome.SEEN and a.result.seconds >= 0]
    return statistics.median(times) if times else -1.0
