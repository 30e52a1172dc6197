"""Exceptions: a person decides that a finding, alert or denial does not count, why, for how long, and where.

The one mechanism of the whole product. Values only: matching lives in `algorithms/exceptions.py`.
"""

from __future__ import annotations

import msgspec


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where an exception holds. All fields that are given must match; within a field one is enough. Patterns are
    globs ('*' and '?'; a '*' in `paths` does not cross '/', '**' does). `images` are references or names without tag,
    `digests` 'sha256:…', `packages` names or package URLs (without version: every version), `findings` ids of
    detectors, vulnerabilities or findings ('CVE-2024-1234', 'IMG-021', 'fnd-…')."""

    findings: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """An exception for everything is none that anybody means."""
        return not (self.findings or self.images or self.digests or self.packages or self.paths or self.assets)


class Exemption(msgspec.Struct, frozen=True, kw_only=True, tag="exemption"):
    """One exception (called so in files and texts; this name leaves Python's own word alone). `expires` is Unix
    nanoseconds and never 0: what never ends is not an exception but a policy. `source` is the file or 'store'."""

    id: str
    reason: str
    owner: str
    expires: int
    scope: Scope
    created: int = 0
    created_by: str = ""
    source: str = ""


class Excepted(msgspec.Struct, frozen=True, kw_only=True):
    """What one exception hides: finding ids. `expired` ones hide nothing, and say so."""

    exemption: Exemption
    hides: tuple[str, ...] = ()
    expired: bool = False
