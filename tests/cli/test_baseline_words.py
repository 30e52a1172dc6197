"""What `periderm baseline` says."""

from __future__ import annotations

import string

from periderm.cli import baseline_words
from periderm.model.text import Text


def test_both_languages_name_the_same() -> None:
    """No place of one language is missing in the other."""
    found = [each for each in vars(baseline_words).values() if isinstance(each, Text)]
    assert len(found) > 20
    for each in found:
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (each.en, each.zh)]
        assert names[0] == names[1], each
        assert each.zh
