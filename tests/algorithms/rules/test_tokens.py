"""Promises of the words of conditions."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.places import Place
from periderm.algorithms.rules.tokens import Kind, tokens
from periderm.model.errors import RuleError


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", Kind.INT, 12),
        ("0x1F", Kind.INT, 31),
        ("7u", Kind.UINT, 7),
        ("1.5", Kind.DOUBLE, 1.5),
        (".5", Kind.DOUBLE, 0.5),
        ("1e3", Kind.DOUBLE, 1000.0),
        ("'a\\'b'", Kind.STRING, "a'b"),
        ('"a"', Kind.STRING, "a"),
        ("r'\\d'", Kind.STRING, "\\d"),
        ("'''a\n'b'''", Kind.STRING, "a\n'b"),
        ('"""a"b"""', Kind.STRING, 'a"b'),
        ("'\\x41\\u00e9\\U0001F600\\101'", Kind.STRING, "Aé😀A"),
        ("b'\\xff\\377é'", Kind.BYTES, b"\xff\xff\xc3\xa9"),
        ("br'\\x'", Kind.BYTES, b"\\x"),
        ("R'\\'", Kind.STRING, "\\"),
        ("''", Kind.STRING, ""),
        ("''''''", Kind.STRING, ""),
        ("'\\n\\t\\\\'", Kind.STRING, "\n\t\\"),
    ],
)
def test_literals(text: str, kind: Kind, value: object) -> None:
    """Each form of the definition."""
    found = tokens(Place(text))
    assert [(t.kind, t.value) for t in found[:-1]] == [(kind, value)]
    assert found[-1].kind is Kind.END


def test_space_and_comments_separate() -> None:
    """And are nothing themselves; places stay."""
    found = tokens(Place("a // b ' \n<=c"))
    assert [(t.text, t.at) for t in found] == [("a", 0), ("<=", 10), ("c", 12), ("", 13)]


@pytest.mark.parametrize(
    "text",
    [
        "'a",
        "'\\q'",
        "'\\ud800'",
        "'\\U00110000'",
        "b'\\u0041'",
        "#",
        "99999999999999999999u",
        "'a\nb'",
        "a & b",
        "rr'a'",
        "=",
        "é",
    ],
)
def test_what_is_no_word_is_told(text: str) -> None:
    """With its place."""
    with pytest.raises(RuleError) as caught:
        tokens(Place(text))
    assert caught.value.line == 1


def test_a_condition_has_a_longest_length() -> None:
    """The limit stands before the work."""
    with pytest.raises(RuleError, match="At most"):
        tokens(Place("a" * 10_001))
