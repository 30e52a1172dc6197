"""Pipenv's lock file."""

from __future__ import annotations

from periderm.formats.languages.pipfile_lock import FORMAT
from tests.formats.languages.samples import PIPFILE, read


def test_pins_and_categories() -> None:
    """What both categories have is for run time; a folder has no version."""
    assert read(FORMAT, PIPFILE, "app/Pipfile.lock") == ["pkg:pypi/flask@2.2.0", "pkg:pypi/pytest@7.4.0 development"]
