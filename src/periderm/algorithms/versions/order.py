"""The order of versions of every scheme: keys, comparisons, ranges. The one door to the schemes; knows no advisories.

A key is a string; keys of one scheme compare as the versions do, those of two schemes must not be compared. Every text
has a key: what the scheme cannot place ('(devel)' of Go, 'dev-main' of Composer, a commit) sorts below all that it can,
and `placed` tells. Only the first 1,024 characters of a version count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from periderm.algorithms.versions import generic
from periderm.algorithms.versions.encode import LONGEST
from periderm.model.version_range import Scheme, VersionRange

_UNPLACED = "\x00"
_REMEMBERED = 1 << 18  # keys of one scheme; then all are forgotten, which costs less than keeping an order of use
_MEMORABLE = 96  # characters: longer texts are hostile or rare
_BEGINNING = ("", "0")  # OSV schema, `introduced`: "0" is before any other version

Make = Callable[[str], str | None]
Valid = Callable[[str], bool]


def satisfies_npm(version: str, text: str, include_prerelease: bool = False) -> bool:
    """`npm_range.satisfies`: whether a version is in a range of node's; False if one of them is none."""
    from periderm.algorithms.versions.npm_range import satisfies

    return satisfies(version, text, include_prerelease)


def _scheme(scheme: Scheme) -> tuple[Make, Valid]:  # noqa: PLR0911, PLR0912 -- one arm for each scheme
    """How a scheme makes keys, and what is valid in it. Loaded with its first version: an image holds few schemes."""
    match scheme:
        case Scheme.DEB:
            from periderm.algorithms.versions import deb

            return deb.key, deb.valid
        case Scheme.RPM:
            from periderm.algorithms.versions import rpm

            return rpm.key, rpm.valid
        case Scheme.APK:
            from periderm.algorithms.versions import apk

            return apk.key, apk.valid
        case Scheme.PEP440:
            from periderm.algorithms.versions import pep440

            return pep440.key, pep440.valid
        case Scheme.SEMVER:
            from periderm.algorithms.versions import semver

            return semver.key, semver.valid
        case Scheme.NPM:
            from periderm.algorithms.versions import semver

            return semver.key, semver.valid_npm
        case Scheme.GO:
            from periderm.algorithms.versions import go

            return go.key, go.valid
        case Scheme.MAVEN:
            from periderm.algorithms.versions import maven

            return maven.key, maven.valid
        case Scheme.GEM:
            from periderm.algorithms.versions import gem

            return gem.key, gem.valid
        case Scheme.COMPOSER:
            from periderm.algorithms.versions import composer

            return composer.key, composer.valid
        case Scheme.NUGET:
            from periderm.algorithms.versions import nuget

            return nuget.key, nuget.valid
        case Scheme.GENERIC:
            return generic.key, generic.valid
        case _:
            assert_never(scheme)


class _Keys(dict[str, str]):
    """Keys that were made before: a hit costs one look-up."""

    def __init__(self, make: Callable[[str], str | None]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> str:
        cut = text[:LONGEST]
        made = self._make(cut)
        if made is None:
            made = _UNPLACED + generic.key(cut) + cut
        if len(text) <= _MEMORABLE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = made
        return made


class _Schemes(dict[Scheme, _Keys]):
    """The keys of each scheme that was asked for."""

    def __missing__(self, scheme: Scheme) -> _Keys:
        keys = self[scheme] = _Keys(_scheme(scheme)[0])
        return keys


_KEYS = _Schemes()


def key(scheme: Scheme, text: str) -> str:
    """What to compare and sort by; remembered."""
    return _KEYS[scheme][text]


def compare(scheme: Scheme, a: str, b: str) -> int:
    """-1, 0 or 1 as the first is less than, equal to or greater than the second."""
    keys = _KEYS[scheme]
    left, right = keys[a], keys[b]
    return (left > right) - (left < right)


def valid(scheme: Scheme, text: str) -> bool:
    """Whether the ecosystem's own tool takes it by the letter. The order is more tolerant: see `placed`."""
    return len(text) <= LONGEST and _scheme(scheme)[1](text)


def placed(scheme: Scheme, text: str) -> bool:
    """Whether it has a place in the order, so that asking for a range makes sense."""
    return bool(text) and not _KEYS[scheme][text].startswith(_UNPLACED)


def contains(scheme: Scheme, version: str, versions: VersionRange) -> bool:
    """Whether a version is in a range. One without a place is only in a range that has neither begin nor end; an end
    without a place ends before every version, for nothing can be said to lie before it.

    For Python a local build ('2.0+cpu') is in what ends with its public version, as 'PEP 440: <=' says."""
    keys = _KEYS[scheme]
    own = keys[version]
    if not version or own.startswith(_UNPLACED):
        return versions.introduced in _BEGINNING and not versions.fixed and not versions.last_affected
    if versions.introduced not in _BEGINNING and own < keys[versions.introduced]:
        return False
    if versions.fixed:
        return own < keys[versions.fixed]
    if not versions.last_affected:
        return True
    if own <= keys[versions.last_affected]:
        return True
    return scheme is Scheme.PEP440 and keys[_public(version)] <= keys[versions.last_affected]


def listed(scheme: Scheme, version: str, versions: Iterable[str]) -> bool:
    """Whether a version is one of a list: equal in the scheme's order ('1.0' is '1.0.0' where that is so), and for
    Python also if the list names its public version, as 'PEP 440: ==' says."""
    keys = _KEYS[scheme]
    own = {keys[version]}
    if scheme is Scheme.PEP440 and "+" in version:
        own.add(keys[_public(version)])
    return any(keys[each] in own for each in versions)


def _public(version: str) -> str:
    """A Python version without its local part."""
    from periderm.algorithms.versions.pep440 import public

    return public(version)
