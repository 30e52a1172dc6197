"""Dart's lock file."""

from __future__ import annotations

from periderm.formats.languages.pubspec_lock import FORMAT
from tests.formats.languages.samples import PUBSPEC, read


def test_packages() -> None:
    """Hosted and from git; what comes with the SDK is not told."""
    assert read(FORMAT, PUBSPEC, "app/pubspec.lock") == [
        "pkg:pub/http@0.13.10",
        "pkg:pub/lints@2.0.0 development",
        "pkg:pub/forked@1.0.0?vcs_url=git%2Bhttps://example.com/forked.git%40abc123",
    ]
