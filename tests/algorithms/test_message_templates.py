"""Templates of messages: what they write, what they refuse, and that they cost no more than what they write."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.message_templates import LONGEST_TEMPLATE, LONGEST_TEXT, read
from periderm.model.errors import UsageError

NAMES = {"": frozenset({"title", "owner"}), "notices": frozenset({"title", "facts"}), "facts": frozenset({"label"})}
VALUES = {
    "title": "A <b>\nand more",
    "owner": "",
    "notices": [{"title": "one", "facts": [{"label": "x"}, {"label": "y"}]}, {"title": "{{owner}}", "facts": []}],
}


def fill(text: str) -> str:
    """The text of a template with the values above."""
    return read(text, NAMES).fill(VALUES)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain { text } }}", "plain { text } }}"),
        ("{{title}}", "A <b>\nand more"),
        ("{{title|line|short:6|upper}}", "A <B>…"),
        ("{{title|lower|line}}", "a <b> and more"),
        ("{{#notices}}{{title}}:{{#facts}}{{label}},{{/facts}};{{/notices}}", "one:x,y,;{{owner}}:;"),
        ("{{?owner}}by {{owner}}{{/owner}}{{^owner}}nobody{{/owner}}", "nobody"),
        ("{{#notices}}{{?facts}}{{facts}}{{/facts}}{{/notices}}", "2"),
    ],
)
def test_a_template_writes(template: str, text: str) -> None:
    """Values are put in as they are and never read again."""
    assert fill(template) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{nobody}}", "names nothing"),
        ("{{title.__class__}}", "is not understood"),
        ("{{ title }}", "is not understood"),
        ("{{title|eval}}", "has no filter"),
        ("{{title|short}}", "has no filter"),
        ("{{title|short:1}}", "has no filter"),
        ("{{label}}", "names nothing"),
        ("{{#title}}x{{/title}}", "names nothing"),
        ("{{#notices}}", "is missing"),
        ("{{/notices}}", "closes what was not opened"),
        ("{{#notices}}{{/facts}}", "closes what was not opened"),
        ("\n\n  {{what}}", "line 3, column 3"),
        ("{{#notices}}{{#facts}}{{?label}}{{?label}}{{/label}}{{/label}}{{/facts}}{{/notices}}", "nested too deep"),
        ("x" * (LONGEST_TEMPLATE + 1), "characters"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(template: str, why: str) -> None:
    """When it is written, not when an incident happens."""
    with pytest.raises(UsageError, match=why):
        read(template, NAMES)


def test_what_it_writes_is_bounded() -> None:
    """However often a block is walked."""
    template = read("{{#notices}}" + "{{title}}" * 100 + "{{/notices}}", NAMES)
    text = template.fill({"notices": [{"title": "x" * 1000, "facts": []}] * 1000})
    assert len(text) == LONGEST_TEXT
    assert text.endswith("…")


@given(st.text(st.sampled_from("{}#/?^|:titleownr \n12"), max_size=60))
def test_any_text_is_read_or_refused(template: str) -> None:
    """Nothing but a UsageError ever comes of a template."""
    with contextlib.suppress(UsageError):
        assert len(read(template, NAMES).fill(VALUES)) <= LONGEST_TEXT
