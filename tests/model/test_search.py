"""Conditions as values."""

from __future__ import annotations

from periderm.model.search import Either, Every, Match, Not, Word, needed, terms

A, B, C = Word("a"), Match("owner", ("b",)), Word("c")


def test_what_must_hold_stands_at_the_top() -> None:
    """However it is bracketed; alternatives are one part."""
    assert needed(Every((A, Every((B, Not(C)))))) == (A, B, Not(C))
    assert needed(Either((A, B))) == (Either((A, B)),)
    assert needed(Every()) == ()


def test_all_terms_in_their_order() -> None:
    """Also of what is negated."""
    assert list(terms(Every((A, Either((B, Not(C))))))) == [A, B, C]
