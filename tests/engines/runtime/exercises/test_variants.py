"""Exercises of variants: where they stand in the whole."""

from __future__ import annotations

import re

from periderm.engines.runtime.exercises import EXERCISES, variants


def test_all_are_in_the_whole_in_their_order() -> None:
    """What is written here is done."""
    ours = [e.id for e in variants.EXERCISES]
    assert ours
    assert [e.id for e in EXERCISES if e.id in set(ours)] == ours


def test_none_shares_a_program_or_file_with_another() -> None:
    """What one exercise did is not why another one is not told: each brings a program of its own."""
    names = [word for e in variants.EXERCISES for word in set(re.findall(r"/opt/e[0-9a-zA-Z-]+", e.script))]
    assert sorted(set(names)) == sorted(names)
