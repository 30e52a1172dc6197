"""Erlang's and Elixir's plain terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import erlang_terms
from periderm.model.errors import FormatError, LimitError

words = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
terms = st.recursive(words, lambda inner: st.lists(inner, max_size=4), max_leaves=12)


def written(term: str | list[object]) -> str:
    """As Erlang writes it."""
    return f'<<"{term}">>' if isinstance(term, str) else "{" + ",\n ".join(written(t) for t in term) + "}"  # type: ignore[arg-type]


@given(terms)
def test_reads_what_is_written(term: str | list[object]) -> None:
    """Nested tuples come back as nested lists."""
    assert erlang_terms.read(written(term) + ".\n", "x") == [term]


def test_notations() -> None:
    """Atoms, texts, binaries, maps, keywords and comments of both languages."""
    text = '%{"a": {:hex, :"b-c", "1.0"}, d: [x: true]}\n# comment\n{e, <<"f">>}. % comment'
    assert erlang_terms.read(text, "x") == [["a", ["hex", "b-c", "1.0"], "d", ["x", "true"]], ["e", "f"]]


def test_damage_and_depth() -> None:
    """Stray brackets and unfinished texts are errors, a hundred thousand brackets a limit."""
    for text in ("}", '"open', "a ; b", "<<1,2>>"):
        with pytest.raises(FormatError):
            erlang_terms.read(text, "x")
    with pytest.raises(LimitError):
        erlang_terms.read("[" * 100_000, "x")
