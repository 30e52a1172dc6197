"""Promises of Go's order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import go


def test_pseudo_versions_lie_between_releases() -> None:
    """go.dev/ref/mod#pseudo-versions: before the release that their base names, in order of time."""
    keys = [
        go.key(v) or ""
        for v in (
            "v0.0.0-20180101000000-abcdefabcdef",
            "v0.0.0-20190101000000-000000000000",
            "v1.2.3",
            "v1.2.4-0.20200101000000-abcdefabcdef",
            "v1.2.4-pre",
            "v1.2.4-pre.0.20200101000000-abcdefabcdef",
            "v1.2.4",
        )
    ]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("toolchain", "database"),
    [("go1.21.0", "1.21.0"), ("go1.21rc2", "1.21.0-rc.2"), ("go1.20", "1.20.0"), ("go1.9beta1", "v1.9.0-beta.1")],
)
def test_toolchains_are_as_the_database_writes_them(toolchain: str, database: str) -> None:
    """Build information says 'go1.21rc2', the vulnerability database 1.21.0-rc.2."""
    assert go.key(toolchain) == go.key(database)


def test_a_vendors_toolchain_is_the_one_it_is_made_of() -> None:
    """'go1.20.3 X:boringcrypto', 'go1.22.5-custom'."""
    assert go.key("go1.20.3 X:boringcrypto") == go.key("go1.22.5-x".replace("22.5", "20.3")) == go.key("1.20.3")


@pytest.mark.parametrize("text", ["(devel)", "", "devel", "daa7c04131f5", "devel go1.22-abc", "unknown", "abc123"])
def test_a_working_copy_has_no_place(text: str) -> None:
    """There is nothing to compare."""
    assert go.key(text) is None


@pytest.mark.parametrize(("text", "told"), [("v1", True), ("v1.2", True), ("1.2.3", True), ("v01.2.3", False), ("1", False)])
def test_valid_modules(text: str, told: bool) -> None:
    """x/mod/semver's grammar; the 'v' may be missing as in advisories."""
    assert go.valid(text) is told
