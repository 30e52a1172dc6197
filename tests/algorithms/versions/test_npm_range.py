"""Promises of npm's ranges: node-semver is asked about thousands of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.versions import npm_range
from tests.algorithms.versions import native

OPERATORS = ("", "", "^", "~", ">", ">=", "<", "<=", "=", "^ ", ">= ", "~ ", "~>")
TAGS = ("-0", "-alpha", "-beta.2", "-rc.1", "+b")


def a_version(chance: random.Random) -> str:
    """One that is valid."""
    numbers = ".".join(str(chance.choice([0, 0, 1, 2, 3, 10])) for _ in range(3))
    return numbers + chance.choice(["", "", "", *TAGS])


def a_partial(chance: random.Random) -> str:
    """One to three numbers or 'x', perhaps with a sign before and a tag behind."""
    count = chance.choice([1, 2, 3, 3, 3])
    text = ".".join(chance.choice("0123xX*" if chance.random() < 0.35 else "0123") for _ in range(count))
    if count == 3 and chance.random() < 0.3:
        text += chance.choice(TAGS)
    return chance.choice(["v", "=", "", "", "", "", ""]) + text


def a_range(chance: random.Random) -> str:
    """One or two alternatives of comparators or a hyphen."""
    out = []
    for _ in range(chance.choice([1, 1, 1, 2])):
        if chance.random() < 0.15:
            out.append(f"{a_partial(chance)} - {a_partial(chance)}")
        else:
            out.append(" ".join(chance.choice(OPERATORS) + a_partial(chance) for _ in range(chance.choice([1, 1, 2, 0]))))
    return chance.choice([" || ", "||"]).join(out)


def test_node_agrees() -> None:
    """Every answer, with pre-releases and without, and what is no range at all."""
    chance = random.Random(11)
    questions = [(a_version(chance), a_range(chance)) for _ in range(6000)]
    told = native.npm_ranges(questions)
    assert sum(answer is None for answer in told) > 100
    assert sum(bool(answer and answer[0]) for answer in told) > 500
    mine = [
        (npm_range.satisfies(v, r), npm_range.satisfies(v, r, include_prerelease=True)) if npm_range.valid(r) else None
        for v, r in questions
    ]
    assert [(q, a, b) for q, a, b in zip(questions, told, mine, strict=True) if a != b] == []


@pytest.mark.parametrize(
    ("version", "text", "told"),
    [
        ("1.2.3", "^1.2.0", True), ("0.2.3", "^0.1.0", False), ("1.3.0", "~1.2", False), ("2.0.0-rc.1", "^1.0.0", False),
        ("2.0.0-rc.1", ">=2.0.0-beta <3", True), ("2.0.1-rc.1", ">=2.0.0-beta", False), ("1.5.0", "1.2 - 1.4", False),
        ("5.0.0", "*", True), ("1.0.0", "nonsense", False), ("nonsense", "*", False), ("1.0.0", "", True),
    ],
)  # fmt: skip
def test_by_hand(version: str, text: str, told: bool) -> None:
    """The README's own cases."""
    assert npm_range.satisfies(version, text) is told


@settings(max_examples=150)
@given(st.text("0123456789.x*^~<>=|- vrc+", max_size=30), st.text(max_size=12))
def test_any_text_has_an_answer(text: str, version: str) -> None:
    """Lock files are hostile: no error, and what is no range takes nothing."""
    assert npm_range.satisfies(version, text) in (True, False)
    if not npm_range.valid(text):
        assert not npm_range.satisfies("1.0.0", text)


def test_ranges_are_bounded() -> None:
    """A range longer than the limit is none."""
    assert not npm_range.valid(">=1.0.0 " * 500)
    assert not npm_range.satisfies("1.0.0", "1" * 100_000)
    assert not npm_range.valid("9" * 400)
