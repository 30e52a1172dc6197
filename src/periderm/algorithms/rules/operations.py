"""What CEL's signs do to values. Source: cel-spec, doc/langdef.md, Numeric Values and Overflow. Knows no names.

Integers are 64 bits, and what does not fit is an error; division cuts towards zero; there is no arithmetic between
different kinds of numbers, but they compare.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from periderm.algorithms.rules.kinds import ORDERED, Uint, equal, ordered, type_of
from periderm.algorithms.rules.running import LARGEST_TEXT, LONGEST_LIST, Fault
from periderm.algorithms.rules.tokens import INT_MAX, INT_MIN, UINT_MAX

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# sign -> names of the types that it takes on both sides
ARITHMETIC: dict[str, tuple[str, ...]] = {
    "+": ("int", "uint", "double", "string", "bytes", "list"),
    "-": ("int", "uint", "double"),
    "*": ("int", "uint", "double"),
    "/": ("int", "uint", "double"),
    "%": ("int", "uint"),
}


def compare(sign: str, a: Any, b: Any) -> bool:
    """Order of two values whose types are known only now. Raises Fault."""
    if not ordered(a, b):
        raise Fault(f"'{sign}' does not compare {type_of(a)} with {type_of(b)}.")
    return COMPARISONS[sign](a, b)


def fit(value: int, unsigned: bool) -> int:
    """The number, if it fits 64 bits. Raises Fault."""
    if unsigned:
        if not 0 <= value <= UINT_MAX:
            raise Fault("The result does not fit an unsigned 64-bit number.")
        return Uint(value)
    if not INT_MIN <= value <= INT_MAX:
        raise Fault("The result does not fit 64 bits.")
    return value


def arithmetic(sign: str, a: Any, b: Any) -> Any:
    """`a sign b`. Raises Fault for types that do not go together, for overflow and division by zero."""
    left, right = type_of(a), type_of(b)
    if left != right or left not in ARITHMETIC[sign]:
        raise Fault(f"'{sign}' does not take {left} and {right}.")
    if left == "double":
        return _double(sign, a, b)
    if left in ("int", "uint"):
        return fit(_integer(sign, int(a), int(b)), left == "uint")
    if len(a) + len(b) > (LONGEST_LIST if left == "list" else LARGEST_TEXT):
        raise Fault("The result is too long.")
    return [*a, *b] if left == "list" else a + b


def _integer(sign: str, a: int, b: int) -> int:
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if b == 0:
        raise Fault("Division by zero.")
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient if sign == "/" else a - b * quotient


def _double(sign: str, a: float, b: float) -> float:
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


def negate(value: Any) -> Any:
    """`-value`. Raises Fault."""
    kind = type_of(value)
    if kind not in ("int", "double"):
        raise Fault(f"'-' does not take {kind}.")
    return -value if kind == "double" else fit(-value, unsigned=False)


def within(item: Any, whole: Any) -> bool:
    """`item in whole`: an element of a list, a key of a map. Raises Fault."""
    if isinstance(whole, list | tuple):
        return any(equal(item, each) for each in whole)
    if isinstance(whole, dict):
        return any(equal(item, each) for each in whole) if not isinstance(item, str) else item in whole
    raise Fault(f"'in' does not look into {type_of(whole)}.")


def at_index(whole: Any, index: Any) -> Any:
    """`whole[index]`. Raises Fault for what is not there."""
    kind = type_of(index)
    if isinstance(whole, list | tuple):
        if kind not in ("int", "uint") and not (kind == "double" and float(index).is_integer()):
            raise Fault(f"A list has no place {kind}.")
        if not 0 <= index < len(whole):
            raise Fault(f"The list has {len(whole)} elements, and none at {int(index)}.")
        return whole[int(index)]
    if isinstance(whole, dict):
        for key, value in whole.items():
            if equal(key, index):
                return value
        raise Fault("The map has no such key.")
    raise Fault(f"{type_of(whole)} has no '[…]'.")


def is_key(value: Any) -> bool:
    """Whether a map may have it as a key."""
    return type_of(value) in ORDERED - {"double", "bytes"}
