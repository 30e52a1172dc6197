"""Random CEL expressions, and another implementation (the Rust library) that says what they give."""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec

from periderm.algorithms.rules.kinds import type_of


class Facts(msgspec.Struct, frozen=True):
    """One field of each type."""

    count: int = 3
    rate: float = 1.5
    name: str = "openssl"
    open: bool = True
    tags: tuple[str, ...] = ("a", "base", "")
    sizes: tuple[int, ...] = (1, 2, 3)
    labels: dict[str, str] = msgspec.field(default_factory=lambda: {"app": "shop", "tier": ""})


FACTS = Facts()
VALUES: dict[str, Any] = {k: list(v) if isinstance(v, tuple) else v for k, v in msgspec.structs.asdict(FACTS).items()}


def number(chance: random.Random, depth: int) -> str:
    """An expression of type int."""
    leaf = ["count", "0", "1", "2", "7", "-3", "size(name)", "sizes.size()", "sizes[0]", "sizes[5]", "9223372036854775807"]
    if depth <= 0 or chance.random() < 0.4:
        return chance.choice(leaf)
    a, b = number(chance, depth - 1), number(chance, depth - 1)
    return chance.choice(
        [f"({a} {chance.choice('+-*/%')} {b})", f"({truth(chance, depth - 1)} ? {a} : {b})", f"int({double(chance, 0)})"]
    )


def double(chance: random.Random, depth: int) -> str:
    """An expression of type double."""
    if depth <= 0 or chance.random() < 0.5:
        return chance.choice(["rate", "0.5", "2.0", "-1.25", "1e3", "double(count)"])
    return f"({double(chance, depth - 1)} {chance.choice('+-*/')} {double(chance, depth - 1)})"


def text(chance: random.Random, depth: int) -> str:
    """An expression of type string."""
    if depth <= 0 or chance.random() < 0.5:
        return chance.choice(
            ["name", "'openssl'", '"a"', "''", "tags[1]", "labels['app']", "labels.app", "labels.none", "r'\\d'"]
        )
    return chance.choice([f"({text(chance, depth - 1)} + {text(chance, depth - 1)})", f"string({number(chance, depth - 1)})"])


def truth(chance: random.Random, depth: int) -> str:
    """An expression of type bool."""
    if depth <= 0:
        return chance.choice(["true", "false", "open", "'app' in labels", "name == 'openssl'", "2 in sizes", "has(labels.app)"])
    d = depth - 1
    compare, logic = chance.choice(["==", "!=", "<", "<=", ">", ">="]), chance.choice(["&&", "||"])
    return chance.choice(
        [
            lambda: f"({truth(chance, d)} {logic} {truth(chance, d)})",
            lambda: f"({truth(chance, d)} {logic} {number(chance, d)} == {number(chance, d)})",
            lambda: f"!({truth(chance, d)})",
            lambda: f"{number(chance, d)} {compare} {number(chance, d)}",
            lambda: f"{double(chance, d)} {compare} {double(chance, d)}",
            lambda: f"{text(chance, d)} {compare} {text(chance, d)}",
            lambda: f"{text(chance, d)}.{chance.choice(['contains', 'startsWith', 'endsWith'])}({text(chance, d)})",
            lambda: f"sizes.{chance.choice(['all', 'exists', 'exists_one'])}(x, x {compare} {number(chance, d)})",
            lambda: f"tags.filter(t, t {compare} {text(chance, 0)}).size() {compare} {number(chance, 0)}",
            lambda: f"{number(chance, d)} in sizes.map(x, x {chance.choice('+*')} {number(chance, 0)})",
            lambda: f"{text(chance, 0)} in {chance.choice(['tags', 'labels', '[name, name]'])}",
        ]
    )()


def told(expression: str) -> Any:
    """What the Rust library gives: a value, or an Exception."""
    import cel

    try:
        return cel.evaluate(expression, VALUES)
    except Exception as error:  # noqa: BLE001 -- whatever it raises is its answer
        return error


def same(mine: Any, other: Any) -> bool:
    """Whether two answers are the same value of the same type, or both errors."""
    if isinstance(mine, Exception) or isinstance(other, Exception):
        return isinstance(mine, Exception) and isinstance(other, Exception)
    return type_of(mine) == type_of(other) and (mine == other or (isinstance(mine, float) and math.isnan(mine)))
