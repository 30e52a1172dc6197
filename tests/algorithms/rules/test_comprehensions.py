"""Promises of all, exists, exists_one, map and filter."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.language import Language
from periderm.model.errors import RuleError
from tests.algorithms.rules import oracle

LANGUAGE = Language(oracle.Facts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[].all(x, x == 1)", True), ("[].exists(x, x == 1)", False), ("[1, 1].exists_one(x, x == 1)", False),
        ("labels.exists(k, labels[k] == 'shop')", True), ("labels.map(k, labels[k]).size() == 2", True),
        ("sizes.filter(x, x > 1).map(x, x * x) == [4, 9]", True), ("sizes.all(count, count < 4) && count == 3", True),
        ("sizes.map(x, sizes.filter(y, y < x).size()) == [0, 1, 2]", True), ("dyn(sizes).exists(x, x == 3)", True),
        ("sizes.all(x, x > 1 || 1 / (x - 1) == 0) || true", True),
    ],
)  # fmt: skip
def test_they_go_over_every_element(text: str, told: bool) -> None:
    """Of lists, and the keys of maps; a variable hides a field of its name, inside only."""
    assert LANGUAGE.compile(text).holds(oracle.FACTS) is told


@pytest.mark.parametrize(
    "text",
    ["count.all(x, true)", "sizes.all(x, x)", "sizes.filter(x, 'a')", "sizes.map(x, 1, x) == []", "x && sizes.all(x, true)"],
)
def test_mistakes_are_told_on_load(text: str) -> None:
    """What is no list, a body that is no truth, and a variable outside of its macro."""
    with pytest.raises(RuleError):
        LANGUAGE.compile(text)


@pytest.mark.parametrize(
    "text", ["dyn(count).all(x, true)", "dyn(sizes).exists(x, dyn(x))", "sizes.filter(x, 1 / (x - 1) == 0).size() == 1"]
)
def test_mistakes_that_are_known_late(text: str) -> None:
    """An error, unless another element decides."""
    condition = LANGUAGE.compile(text)
    with pytest.raises(RuleError):
        condition.holds(oracle.FACTS)
