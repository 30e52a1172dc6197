"""Text of a search to a condition."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.searching.reading import quoted, read
from periderm.model.errors import UsageError
from periderm.model.search import LONGEST, Compare, Condition, Either, Every, Match, Not, Word, terms


def test_fields_words_and_joins() -> None:
    """As the grammar says; what stands side by side must all hold."""
    assert read("severity>=high since:2h shop") == Every(
        (Match("severity", ("high",), Compare.LEAST, 1), Match("since", ("2h",), Compare.IS, 16), Word("shop"))
    )
    assert read("a or b c") == Either((Word("a"), Every((Word("b"), Word("c")))))
    assert read("(a OR b) and not c") == Every((Either((Word("a"), Word("b"))), Not(Word("c"))))
    assert read("--a -b") == Every((Word("a"), Not(Word("b"))))
    assert read("state!=new,resolved") == Not(Match("state", ("new", "resolved"), Compare.IS, 1))
    assert read('title "two words" "a\\"b"') == Every((Word("title"), Word("two words"), Word('a"b')))
    assert read("sha256:abc") == Word("sha256:abc")
    assert read("severity：high，low （a or b）") == Every(
        (Match("severity", ("high", "low"), Compare.IS, 1), Either((Word("a"), Word("b"))))
    )
    assert read("  ") == Every()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("(a", 1),
        ("a)", 2),
        ("a or", 4),
        ("or a", 4),
        ("and", 1),
        ("a and", 3),
        ("x not", 3),
        ('a "b', 3),
        ('""', 1),
        ("()", 1),
        ("a state:", 9),
        ("x " * 65, 129),
        ("(" * 20 + "a" + ")" * 20, 18),
        ("f:" + "*" * 9, 3),
        ("severity>=a,b", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, at: int) -> None:
    """From one, and what to do."""
    with pytest.raises(UsageError, match=f"At character {at}: ") as raised:
        read(text)
    assert raised.value.next_step


def test_a_long_search_is_refused() -> None:
    """Before it is read."""
    with pytest.raises(UsageError):
        read("a" * (LONGEST + 1))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """Nothing else is raised, whatever is typed."""
    with contextlib.suppress(UsageError):
        found = read(text)
        assert all(term.text if isinstance(term, Word) else term.values for term in terms(found))


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip() and text.count("*") <= 8))
def test_what_is_quoted_is_read_as_it_is(value: str) -> None:
    """As a word and as a field's value."""
    assert read(quoted(value)) == Word(value)
    found = read(f"owner:{quoted(value)}")
    assert isinstance(found, Match)
    assert found.values == (value,)


def written(condition: Condition) -> str:
    """A condition as text again."""
    match condition:
        case Word(text=text):
            return quoted(text)
        case Match(field=field, values=values):
            return f"{field}:{','.join(map(quoted, values))}"
        case Not(of=inner):
            return f"not ({written(inner)})"
        case Every(of=several):
            return " ".join(f"({written(one)})" for one in several)
        case Either(of=several):
            return " or ".join(f"({written(one)})" for one in several)


def meaning(condition: Condition) -> Condition:
    """Without places, and without negations of negations."""
    match condition:
        case Match(field=field, values=values, compare=compare):
            return Match(field, values, compare)
        case Not(of=inner):
            told = meaning(inner)
            return told.of if isinstance(told, Not) else Not(told)
        case Every(of=several):
            return Every(tuple(map(meaning, several)))
        case Either(of=several):
            return Either(tuple(map(meaning, several)))
        case _:
            return condition


names = st.text('abc *"\\“：)-', min_size=1, max_size=8).filter(lambda text: text.strip() and text.count("*") <= 8)
leaves = st.builds(Word, names) | st.builds(
    Match, st.sampled_from(["owner", "state"]), st.lists(names, min_size=1, max_size=2).map(tuple)
)


@given(
    st.recursive(
        leaves,
        lambda inner: (
            st.builds(Not, inner)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Every)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Either)
        ),
        max_leaves=6,
    )
)
def test_what_is_written_is_read_as_it_was_meant(condition: Condition) -> None:
    """Brackets, joins, stars, quotes and Chinese marks."""
    text = written(condition)
    if len(text) <= LONGEST:
        assert meaning(read(text)) == meaning(condition)
