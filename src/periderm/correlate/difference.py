"""Compares two reports: packages, findings, and what changes how the image behaves. Reads nothing and rates no finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from periderm.algorithms.versions.order import compare as compare_versions
from periderm.correlate.behaviour import behaviour_changes
from periderm.model.difference import Difference, PackageChange
from periderm.model.finding import Finding
from periderm.model.image import Package
from periderm.model.report import Report
from periderm.model.version_range import Scheme

_SCHEMES = {
    "deb": Scheme.DEB,
    "rpm": Scheme.RPM,
    "apk": Scheme.APK,
    "pypi": Scheme.PEP440,
    "npm": Scheme.NPM,
    "golang": Scheme.GO,
    "maven": Scheme.MAVEN,
    "gem": Scheme.GEM,
    "composer": Scheme.COMPOSER,
    "nuget": Scheme.NUGET,
    "cargo": Scheme.SEMVER,
    "hex": Scheme.SEMVER,
    "pub": Scheme.SEMVER,
    "swift": Scheme.SEMVER,
}


def compare(before: Report, after: Report) -> Difference:
    """What differs, in stable order: packages by type and name, findings the worst first."""
    old, new = _by_name(before.inventory.packages), _by_name(after.inventory.packages)
    gone, came, kept = _findings(before.findings, after.findings)
    return Difference(
        before=before.target,
        after=after.target,
        added=tuple(p for key in sorted(new.keys() - old.keys()) for p in new[key]),
        removed=tuple(p for key in sorted(old.keys() - new.keys()) for p in old[key]),
        changed=tuple(_changed(old, new)),
        new=_ranked(came),
        gone=_ranked(gone),
        kept=_ranked(kept),
        behaviour=tuple(behaviour_changes(before.inventory, after.inventory)),
    )


def _by_name(packages: Iterable[Package]) -> dict[tuple[str, str], list[Package]]:
    found: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for package in packages:
        if not package.owner:  # counted with the package that owns it
            found[package.type, package.name].append(package)
    return found


def _changed(old: dict[tuple[str, str], list[Package]], new: dict[tuple[str, str], list[Package]]) -> Iterator[PackageChange]:
    for key in sorted(old.keys() & new.keys()):
        kind, name = key
        was, now = sorted({p.version for p in old[key]}), sorted({p.version for p in new[key]})
        if was != now:
            scheme = _SCHEMES.get(kind, Scheme.GENERIC)
            down = all(compare_versions(scheme, after, before) < 0 for before in was for after in now)
            yield PackageChange(name=name, type=kind, before=tuple(was), after=tuple(now), downgrade=down)


def _about(finding: Finding) -> tuple[str, ...]:
    """What a finding is about, whichever image it is in and whichever version the package has."""
    found = finding.vulnerability
    if found is not None:
        return finding.detector, found.id, found.source or found.purl.partition("@")[0]
    return finding.detector, finding.location, finding.purl.partition("@")[0]


def _findings(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """(gone, new, kept); several about the same thing are paired off."""
    old = Counter(_about(f) for f in before)
    came, kept = [], []
    for finding in after:
        about = _about(finding)
        if old[about]:
            old[about] -= 1
            kept.append(finding)
        else:
            came.append(finding)
    gone = []
    for finding in before:
        about = _about(finding)
        if old[about]:
            old[about] -= 1
            gone.append(finding)
    return gone, came, kept


def _ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def place(finding: Finding) -> tuple[float, int, str]:
        priority = finding.vulnerability.priority if finding.vulnerability is not None else -1.0
        return -priority, -finding.severity, finding.id

    return tuple(sorted(findings, key=place))
