"""Calls of functions in a condition: which overload, checked when the rule is loaded, and again when it runs only where the
types are known no sooner. Holds no functions: they are in `functions`."""

from __future__ import annotations

from typing import Any

from periderm.algorithms.rules import functions, regex, syntax
from periderm.algorithms.rules.functions import Function
from periderm.algorithms.rules.kinds import BOOL, DYN, STRING, Uint, fits, type_of
from periderm.algorithms.rules.parts import Building, Built
from periderm.algorithms.rules.places import nearest, shown
from periderm.algorithms.rules.running import Fault, Run, Running, Spot


def literal(node: syntax.Literal) -> Any:
    """The value that a literal stands for."""
    return Uint(node.value) if node.kind == "uint" else node.value


def build(builder: Building, node: syntax.Call) -> Built:
    """The call as a part that runs. Raises RuleError for an unknown function and for arguments that it does not take."""
    name, style = node.name, "f" if node.target is None else "m"
    overloads = [f for f in functions.FUNCTIONS if f.name == name]
    if not overloads and name != "matches":
        step = nearest(name, functions.NAMES)
        raise builder.error(node, f"There is no function '{shown(name)}'.", step)
    parts = [builder.build(n) for n in ((node.target,) if node.target else ()) + node.arguments]
    if name == "matches":
        return _matches(builder, node, parts)
    of_style = [f for f in overloads if style in f.style]
    if not of_style:
        form = f"x.{name}(…)" if style == "f" else f"{name}(x)"
        raise builder.error(node, f"{name}() is not called so.", f"Write {form}.")
    fitting = [f for f in of_style if len(f.takes) == len(parts) and all(map(fits, (p.type for p in parts), f.takes))]
    if not fitting:
        given = ", ".join(str(p.type) for p in parts)
        takes = " or ".join("(" + ", ".join(map(str, f.takes)) + ")" for f in of_style)
        raise builder.error(node, f"{name}() takes {takes}, and here it is given ({given}).")
    _words(builder, node, fitting[0], parts)
    kind = fitting[0].gives if all(f.gives == fitting[0].gives for f in fitting) else DYN
    surely = len(fitting) == 1 and all(p.type.name != "dyn" for p in parts)
    return Built(kind, _run(tuple(fitting), tuple(p.run for p in parts), surely, Spot(builder.place, node.at)))


def _words(builder: Building, node: syntax.Call, function: Function, parts: list[Built]) -> None:
    first = parts[0] if parts else None
    if function.words and first is not None and first.constant and first.value not in function.words:
        word = shown(str(first.value))
        raise builder.error(node, f"{function.name}() does not know '{word}'.", nearest(word, function.words))


def _run(overloads: tuple[Function, ...], runs: tuple[Run, ...], surely: bool, spot: Spot) -> Run:
    first = overloads[0]

    def call(running: Running) -> Any:
        values = [run(running) for run in runs]
        for value in values:
            spot.spend_on(running, value)
        does = first if surely else _chosen(overloads, values)
        try:
            if does is None:
                raise Fault(f"{first.name}() does not take {', '.join(map(type_of, values))}.")
            result = does.run(*values)
        except Fault as fault:
            raise spot.place.error(spot.at, str(fault)) from None
        if not isinstance(result, bool | int | float):
            spot.spend_on(running, spot.check(result))
        return result

    return call


def _chosen(overloads: tuple[Function, ...], values: list[Any]) -> Function | None:
    kinds = [type_of(v) for v in values]
    return next((f for f in overloads if all(t.name in (k, "dyn") for k, t in zip(kinds, f.takes, strict=True))), None)


def _matches(builder: Building, node: syntax.Call, parts: list[Built]) -> Built:
    """`text.matches('…')`: the expression must be written out, so that it is compiled when the rule is loaded."""
    if len(parts) != 2 or parts[0].type.name not in ("string", "dyn") or parts[1].type != STRING:
        raise builder.error(node, "matches() takes a text and a regular expression: text.matches('…').")
    if not parts[1].constant:
        raise builder.error(node, "The regular expression must be written out.", "A field or a calculation is not taken.")
    try:
        search = regex.searcher(parts[1].value)
    except ValueError as error:
        raise builder.error(node, f"The regular expression is refused: {shown(str(error))}.") from None
    run, spot = parts[0].run, Spot(builder.place, node.at)

    def match(running: Running) -> bool:
        text = run(running)
        if not isinstance(text, str):
            raise spot.place.error(spot.at, f"matches() does not take {type_of(text)}.")
        spot.spend_on(running, text)
        return search(text)

    return Built(BOOL, match)
