"""What an evaluation carries: the facts, the variables of comprehensions, and how much it may still cost. Knows no syntax.

Bounded: 100,000 steps (an element of a comprehension, or 256 characters that a function reads), texts of 1 MiB, lists of
100,000 elements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from periderm.algorithms.rules.places import Place

STEPS = 100_000
LARGEST_TEXT = 1 << 20
LONGEST_LIST = 100_000
_CHARACTERS = 256


class Running:
    """One evaluation."""

    __slots__ = ("facts", "left", "slots")

    def __init__(self, facts: Any, slots: int) -> None:
        self.facts = facts
        self.slots: list[Any] = [None] * slots
        self.left = STEPS


Run = Callable[[Running], Any]


class Fault(Exception):
    """What a function cannot do. Never leaves this folder: whoever called it makes a RuleError of it, with the place."""


class Spot:
    """A place in a rule at which something may go wrong while it runs."""

    __slots__ = ("at", "place")

    def __init__(self, place: Place, at: int) -> None:
        self.place, self.at = place, at

    def spend(self, running: Running, steps: int = 1) -> None:
        """Take from what the evaluation may cost. Raises RuleError when nothing is left."""
        running.left -= steps
        if running.left < 0:
            raise self.place.error(self.at, f"The condition needs more than {STEPS} steps.", "Ask less of each finding.")

    def spend_on(self, running: Running, value: object) -> None:
        """Take for reading a value."""
        if isinstance(value, str | bytes | list | tuple):
            self.spend(running, 1 + len(value) // _CHARACTERS)

    def check(self, value: Any) -> Any:
        """The value, if it is not too large to be one. Raises RuleError."""
        if isinstance(value, str | bytes) and len(value) > LARGEST_TEXT:
            raise self.place.error(self.at, f"The text is longer than {LARGEST_TEXT} characters.")
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise self.place.error(self.at, f"The list is longer than {LONGEST_LIST} elements.")
        return value
