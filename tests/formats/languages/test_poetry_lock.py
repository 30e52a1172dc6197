"""Poetry's lock file."""

from __future__ import annotations

from periderm.formats.languages.poetry_lock import FORMAT
from tests.formats.languages.samples import POETRY_1, POETRY_2, read


def test_lock_version_1() -> None:
    """Categories and optional packages."""
    assert read(FORMAT, POETRY_1, "app/poetry.lock") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/pytest@7.4.0 development",
        "pkg:pypi/idna@3.4 optional",
    ]


def test_lock_version_2() -> None:
    """Groups; a fork says where it is from; a folder is the project's own."""
    assert read(FORMAT, POETRY_2, "app/poetry.lock") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/pytest@7.4.0 development",
        "pkg:pypi/fork@1.0?vcs_url=git%2Bhttps://example.com/fork.git%40abc123",
    ]
