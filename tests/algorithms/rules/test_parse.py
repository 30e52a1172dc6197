"""Promises of the grammar: precedence and association as CEL has them."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.parse import parse
from periderm.algorithms.rules.places import Place
from periderm.model.errors import RuleError


def shape(node: syntax.Node) -> str:  # noqa: PLR0911 -- one return for each kind of node
    """The expression with all its brackets."""
    match node:
        case syntax.Literal():
            return repr(node.value)
        case syntax.Name():
            return node.name
        case syntax.Logic():
            return "(" + f" {node.sign} ".join(map(shape, node.operands)) + ")"
        case syntax.Operation():
            return f"({shape(node.left)} {node.sign} {shape(node.right)})"
        case syntax.Unary():
            return f"({node.sign}{shape(node.operand)})"
        case syntax.Choice():
            return f"({shape(node.condition)} ? {shape(node.yes)} : {shape(node.no)})"
        case syntax.Select():
            return f"{'has ' if node.test else ''}{shape(node.operand)}.{node.field}"
        case syntax.Index():
            return f"{shape(node.operand)}[{shape(node.index)}]"
        case syntax.Call():
            inner = ", ".join(map(shape, node.arguments))
            return f"{shape(node.target) + '.' if node.target else ''}{node.name}({inner})"
        case syntax.Comprehension():
            return f"{node.macro}<{node.variable}>({shape(node.operand)}, {shape(node.first)})"
        case syntax.Items():
            return "[" + ", ".join(map(shape, node.items)) + "]"
        case _:
            return type(node).__name__


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a || b && c", "(a || (b && c))"),
        ("a && b || c && d", "((a && b) || (c && d))"),
        ("a || b || c", "(a || b || c)"),
        ("a == b < c", "((a == b) < c)"),
        ("a - b - c", "((a - b) - c)"),
        ("a + b * c", "(a + (b * c))"),
        ("!!a", "(!(!a))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("-a.b", "(-a.b)"),
        ("!a in b", "((!a) in b)"),
        ("-1 + -a", "(-1 + (-a))"),
        ("a.b.c[0].d(1, 2)", "a.b.c[0].d(1, 2)"),
        ("has(a.b)", "has a.b"),
        ("a.all(x, x > 1)", "all<x>(a, (x > 1))"),
        ("[1, 2,]", "[1, 2]"),
        (".a", "a"),
        ("- -1", "(--1)"),
        ("package == 'x'", "(package == 'x')"),
        ("f(a)(b)", ""),
    ],
)
def test_what_binds_tighter(text: str, told: str) -> None:
    """The table of cel-spec; an empty expectation is an error."""
    if told:
        assert shape(parse(Place(text))) == told
    else:
        with pytest.raises(RuleError):
            parse(Place(text))


@pytest.mark.parametrize(
    "text", ["a b", "a ||", "a ? b", "[1", "{a}", "a.1", "has(a)", "a.all(1, true)", "in", "a.", "true()", "f(,)", "a[]"]
)
def test_wrong_words_are_told(text: str) -> None:
    """Each with its place in the line."""
    with pytest.raises(RuleError) as caught:
        parse(Place(text))
    assert caught.value.column >= 1
