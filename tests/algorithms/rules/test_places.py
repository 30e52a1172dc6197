"""Promises of places: an error says where, and what was perhaps meant, and shows no control characters."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.places import Place, nearest, shown


@pytest.mark.parametrize(("offset", "line", "column"), [(0, 4, 6), (2, 4, 8), (5, 5, 4), (4, 5, 3)])
def test_offsets_become_lines_and_columns(offset: int, line: int, column: int) -> None:
    """The first line begins at the column, the others at the indent."""
    error = Place("abc\ndef", "file", 4, 6, 2).error(offset, "What.", "Do.")
    assert (error.where, error.line, error.column, error.next_step) == ("file", line, column, "Do.")


def test_the_nearest_name_is_told() -> None:
    """A slip of the finger, another case, and nothing that is near."""
    assert nearest("severty", ["severity", "layer"]) == "Did you mean 'severity'?"
    assert nearest("CVSS", ["cvss", "layer"]) == "Did you mean 'cvss'?"
    assert nearest("xyz", ["b", "a"]) == "Known are: a, b."
    assert nearest("xyz", []) == ""


def test_what_somebody_wrote_is_shown_harmless() -> None:
    """Short, and without escapes of terminals."""
    assert shown("\x1b[31m\u202e") == "\ufffd[31m\ufffd"
    assert len(shown("a" * 5000)) == 61
