"""What may stand where the caret is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.searching.completing import fields_for, typed, with_field, with_value, words_for
from periderm.model.search import Family
from periderm.model.search_fields import BY_NAME
from periderm.model.text import Text

NONE = Text("", "")


def test_the_piece_at_the_caret() -> None:
    """A field's name, a value, one of a list, within quotes."""
    assert (typed("a sev", 5).field, typed("a sev", 5).value) == ("", "sev")
    assert (typed("severity>=hi", 12).field, typed("severity>=hi", 12).value) == ("severity", "hi")
    assert typed("state:new,re", 12).value == "re"
    piece = typed('owner:"pay ments', 16)
    assert (piece.field, piece.value, piece.quote) == ("owner", "pay ments", True)
    assert typed("-own", 4).value == "own"
    assert typed("x（own", 5).value == "own"


def test_what_is_put_in_its_place() -> None:
    """The rest stays, and the caret stands behind it."""
    done = with_value("owner:pa shop", typed("owner:pa shop", 8), "pay ments", NONE)
    assert (done.text, done.caret) == ('owner:"pay ments" shop', 18)
    done = with_field("sev", typed("sev", 3), BY_NAME["severity"])
    assert (done.text, done.caret) == ("severity>=", 10)


def test_only_fields_of_the_list_are_offered() -> None:
    """By any of their names."""
    offered = {field.name for field in fields_for(typed("", 0), (Family.INCIDENT,), 99)}
    assert "assignee" in offered
    assert "cve" not in offered
    assert [f.name for f in fields_for(typed("vuln", 4), tuple(Family), 9)] == ["cve"]
    assert "high" in words_for(BY_NAME["severity"])


@given(st.text(max_size=80), st.integers(-5, 90))
def test_any_text_and_caret(text: str, caret: int) -> None:
    """The piece lies within the text, and what is put in keeps the rest."""
    piece = typed(text, caret)
    assert 0 <= piece.start <= piece.end <= len(text)
    done = with_value(text, piece, "value", NONE)
    assert done.text[: piece.start] == text[: piece.start]
    assert 0 <= done.caret <= len(done.text)
