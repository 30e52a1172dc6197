"""Words with variables put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.containerfile.words import Budget, Expanded
from periderm.model.errors import LimitError

KNOWN = {"a": "1", "e": "", "n": None, "v": "v1.7.13", "s": "foobarbaz", "p": "arm64"}


def expanded(text: str) -> tuple[tuple[str, ...], bool]:
    """(words, whether all was known)."""
    one = Expanded(KNOWN, "\\", Budget(1000))
    return one.words(text), one.known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$a ${a}b", ("1", "1b")),
        ("${x:-d} ${e:-d} ${e-d}", ("d", "d", "")),
        ("${a:+y} ${e:+y} ${e+y} ${x+y}", ("y", "", "y", "")),
        ("${x:-${y:-$a}}", ("1",)),
        ("\\$a '$a' \"$a\"", ("$a", "$a", "1")),
        ("\"a b\" c\\ d 'e f'", ("a b", "c d", "e f")),
        ("${a:?no}", ("1",)),
        ("a$ b", ("a$", "b")),
        ("${v#v} ${v%.*} ${v%%.*} ${v#x}", ("1.7.13", "v1.7", "v1", "v1.7.13")),
        ("${s#f*b} ${s##f*b} ${s%b*} ${s%%b*}", ("arbaz", "az", "foobar", "foo")),
        ("${s/ba/fo} ${s//ba/fo} ${p/arm64/aarch64}", ("fooforbaz", "fooforfoz", "aarch64")),
        ("${v/./${a}} ${v//./} ${s##*${x:-o}}", ("v117.13", "v1713", "barbaz")),
    ],
)
def test_as_buildkit_does(text: str, words: tuple[str, ...]) -> None:
    """The forms of the reference."""
    assert expanded(text) == (words, True)


@pytest.mark.parametrize("text", ["$x", "${n}", "${x#p}", "${n/x/y}", "${a/x}", "${a#\\q}", "${a#$x}", "${x:?no}", "${", "${}"])
def test_what_is_not_known_stays_as_written(text: str) -> None:
    """A value is never made up."""
    assert expanded(text) == ((text,), False)


def test_growth_is_bounded() -> None:
    """Values that hold values cannot fill the memory."""
    one = Expanded({"a": "x" * 500}, "\\", Budget(1200))
    with pytest.raises(LimitError):
        one.text("$a$a$a")


@given(st.text("as$ {}\\'\":-+#%/*?\n", max_size=60))
def test_any_text_ends(text: str) -> None:
    """Whatever stands there gives words, and no error."""
    one = Expanded(KNOWN, "\\", Budget(10_000))
    assert all(isinstance(word, str) for word in one.words(text))
    one.text(text)
