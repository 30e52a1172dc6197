"""What of an image its containers never used, and what leaving it out would end. Judges nothing."""

from __future__ import annotations

import msgspec

MOST_TOLD = 2000


class UnusedProgram(msgspec.Struct, frozen=True, array_like=True, order=True):
    """An executable file that nobody started, with the package that owns it ('' if none); `size` in bytes."""

    path: str
    size: int
    package: str = ""


class UnusedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package none of whose files was in use. `needed_by` are packages in use that depend on it, perhaps through others:
    it cannot be left out without them. `size` is that of its programs, `vulnerabilities` are those that it has."""

    name: str
    version: str
    purl: str
    type: str
    size: int = 0
    needed_by: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()


class Slimming(msgspec.Struct, frozen=True, kw_only=True):
    """Of one image, watched from `since` to `until` (Unix nanoseconds) in so many `containers` that run now.

    `removed` are ids of findings that leaving out the unused packages (those that nobody needs) would end, `kept` those that
    would stay, the most urgent first: of packages that were loaded before those of packages that were not. `unjudged`
    counts packages whose use leaves no trace. `programs` and `packages` hold at most MOST_TOLD, their counts are of all.
    """

    image_digest: str
    reference: str
    since: int
    until: int
    containers: int = 0
    programs: tuple[UnusedProgram, ...] = ()
    packages: tuple[UnusedPackage, ...] = ()
    used_programs: int = 0
    unused_programs: int = 0
    used_packages: int = 0
    unjudged: int = 0
    size: int = 0
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def removable(self) -> tuple[UnusedPackage, ...]:
        """Packages that nobody needs."""
        return tuple(package for package in self.packages if not package.needed_by)
