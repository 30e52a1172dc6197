"""Promises of calls: the overload is chosen on load where types are known, and when it runs where they are not."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.language import Language
from periderm.model.errors import RuleError
from tests.algorithms.rules import oracle

LANGUAGE = Language(oracle.Facts)


@pytest.mark.parametrize("value", ["name", "tags", "labels", "b'abc'"])
def test_what_is_known_late_is_chosen_late(value: str) -> None:
    """size() of a text, a list, a map, bytes."""
    assert LANGUAGE.compile(f"size(dyn({value})) == size({value})").holds(oracle.FACTS)


def test_a_late_mistake_has_its_place() -> None:
    """A number has no size."""
    with pytest.raises(RuleError, match=r"1:9: size\(\) does not take int"):
        LANGUAGE.compile("open && size(dyn(count)) == 1").holds(oracle.FACTS)


@pytest.mark.parametrize(
    ("text", "what"),
    [("size() == 1", "takes"), ("size(name, name) == 1", "takes"), ("name.size(1) == 1", "takes"), ("nope(1)", "no function"),
     ("name.matches(1)", "takes a text"), ("name.matches()", "takes a text"), ("count.matches('a')", "takes a text"),
     ("name.int() == 1", "is not called so"), ("vercmp('x', 'a', 'b') == 0", "does not know")],
)  # fmt: skip
def test_mistakes_are_told_on_load(text: str, what: str) -> None:
    """How many, of which type, and called in which way."""
    with pytest.raises(RuleError, match=what):
        LANGUAGE.compile(text)


def test_long_texts_cost_steps() -> None:
    """A function that reads a megabyte a thousand times is stopped."""
    big = oracle.Facts(name="a" * 1_000_000, sizes=tuple(range(1000)))
    condition = LANGUAGE.compile("sizes.all(x, !name.contains('b'))")
    with pytest.raises(RuleError, match="steps"):
        condition.holds(big)
