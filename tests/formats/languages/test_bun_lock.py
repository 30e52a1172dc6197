"""Bun's lock file."""

from __future__ import annotations

from periderm.formats.languages.bun_lock import FORMAT
from tests.formats.languages.samples import BUN, read


def test_versions_scopes_and_aliases() -> None:
    """An alias is told by its real name, a workspace not at all; what only development asks for says so."""
    assert read(FORMAT, BUN, "app/bun.lock") == [
        "pkg:npm/%40s/c@3.1.0 development",
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@2.0.0",
        "pkg:npm/b@1.5.0 development",
        "pkg:npm/lodash@4.17.15",
    ]


def test_a_cycle_ends() -> None:
    """Packages that ask for each other are each told once."""
    lock = (
        '{"workspaces": {"": {"dependencies": {"a": "1"}}}, "packages": {'
        '"a": ["a@1.0.0", "", {"dependencies": {"b": "1"}}], "b": ["b@1.0.0", "", {"dependencies": {"a": "1"}}]}}'
    )
    assert read(FORMAT, lock, "app/bun.lock") == ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]
