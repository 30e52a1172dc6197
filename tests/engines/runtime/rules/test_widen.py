"""Regular expressions for the prefilter match wherever the condition's do, in bytes and in the middle of other strings."""

from __future__ import annotations

import hyperscan
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.rules.regex import searcher
from periderm.engines.runtime.rules.widen import Ends, widen

_atoms = st.sampled_from(
    ("a", "b", "/", "k", "S", "é", ".", "[a-c]", "[^a]", "\\d", "\\w", "\\S", "\\.", " ", "[^/]", "\\x41", "ſ", "[ab ]", "\\s")
)
_counted = st.tuples(_atoms, st.sampled_from(("", "", "", "*", "+", "?", "{2}", "{1,2}", "+?"))).map("".join)
_sequences = st.lists(_counted, min_size=1, max_size=4).map("".join)
PATTERNS = st.recursive(
    _sequences,
    lambda inner: st.one_of(
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(("", "?", "+"))),
        st.builds("{}{}".format, inner, inner),
        st.builds("^{}".format, inner),
        st.builds("{}$".format, inner),
    ),
    max_leaves=4,
)
TEXTS = st.text(alphabet="abkKsS/.é1 A\u212a\u017f\n-", max_size=8)


def found(pattern: str, text: str) -> bool:
    """As the prefilter looks: bytes, several lines at once."""
    database = hyperscan.Database()
    database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=[hyperscan.HS_FLAG_MULTILINE])
    hits: list[int] = []
    database.scan(f"before\n{text}\nafter".encode(), match_event_handler=lambda *_: hits.append(1))
    return bool(hits)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.booleans(), st.lists(TEXTS, min_size=1, max_size=6))
def test_wider_and_never_narrower(pattern: str, caseless: bool, texts: list[str]) -> None:
    """Any expression, any texts: what the condition finds, the prefilter finds."""
    pattern = ("(?i)" if caseless else "") + pattern
    wide = widen(pattern)
    if wide is None:
        return
    try:
        search = searcher(pattern)
    except ValueError:
        return
    for text in texts:
        if search(text):
            assert found(wide.pattern, text), (pattern, wide.pattern, text)


def test_ends_stand_where_the_fact_stands() -> None:
    """'^' and '$' of a program's name in its path, blanks of a command line between arguments."""
    name = widen("^py.*3$", Ends("(?:^|/)", "$"))
    assert name is not None
    assert found(name.pattern, "/usr/bin/python3")
    assert not found(name.pattern, "/usr/bin/xpython3")
    line = widen("sh -c", Ends("^", "$", r"[ \x00]"))
    assert line is not None
    assert found(line.pattern, "/bin/sh\0-c")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a?",
        ".*",
        "[^a]+",
        "^$",
        "(?=a)b",
        "a\\1",
        "(a",
        "a)",
        "[a",
        "a**",
        "\\p{L}a",
        "(?P<n>a)",
        "a++",
        "[[:alpha:]]a",
        "x{",
    ],
)
def test_what_says_nothing_or_is_not_understood(pattern: str) -> None:
    """There is no prefilter then, and no error."""
    assert widen(pattern) is None


def test_long_tails_are_cut() -> None:
    """Not every place of a long string is a match of its own."""
    wide = widen("^/tmp/.*")
    assert wide is not None
    assert wide.pattern == "^/tmp/"
    counted = widen("a.+")
    assert counted is not None
    assert counted.pattern == "a(?:[^\\n]{1,4})"
