"""Results of a self-test, counted."""

from __future__ import annotations

from periderm.model.exercise import ExerciseResult, Outcome, SelfTest, Variant
from periderm.model.text import Text


def test_counts() -> None:
    """What could not be run is neither seen nor missed."""

    def result(outcome: Outcome) -> ExerciseResult:
        return ExerciseResult(
            exercise="e",
            title=Text("t", "t"),
            variant=Variant.PLAIN,
            techniques=(),
            behaviours=(),
            expected=(),
            outcome=outcome,
        )

    run = SelfTest(
        id="s", started=1, ended=2, node_id="n", container_id="c", author="a", version="1",
        results=(result(Outcome.SEEN), result(Outcome.MISSED), result(Outcome.NOT_RUN), result(Outcome.SEEN)),
    )  # fmt: skip
    assert (run.seen, run.run) == (2, 3)
