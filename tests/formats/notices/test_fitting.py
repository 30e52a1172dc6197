"""Foreign text into the room that a product gives it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices.fitting import one_line, printed, short, short_bytes


@given(st.text(), st.integers(min_value=4, max_value=50))
def test_what_is_cut_fits(text: str, most: int) -> None:
    """In characters and in bytes, and never within a character."""
    assert len(short(text, most)) <= most
    assert len(short_bytes(text, most).encode("utf-8", "replace")) <= most
    assert short(text, len(text) + 1) == text


def test_what_fits_stays() -> None:
    """And what does not ends in a sign that it was cut."""
    assert short_bytes("漢字漢字", 9) == "漢字…"
    assert short("abc", 3) == "abc"


@given(st.text())
def test_what_is_shown_can_be_shown(text: str) -> None:
    """No control character and no mark that turns text around gets through."""
    assert one_line(text) == "" or one_line(text).isprintable()
    assert all(c == "\n" or c.isprintable() for c in printed(text))


def test_terminal_escapes_are_signs() -> None:
    """An argument with an escape sequence in it is told as such."""
    assert printed("a\x1b[31mb\u202e") == "a\N{REPLACEMENT CHARACTER}[31mb\N{REPLACEMENT CHARACTER}"
    assert one_line("a\r\nb\tc") == "a b c"
