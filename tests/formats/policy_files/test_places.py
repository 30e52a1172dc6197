"""Where a node stands, for the rule language."""

from __future__ import annotations

import pytest

from periderm.formats.policy_files.nodes import parse
from periderm.formats.policy_files.places import node_place, text_place
from periderm.model.errors import RuleError


def test_places() -> None:
    """Line and column of the value; an empty one is an error at that place."""
    fields = parse(b"a: b\nc: ''\n", "f.yaml").fields("x", ("a", "c"))
    assert (text_place(fields["a"], "a word").line, text_place(fields["a"], "a word").column) == (1, 4)
    assert node_place(fields["a"], "other").text == "other"
    with pytest.raises(RuleError, match=r"f\.yaml:2:5: Here a word is expected"):
        text_place(fields["c"], "a word")
