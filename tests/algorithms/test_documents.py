"""Documents that every reader takes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.documents import is_link, sayable, shorten, to_json, without_empty
from tests.strategies import hostile_text


@given(st.dictionaries(hostile_text, hostile_text | st.lists(hostile_text)))
def test_whatever_is_in_them_it_is_json(document: dict[str, object]) -> None:
    """Foreign bytes in names never break a document: surrogates become escapes, the rest stays."""
    for indent in (0, 2):
        read = json.loads(to_json(document, indent=indent).decode("utf-8"))
        said = {key: [sayable(x) for x in v] if isinstance(v, list) else sayable(str(v)) for key, v in document.items()}
        assert read == {sayable(key): value for key, value in said.items()}


def test_a_surrogate_is_shown() -> None:
    """A byte that is not UTF-8 can still be told from others."""
    assert sayable("a\udcffb") == "a\\udcffb"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.invalid/CVE-1?a=b#c", True),
        ("http://example.invalid", True),
        ("javascript:alert(1)", False),
        ('https://example.invalid/"onclick=', False),
        ("https://example.invalid/ x", False),
        ("https://例子.invalid", False),
        ("ftp://example.invalid", False),
        ("", False),
    ],
)
def test_links(text: str, *, link: bool) -> None:
    """Only what is a plain web address is put into a document as one."""
    assert is_link(text) is link


def test_pieces() -> None:
    """Long texts end in an ellipsis within their bound; fields that say nothing go, zero and False stay."""
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"
    assert without_empty({"a": "", "b": 0, "c": None, "d": [], "e": False, "f": {}, "g": "x"}) == {"b": 0, "e": False, "g": "x"}
