"""Foreign text made fit to be shown."""

from __future__ import annotations

import shlex
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from periderm.console.foreign import clip, command_line, halves, harmless, visible

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=80)


@given(ANY)
def test_everything_shown_has_a_shape(text: str) -> None:
    """Also lone surrogates, so that any of it can be sent as UTF-8."""
    shown = visible(text)
    assert shown.isprintable()
    shown.encode("utf-8")


def test_a_name_cannot_pose_as_another() -> None:
    """Right-to-left overrides and zero-width letters are seen."""
    assert visible("exe\u202egnp.sh") == "exe\\u202egnp.sh"
    assert visible("a\u200bb\x1b[31m\n") == "a\\u200bb\\x1b[31m\\n"
    assert visible("日本 naïve") == "日本 naïve"


@given(ANY, st.integers(4, 30))
def test_halves_are_the_whole(text: str, tail: int) -> None:
    """Only the browser hides what does not fit."""
    head, end = halves(text, tail)
    assert head + end == visible(text)
    assert len(end) in (0, tail)


@given(ANY, st.integers(3, 40))
def test_clipped_text_has_its_length(text: str, most: int) -> None:
    """Begin and end stay."""
    cut = clip(text, most)
    assert len(cut) <= most
    shown = visible(text)
    if len(shown) > most:
        left = (most - 1) // 2
        assert cut[:left] == shown[:left]
        assert shown.endswith(cut.partition("…")[2]) or "…" in shown


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_a_command_line_can_be_pasted(argv: list[str]) -> None:
    """A shell would split it into the same arguments."""
    assert shlex.split(command_line(tuple(argv))) == argv


def test_without_arguments_the_executable_stands() -> None:
    """A process whose arguments were not seen."""
    assert command_line((), "/bin/x") == "/bin/x"


@given(ANY)
def test_whatever_a_template_writes_has_a_shape(text: str) -> None:
    """Line breaks and tabs are left, and so is all that can be seen; what was made visible before is not changed again."""
    shown = harmless(text)
    assert isinstance(shown, str)
    assert not {c for c in shown if category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set("\n\r\t")
    assert harmless(visible(text)) == visible(text)
    assert harmless("\u3000\u00a0\u4e2d a") == "\u3000\u00a0\u4e2d a"


def test_what_is_no_foreign_text_is_left() -> None:
    """Numbers, and markup of our own templates."""
    markup = Markup("<b>\u200b</b>")
    assert harmless(markup) is markup
    assert harmless(7) == 7
