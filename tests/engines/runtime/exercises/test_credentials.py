"""Exercises of credentials: where they stand in the whole."""

from __future__ import annotations

from periderm.engines.runtime.exercises import EXERCISES, credentials


def test_all_are_in_the_whole_in_their_order() -> None:
    """What is written here is done."""
    ours = [e.id for e in credentials.EXERCISES]
    assert ours
    assert [e.id for e in EXERCISES if e.id in set(ours)] == ours
