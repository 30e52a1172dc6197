"""The detector as a whole: finds what is mixed into ordinary behaviour, and is not fooled by length."""

from __future__ import annotations

import numpy as np
import pytest

from periderm.algorithms.sequences.grams import numbers
from periderm.algorithms.sequences.model import VIEWS, train
from tests.algorithms.sequences.traces import attacked, ordinary, program

MODEL = train(ordinary(60))


def test_attacks_stand_out_of_new_ordinary_traces() -> None:
    """Every attacked trace scores above every new trace of the same programs, and says so by its share."""
    quiet = [MODEL.score(program(kind, 1000 + seed)) for kind in range(4) for seed in range(10)]
    loud = [MODEL.score(attacked(kind, 1000 + seed)) for kind in range(4) for seed in range(10)]
    assert max(each.score for each in quiet) < min(each.score for each in loud)
    assert all(each.share <= 1 / 30 for each in loud)
    assert all(each.view in VIEWS for each in (*quiet, *loud))


def test_a_long_trace_of_the_same_program_is_ordinary() -> None:
    """Ten times the rounds is no attack."""
    assert MODEL.score(program(1, 5000, rounds=300)).score < MODEL.score(attacked(1, 5000)).score


def test_the_limit_is_what_that_share_of_ordinary_traces_reaches() -> None:
    """A tenth allowed is a tenth of them above it."""
    above = (MODEL.ordinary > MODEL.limit(0.1)).mean()
    assert 0.05 <= above <= 0.1
    assert MODEL.limit(0.01) >= MODEL.limit(0.1)


def test_programs_that_were_never_recorded_are_stranger() -> None:
    """Whoever expects such ones gets a higher limit and milder shares, and is told how many would be unusual without that."""
    assert MODEL.unrecorded.mean() > MODEL.ordinary.mean()
    assert MODEL.limit(0.1, 0.5) > MODEL.limit(0.1)
    assert MODEL.score(attacked(0, 7), 0.5).share > MODEL.score(attacked(0, 7)).share
    assert MODEL.told(MODEL.limit(0.1)) > 0.5
    assert MODEL.told(MODEL.limit(0.1, 1.0)) <= 0.1


def test_one_program_alone_can_be_learned() -> None:
    """No other kind is there to say how a new one scores; then it is as for those that were recorded."""
    one = train([program(0, seed) for seed in range(12)])
    assert one.unrecorded.tolist() == one.ordinary.tolist()
    assert one.score(attacked(0, 99)).score > one.limit(0.01)


def test_training_twice_is_the_same() -> None:
    """Nothing is left to chance."""
    again = train(ordinary(60))
    assert again.ordinary.tolist() == MODEL.ordinary.tolist()
    assert again.score(attacked(0, 3)) == MODEL.score(attacked(0, 3))


def test_an_empty_trace_is_ordinary_and_a_short_one_has_a_score() -> None:
    """Neither makes an error; the empty ones of a folder teach nothing."""
    assert MODEL.score(numbers([])).share == 1
    assert np.isfinite(MODEL.score(numbers([5])).score)
    assert train([numbers([]), *ordinary(20)]).traces == 20


def test_too_few_traces_are_refused() -> None:
    """Five parts cannot be made of nine traces."""
    with pytest.raises(ValueError, match="9 traces"):
        train(ordinary(9))
