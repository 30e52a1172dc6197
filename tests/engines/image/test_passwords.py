"""Which words are tried against which hashes."""

from __future__ import annotations

import pytest

from periderm.engines.image.passwords import WORDS, can_try, guess, is_hash, words_for

crypt = pytest.importorskip("_crypt", reason="this Python computes no hashes").crypt


@pytest.mark.parametrize("salt", ["$6$abcdefgh", "$5$abcdefgh", "$1$abcdefgh", "ab", "$2b$05$abcdefghijklmnopqrstuu"])
def test_a_word_is_found(salt: str) -> None:
    """In each form that is tried; another word is not."""
    field = crypt("toor", salt)
    assert is_hash(field)
    assert guess(field, words_for(field, "app")) == "toor"
    assert guess(crypt("k7#Tq-2zLp", salt), words_for(field, "app")) == ""


def test_yescrypt() -> None:
    """Debian's own form, with few words since each is dear."""
    field = crypt("root", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1")
    words = words_for(field, "root")
    assert len(words) <= 10
    assert guess(field, words) == "root"


@pytest.mark.parametrize(
    "field",
    ["$6$rounds=999999999$x$" + "a" * 86, "$y$jZZZ$x$" + "a" * 43, "$2b$31$" + "a" * 53, "$9$x$y", "*", "!", "", "x"],
)
def test_what_is_not_tried(field: str) -> None:
    """Forms whose cost nobody bounds, and what is no hash."""
    assert words_for(field, "root") == ()


def test_the_name_comes_first() -> None:
    """And no word twice."""
    words = words_for(crypt("x", "$1$abcdefgh"), "toor")
    assert words[0] == "toor"
    assert len(set(words)) == len(words)
    assert len(set(WORDS)) == len(WORDS)
    assert can_try()
