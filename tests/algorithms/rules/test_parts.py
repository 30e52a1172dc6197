"""Promises of parts: a constant is always the same, whatever the facts are."""

from __future__ import annotations

from periderm.algorithms.rules.kinds import INT
from periderm.algorithms.rules.parts import constant
from periderm.algorithms.rules.running import Running


def test_a_constant_runs_to_itself() -> None:
    """And says that it is one."""
    part = constant(INT, 7)
    assert (part.run(Running(None, 0)), part.constant, part.value, part.field) == (7, True, 7, "")
