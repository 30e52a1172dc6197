"""Promises of Python's order: `packaging` is the reference."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from periderm.algorithms.versions import pep440

N = st.sampled_from(["0", "1", "2", "10", "01"])
SEP = st.sampled_from(["", ".", "-", "_"])
PRE = st.sampled_from(["a", "b", "rc", "c", "alpha", "BETA", "pre", "preview"])
LOCAL = st.sampled_from(["cpu", "1", "cu118", "a", "10", "02"])
optional = st.one_of(st.just(""), N)
versions = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "v", "1!", "0!", " "]),
        st.lists(N, min_size=1, max_size=4).map(".".join),
        st.one_of(st.just(""), st.builds("".join, st.tuples(SEP, PRE, SEP, optional))),
        st.one_of(
            st.just(""), st.just("-1"), st.builds("".join, st.tuples(SEP, st.sampled_from(["post", "rev", "r"]), optional))
        ),
        st.one_of(st.just(""), st.builds("".join, st.tuples(SEP, st.just("dev"), optional))),
        st.one_of(st.just(""), st.lists(LOCAL, min_size=1, max_size=3).map(lambda parts: "+" + ".".join(parts))),
    ),
)


@settings(max_examples=200)
@given(versions, versions)
def test_packaging_agrees(a: str, b: str) -> None:
    """Epochs, pre-, post- and dev-releases, local versions, in every spelling."""
    left, right = Version(a), Version(b)
    mine, other = pep440.key(a), pep440.key(b)
    assert mine is not None
    assert other is not None
    assert (mine < other, mine == other) == (left < right, left == right)


@settings(max_examples=100)
@given(st.text("0123456789.abcdevpost+-_!v ", max_size=12))
def test_valid_is_what_packaging_takes(text: str) -> None:
    """Legacy versions and typing errors are no versions."""
    try:
        Version(text)
        told = True
    except InvalidVersion:
        told = False
    assert pep440.valid(text) is told


@pytest.mark.parametrize(("text", "told"), [("2.0+cpu", "2.0"), ("2.0", "2.0"), ("1!2+a.b", "1!2")])
def test_the_public_part(text: str, told: str) -> None:
    """Without what a builder appended."""
    assert pep440.public(text) == told
