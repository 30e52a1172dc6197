"""Falco's conditions: operators, brackets, quotes, transformers; what is wrong is said."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.falco_rules.grammar import Compare, Field, Joined, Named, Negated, parse
from periderm.model.errors import FormatError

A, B, C = Named("a"), Named("b"), Named("c")
CASES = [
    ("a and b or c", Joined("or", (Joined("and", (A, B)), C))),
    ("a and (b or c)", Joined("and", (A, Joined("or", (B, C))))),
    ("not a and not not b", Joined("and", (Negated(A), Negated(Negated(B))))),
    ("proc.name=cat", Compare(field=Field(name="proc.name"), sign="=", values=("cat",))),
    ('proc.name != "a b"', Compare(field=Field(name="proc.name"), sign="!=", values=("a b",))),
    (r"proc.name = 'it\'s'", Compare(field=Field(name="proc.name"), sign="=", values=("it's",))),
    ("fd.name in (/a, '/b c', (x))", None),
    ("fd.name in (/a, '/b,c',d)", Compare(field=Field(name="fd.name"), sign="in", values=("/a", "/b,c", "d"))),
    ("proc.aname[2]=sh", Compare(field=Field(name="proc.aname", argument="2"), sign="=", values=("sh",))),
    ("k8s.ns.name exists", Compare(field=Field(name="k8s.ns.name"), sign="exists")),
    (
        "tolower(basename(proc.exepath)) = sh",
        Compare(field=Field(name="proc.exepath", through=("basename", "tolower")), sign="=", values=("sh",)),
    ),
    (
        "proc.name = val(proc.pname)",
        Compare(field=Field(name="proc.name"), sign="=", other=Field(name="proc.pname")),
    ),
    ("fd.name startswith /etc and a", None),
    ("evt.dir = <", Compare(field=Field(name="evt.dir"), sign="=", values=("<",))),
]


@pytest.mark.parametrize(("text", "expected"), [(t, e) for t, e in CASES if e is not None])
def test_conditions(text: str, expected: object) -> None:
    """As the documentation says them."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a and",
        "(a",
        "a)",
        "proc.name",
        "proc.name =",
        "proc.name = )",
        "a b",
        "'a'",
        "fd.name in (a",
        "and a",
        "tolower(a) = b",
    ],
)
def test_what_is_wrong_is_said(text: str) -> None:
    """In one sentence, with the file."""
    with pytest.raises(FormatError, match="the condition"):
        parse(text, "f.yaml")


def test_bounds() -> None:
    """Deep nesting and endless text end in an error."""
    for text in ("(" * 500 + "a" + ")" * 500, "not " * 500 + "a", "a or " * 10_000 + "a", "tolower(" * 500 + "a.b"):
        with pytest.raises(FormatError):
            parse(text)


@given(st.text(alphabet="ab.(),=<>!'\"\\ []ndotri", max_size=60))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    """Nothing else."""
    with contextlib.suppress(FormatError):
        parse(text)
