"""Ranges of versions in which something holds, in the order of one ecosystem. Compares nothing itself."""

from __future__ import annotations

import enum

import msgspec


class Scheme(enum.StrEnum):
    """How versions are ordered."""

    DEB = "deb"
    RPM = "rpm"
    APK = "apk"
    PEP440 = "pep440"
    SEMVER = "semver"  # semver.org 2.0; crates, Hex, Pub, Swift and OSV's SEMVER ranges
    NPM = "npm"  # semver 2.0 with node-semver's ranges
    GO = "go"  # semver with `v`, `+incompatible`, pseudo-versions
    MAVEN = "maven"
    GEM = "gem"
    COMPOSER = "composer"
    NUGET = "nuget"
    GENERIC = "generic"  # numbers compare as numbers, words as words: for binaries that no package manager brought


class VersionRange(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """From `introduced` (inclusive; '' from the beginning) up to `fixed` (exclusive) or `last_affected` (inclusive);
    with neither, all later versions."""

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""
