"""Conan's lock file."""

from __future__ import annotations

from periderm.formats.languages.conan_lock import FORMAT
from tests.formats.languages.samples import CONAN_1, CONAN_2, read


def test_conan_2() -> None:
    """Revision, user and channel are qualifiers; tools of the build are for development."""
    assert read(FORMAT, CONAN_2, "app/conan.lock") == [
        "pkg:conan/zlib@1.2.11?rrev=ca4ae2047ef0",
        "pkg:conan/openssl@1.1.1q?channel=stable&rrev=bb&user=acme",
        "pkg:conan/cmake@3.23.5?rrev=5f18 development",
    ]


def test_conan_1() -> None:
    """A graph; empty users, channels and revisions are left out."""
    assert read(FORMAT, CONAN_1, "app/conan.lock") == ["pkg:conan/zlib@1.2.11", "pkg:conan/cmake@3.1?rrev=aa development"]
