"""What a person at a terminal is told of the look for malware."""

from __future__ import annotations

from periderm.cli import scan_contents
from periderm.model import looked


def test_one_sentence_everywhere() -> None:
    """The terminal says what reports and the console say."""
    assert scan_contents.looked is looked.looked
