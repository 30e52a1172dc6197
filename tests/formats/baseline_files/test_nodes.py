"""Places in plain data."""

from __future__ import annotations

import pytest

from periderm.formats.baseline_files.nodes import Node
from periderm.model.baseline import Verdict
from periderm.model.errors import FormatError


def test_what_is_not_there_is_empty() -> None:
    """And needs no special care."""
    node = Node({}, "x")
    assert (node.text("a"), node.number("a"), node.time("a"), node.list("a"), node.nodes("a"), node.texts("a")) == (
        "",
        0,
        0,
        [],
        [],
        {},
    )


def test_values() -> None:
    """Each in its form."""
    node = Node({"n": "7", "t": "2026-11-22T08:00:00Z", "v": "accept", "l": ["a"], "m": {"k": "v"}}, "x")
    assert node.number("n") == 7
    assert node.time("t") == 1_795_334_400
    assert node.word(node.text("v"), Verdict) is Verdict.ACCEPT
    assert node.list("l") == ["a"]
    assert node.texts("m") == {"k": "v"}
    assert node.pairs([["2", "1"], ["1", "5"]]) == ((1, 5), (2, 1))


def test_what_is_no_text_names_its_place() -> None:
    """So that a person finds it."""
    with pytest.raises(FormatError) as caught:
        Node({"a": {"b": ["x", {}]}}, "file").node("a").list("b")
    assert caught.value.where == "file a"
