"""Foreign names in sentences."""

from __future__ import annotations

from periderm.engines.trust.facts import listed, plain


def test_foreign_text_is_one_plain_line() -> None:
    """No control, no right-to-left mark, no end."""
    assert plain("a\nb\x1b\u202ec") == "a?b??c"
    assert len(plain("x" * 1000)) == 120
    assert plain("{x}") == "{x}"


def test_lists_are_short() -> None:
    """The first few."""
    assert listed(("a", "b")) == "a, b"
    assert listed(tuple("abcdef")) == "a, b, c, d, …"
