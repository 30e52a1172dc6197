"""pnpm's lock file."""

from __future__ import annotations

from periderm.formats.languages.pnpm_lock import FORMAT
from tests.formats.languages.samples import PNPM_5, PNPM_6, PNPM_9, read


def test_version_5() -> None:
    """Peers behind an underscore are no part of the version; an address tells its name and version."""
    assert read(FORMAT, PNPM_5, "app/pnpm-lock.yaml") == [
        "pkg:npm/%40s/c@3.1.0 development",
        "pkg:npm/a@1.0.0",
        "pkg:npm/fsevents@2.3.2 optional",
        "pkg:npm/repository@1.2.3",
    ]


def test_version_6() -> None:
    """Peers stand in brackets; 1.10.0 is no number."""
    assert read(FORMAT, PNPM_6, "app/pnpm-lock.yaml") == ["pkg:npm/%40s/c@3.1.0 development", "pkg:npm/a@1.10.0"]


def test_version_9() -> None:
    """Scopes are followed from the importers; an alias is told by its real name; a workspace is not told."""
    assert read(FORMAT, PNPM_9, "app/pnpm-lock.yaml") == [
        "pkg:npm/%40s/c@3.1.0 development",
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@2.0.0",
        "pkg:npm/fsevents@2.3.2 optional",
        "pkg:npm/lodash@4.17.15",
    ]


def test_a_package_of_git() -> None:
    """Its key holds the address, its entry the version."""
    lock = (
        "lockfileVersion: '9.0'\npackages:\n  thing@https://codeload.example.com/o/thing/tar.gz/abc:\n"
        "    resolution: {tarball: https://codeload.example.com/o/thing/tar.gz/abc}\n    version: 1.2.3\n"
    )
    assert read(FORMAT, lock, "pnpm-lock.yaml") == ["pkg:npm/thing@1.2.3"]


def test_the_same_package_with_other_peers() -> None:
    """Is one package, for the widest use of it."""
    lock = "lockfileVersion: '6.0'\npackages:\n\n  /a@1.0.0(b@1.0.0):\n    dev: true\n\n  /a@1.0.0(b@2.0.0):\n    dev: false\n"
    assert read(FORMAT, lock, "pnpm-lock.yaml") == ["pkg:npm/a@1.0.0"]
