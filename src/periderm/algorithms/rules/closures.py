"""What a built condition runs: one function for each operation, made for the types that are known. Checks nothing on load.

Source: cel-spec, doc/langdef.md, Logical Operators and Equality and Ordering.
"""

from __future__ import annotations

from typing import Any

from periderm.algorithms.rules.kinds import STRING, a, equal, type_of
from periderm.algorithms.rules.operations import COMPARISONS, arithmetic, compare, within
from periderm.algorithms.rules.parts import Built
from periderm.algorithms.rules.places import shown
from periderm.algorithms.rules.running import Fault, Run, Running, Spot
from periderm.model.errors import RuleError


def getter(name: str) -> Run:
    """A field of the facts."""
    return lambda running: getattr(running.facts, name)


def surely(run: Run, spot: Spot, what: str) -> Run:
    """True or false, or an error."""

    def truth(running: Running) -> bool:
        value: object = run(running)
        if isinstance(value, bool):
            return value
        raise spot.place.error(spot.at, f"{what} must be true or false, and this is {type_of(value)}.")

    return truth


def logic(runs: tuple[Run, ...], decides: bool) -> Run:
    """CEL's && and ||: an operand that decides does so even if another one fails, whichever comes first."""

    def logic(running: Running) -> bool:
        failed: RuleError | None = None
        for run in runs:
            try:
                value: bool = run(running)
                if value is decides:
                    return decides
            except RuleError as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return not decides

    return logic


def equality(left: Built, right: Built, negated: bool) -> Run:
    """`left == right`, or not."""
    one, two = left.run, right.run
    plain = left.type == right.type and left.type.name in ("string", "int", "bool", "bytes")
    if plain and right.constant:
        value = right.value
        return (lambda running: one(running) != value) if negated else (lambda running: one(running) == value)
    if plain:
        return (lambda running: one(running) != two(running)) if negated else (lambda running: one(running) == two(running))
    return (
        (lambda running: not equal(one(running), two(running)))
        if negated
        else (lambda running: equal(one(running), two(running)))
    )


def comparison(sign: str, left: Built, right: Built, spot: Spot) -> Run:
    """`left < right` and the like."""
    one, two = left.run, right.run
    if "dyn" not in (left.type.name, right.type.name):
        does = COMPARISONS[sign]
        if right.constant:
            value = right.value
            return lambda running: does(one(running), value)
        return lambda running: does(one(running), two(running))  # both are evaluated before they are compared

    def late(running: Running) -> bool:
        try:
            return compare(sign, one(running), two(running))
        except Fault as fault:
            raise spot.place.error(spot.at, str(fault)) from None

    return late


def calculation(sign: str, one: Run, two: Run, spot: Spot) -> Run:
    """`one + two` and the like, which costs what it makes."""

    def calculate(running: Running) -> Any:
        try:
            result = arithmetic(sign, one(running), two(running))
        except Fault as fault:
            raise spot.place.error(spot.at, str(fault)) from None
        spot.spend_on(running, result)
        return result

    return calculate


def inclusion(left: Built, right: Built, spot: Spot) -> Run:
    """`left in right`."""
    one, two = left.run, right.run
    if right.constant and isinstance(right.value, list) and left.type == STRING:
        known = frozenset(v for v in right.value if isinstance(v, str))
        return lambda running: one(running) in known

    def inside(running: Running) -> bool:
        whole = two(running)
        spot.spend_on(running, whole)
        try:
            return within(one(running), whole)
        except Fault as fault:
            raise spot.place.error(spot.at, str(fault)) from None

    return inside


def as_map(value: Any, spot: Spot) -> dict[Any, Any]:
    """The value, which must be a map."""
    if not isinstance(value, dict):
        raise spot.place.error(spot.at, f"{a(type_of(value)).capitalize()} has no fields.")
    return value


def entry(value: Any, name: str, spot: Spot) -> Any:
    """A value of a map by its name."""
    known = as_map(value, spot)
    if name not in known:
        raise spot.place.error(spot.at, f"The map has no '{shown(name)}'.")
    return known[name]
