"""Promises of YAML with places: everything knows its line and column, and hostile files end in an error."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.policy_files import nodes
from periderm.model.errors import FormatError, RuleError


def test_everything_has_its_place() -> None:
    """Plain, quoted and block texts, lists, keys."""
    root = nodes.parse(b"a:\n  - one\n  - 'two'\nb: |\n    first\n    second\nc: {d: x}\n", "f")
    fields = root.fields("it", ("a", "b", "c"))
    assert [(n.text, n.line, n.column) for n in fields["a"].as_list("x")] == [("one", 2, 5), ("two", 3, 6)]
    block = fields["b"]
    assert (block.text, block.line, block.column, block.indent) == ("first\nsecond\n", 5, 5, 4)
    error = block.place().error(len("first\nse"), "Wrong.")
    assert (error.where, error.line, error.column) == ("f", 6, 7)
    assert fields["c"].fields("it", ("d",))["d"].column == 8


@pytest.mark.parametrize(
    ("data", "line", "column", "what"),
    [
        (b"a: 1\nb: 2\n", 2, 1, "has no 'b'"),
        (b"a: 1\na: 2\n", 2, 1, "twice"),
        (b"a: &x 1\nb: *x\n", 2, 4, "Aliases"),
        (b"[a]: 1\n", 1, 1, "name is expected"),
        (b"a: 1\n---\nb: 1\n", 2, 1, "more than one document"),
        (b"- a\n", 1, 1, "a mapping with"),
    ],
)
def test_mistakes_are_told_with_their_place(data: bytes, line: int, column: int, what: str) -> None:
    """What a person may have written otherwise than it should be."""
    with pytest.raises(RuleError, match=what) as caught:
        nodes.parse(data).fields("the file", ("a",))
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("data", [b"a: [", b"\xff", b"a: \x01", b"\t- a", b"a: b: c", b"%YAML 9.9\n---\n", b"a: 'x"])
def test_what_is_no_yaml_is_told(data: bytes) -> None:
    """With the line, where the parser knows it."""
    with pytest.raises(FormatError, match="no YAML"):
        nodes.parse(data, "f")


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b"{a: " * 90_000, b"- " * 60_000, b"a: x\n" + b"# " * 600_000, b"[" + b"1," * 60_000 + b"]"]
)
def test_hostile_files_are_refused(data: bytes) -> None:
    """Deep, wide, large: an error, never a crash."""
    with pytest.raises((FormatError, RuleError)):
        nodes.parse(data)


def test_aliases_do_not_multiply() -> None:
    """Billions of laughs begin with an alias, and end there."""
    with pytest.raises(RuleError, match="Aliases"):
        nodes.parse(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=60), st.text("ab:- []{}#'\"|>&*\n\t!?%", max_size=40).map(str.encode)))
def test_any_bytes_are_a_tree_or_an_error(data: bytes) -> None:
    """No other way out."""
    with contextlib.suppress(FormatError, RuleError):
        assert isinstance(nodes.parse(data), nodes.Node)


def test_an_empty_file_is_an_empty_mapping() -> None:
    """Comments only, or nothing."""
    for data in (b"", b"# nothing\n", b"---\n"):
        assert nodes.parse(data).fields("the file", ("a",)) == {}


def test_texts_are_asked_for_by_what_they_are() -> None:
    """A single text is a list of one where a list is meant; a missing value is told."""
    root = nodes.parse(b"a: x\nb: [x, y]\nc:\nd: {e: 1}\n").fields("it", ("a", "b", "c", "d"), ("a",))
    assert root["a"].texts("names") == ("x",)
    assert root["b"].texts("names") == ("x", "y")
    for name in ("c", "d"):
        with pytest.raises(RuleError):
            root[name].as_text("a name")
    with pytest.raises(RuleError, match="needs 'z'"):
        root["d"].fields("it", ("e", "z"), ("z",))
    with pytest.raises(RuleError, match="longer"):
        root["a"].as_text("a name", 0)
