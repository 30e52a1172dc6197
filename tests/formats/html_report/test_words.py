"""Words of the HTML report."""

from __future__ import annotations

import html
import string

from hypothesis import given

from periderm.formats.html_report import words
from periderm.formats.html_report.words import label, plain
from periderm.model.finding import FindingKind
from periderm.model.report import TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.strategies import hostile_text


@given(hostile_text)
def test_foreign_text_is_harmless(text: str) -> None:
    """No markup, no control character, no change of direction, and a label keeps to its room."""
    for made in (plain(text), label(text, 10)):
        assert made.isprintable()
        assert not set(made) & set("<>\"'")
    assert len(html.unescape(label(text, 10))) <= 10


def test_every_member_has_its_word() -> None:
    """Nothing that can be in a report lacks a word."""
    assert words.SEVERITIES.keys() == set(Severity)
    assert words.KINDS.keys() == set(FindingKind)
    assert words.TARGETS.keys() == set(TargetKind)


def test_both_languages_have_the_same_places() -> None:
    """A value that one language shows, the other shows too."""
    for name, text in vars(words).items():
        if isinstance(text, Text):
            english, chinese = ({field for _, field, _, _ in string.Formatter().parse(t)} - {None} for t in (text.en, text.zh))
            assert english == chinese, name
