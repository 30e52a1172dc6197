"""The order of versions of every scheme: keys, comparisons, ranges. The one door to the schemes; knows no advisories.

A key is a string; keys of one scheme compare as the versions do, those of two schemes must not be compared. Every text
has a key: what the scheme cannot place ('(devel)' of Go, 'dev-main' of Composer, a commit) sorts below all that it can,
and `placed` tells. Only the first 1,024 characters of a version count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from periderm.algorithms.versions import (
    apk,
    composer,
    deb,
    gem,
    generic,
    go,
    maven,
    npm_range,
    nuget,
    pep440,
    rpm,
    semver,
)
from periderm.algorithms.versions.encode import LONGEST
from periderm.model.version_range import Scheme, VersionRange

_UNPLACED = "\x00"
_REMEMBERED = 1 << 18  # keys of one scheme; then all are forgotten, which costs less than keeping an order of use
_MEMORABLE = 96  # characters: longer texts are hostile or rare
_BEGINNING = ("", "0")  # OSV schema, `introduced`: "0" is before any other version

satisfies_npm = npm_range.satisfies


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


_KEYS: dict[Scheme, _Keys] = {
    Scheme.DEB: _Keys(deb.key),
    Scheme.RPM: _Keys(rpm.key),
    Scheme.APK: _Keys(apk.key),
    Scheme.PEP440: _Keys(pep440.key),
    Scheme.SEMVER: _Keys(semver.key),
    Scheme.NPM: _Keys(semver.key),
    Scheme.GO: _Keys(go.key),
    Scheme.MAVEN: _Keys(maven.key),
    Scheme.GEM: _Keys(gem.key),
    Scheme.COMPOSER: _Keys(composer.key),
    Scheme.NUGET: _Keys(nuget.key),
    Scheme.GENERIC: _Keys(generic.key),
}
_VALID: dict[Scheme, Callable[[str], bool]] = {
    Scheme.DEB: deb.valid,
    Scheme.RPM: rpm.valid,
    Scheme.APK: apk.valid,
    Scheme.PEP440: pep440.valid,
    Scheme.SEMVER: semver.valid,
    Scheme.NPM: semver.valid_npm,
    Scheme.GO: go.valid,
    Scheme.MAVEN: maven.valid,
    Scheme.GEM: gem.valid,
    Scheme.COMPOSER: composer.valid,
    Scheme.NUGET: nuget.valid,
    Scheme.GENERIC: generic.valid,
}


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
    return len(text) <= LONGEST and _VALID[scheme](text)


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
    return scheme is Scheme.PEP440 and keys[pep440.public(version)] <= keys[versions.last_affected]


def listed(scheme: Scheme, version: str, versions: Iterable[str]) -> bool:
    """Whether a version is one of a list: equal in the scheme's order ('1.0' is '1.0.0' where that is so), and for
    Python also if the list names its public version, as 'PEP 440: ==' says."""
    keys = _KEYS[scheme]
    own = {keys[version]}
    if scheme is Scheme.PEP440 and "+" in version:
        own.add(keys[pep440.public(version)])
    return any(keys[each] in own for each in versions)
