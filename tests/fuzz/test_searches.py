"""Searches from anywhere are read, understood and held against things, or refused with a place and what to do."""

from __future__ import annotations

import os

from hypothesis import example, given, settings
from hypothesis import strategies as st

from periderm.algorithms.searching.completing import fields_for, typed, with_field, with_value
from periderm.algorithms.searching.judging import fits
from periderm.algorithms.searching.reading import quoted, read
from periderm.algorithms.searching.understanding import families_of, understand, unknown_to
from periderm.model.errors import UsageError
from periderm.model.search import DEEPEST, LONGEST, MOST_TERMS, Condition, Either, Every, Family, Not, terms
from periderm.model.search_fields import FIELDS, Takes

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "200"))
NOW = 1_795_000_000 * 10**9
PIECES = st.sampled_from(
    [
        *(name for field in FIELDS for name in field.names),
        *":=!<>()\"',*-~\\ （）：，“”",
        *("or", "and", "not", ">=", "<=", "!=", "2h", "30d", "high", "yes", "2026-11-22", "2026-11-22T10:00"),
        *("sha256:", "CVE-2024-1", "shop*", "\0", "\ud800", "\u202e", "\u0130", "９", "ß"),
    ]
)
TEXT = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=40).map(" ".join))


def depth(condition: Condition) -> int:
    """How deep a condition is."""
    if isinstance(condition, Not):
        return 1 + depth(condition.of)
    if isinstance(condition, Every | Either):
        return 1 + max((depth(one) for one in condition.of), default=0)
    return 0


@settings(max_examples=ROUNDS, deadline=None)
@given(TEXT)
@example("(" * LONGEST)
@example("-" * LONGEST)
@example("not " * (LONGEST // 4))
@example("a:" + "*" * LONGEST)
@example('"' + "\\" * (LONGEST - 1))
@example("a or " * (LONGEST // 5))
@example("x" * (LONGEST + 1))
def test_a_search_is_bounded_or_refused(text: str) -> None:
    """Whatever is typed: few terms, no deep nesting, and for what cannot be read a sentence and a next step."""
    refused: UsageError | None = None
    try:
        condition, families = families_of(understand(read(text), NOW))
    except UsageError as error:
        refused = error
    if refused is not None:
        assert refused.what
        assert refused.next_step
        return
    assert len(list(terms(condition))) <= MOST_TERMS
    assert depth(condition) <= 4 * DEEPEST
    assert Family.EVENT not in families
    numbers = {f.name: ("1",) for f in FIELDS if f.takes in (Takes.LEVEL, Takes.TIME, Takes.NUMBER)}
    for family in Family:
        if not unknown_to(condition, family):
            fits(condition, {f.name: numbers.get(f.name, ("shop-1",)) for f in FIELDS}, "shop-1")


@settings(max_examples=ROUNDS, deadline=None)
@given(TEXT, st.integers(-5, 200), st.text(max_size=30))
def test_a_completion_stands_where_the_caret_is(text: str, at: int, value: str) -> None:
    """Whatever stands around it, and whatever the name that is put there."""
    piece = typed(text, at)
    assert 0 <= piece.start <= piece.end <= LONGEST
    for field in fields_for(piece, tuple(Family), 5):
        told = with_field(text, piece, field)
        assert 0 <= told.caret <= len(told.text)
    told = with_value(text, piece, value, FIELDS[0].meaning)
    assert 0 <= told.caret <= len(told.text)


@settings(max_examples=ROUNDS, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_a_quoted_name_is_one_word(name: str) -> None:
    """What is offered can be searched for."""
    found = list(terms(read(quoted(name))))
    assert len(found) == 1
