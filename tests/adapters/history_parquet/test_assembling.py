"""Rows of several sources as one batch."""

from __future__ import annotations

import numpy as np
import pytest

from periderm.adapters.history_parquet import assembling
from periderm.adapters.history_parquet.assembling import Assembler
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import batch
from tests.past import OTHER, SUBJECTS, events


def test_equal_strings_and_subjects_have_one_number() -> None:
    """Whichever log they come of."""
    one = batch({"text": "a", "subject": 2}, {"text": "b", "subject": 0}, subjects=SUBJECTS)
    two = batch({"text": "b", "subject": 1, "at": 1}, subjects=(NODE, OTHER))
    assembler = Assembler(NODE)
    made = assembler.batch([assembler.logged(one, np.arange(2)), assembler.logged(two, np.arange(1))])
    assert events([made]) == events([one, two])
    assert made.rows["text"][1] == made.rows["text"][2]
    assert made.rows["subject"].tolist() == [1, 0, 1]


def test_a_table_that_is_full_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a generation of its own, and what was given before stays as it is."""
    monkeypatch.setattr(assembling, "MOST_CHARACTERS", 100)
    assembler = Assembler(NODE)
    source = [batch({"text": "x" * 80 + str(i), "subject": 1}, subjects=(NODE, CONTAINER)) for i in range(3)]
    made = [assembler.batch([assembler.logged(each, np.arange(1))]) for each in source]
    assert len({each.generation for each in made}) == 3
    assert events(made) == events(source)
    assert len(made[2].strings) == 2


def test_nothing_is_a_batch_too() -> None:
    """Of no rows."""
    assert len(Assembler(NODE).batch([])) == 0
