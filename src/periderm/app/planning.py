"""What to change in an image: the plan that its scan made, for the findings that count now; or, where none was stored,
one from the findings themselves, which know their own fix but not every branch of an advisory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.algorithms.versions.order import key as version_key
from periderm.engines.vulnerability.commands import distribution_rebuild, distribution_upgrade, language_upgrade
from periderm.engines.vulnerability.needs import DISTRIBUTION_TYPES
from periderm.model import purl as purls
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.model.text import Text
from periderm.model.version_range import Scheme
from periderm.model.vulnerability import ChangeKind, PlannedChange, Vulnerability

MOST_STEPS = 200
MOST_NAMES = 8
_SCHEMES = {
    "deb": Scheme.DEB, "rpm": Scheme.RPM, "apk": Scheme.APK, "pypi": Scheme.PEP440, "npm": Scheme.NPM, "golang": Scheme.GO,
    "maven": Scheme.MAVEN, "gem": Scheme.GEM, "composer": Scheme.COMPOSER, "nuget": Scheme.NUGET, "cargo": Scheme.SEMVER,
    "hex": Scheme.SEMVER, "pub": Scheme.SEMVER, "swift": Scheme.SEMVER,
}  # fmt: skip


def plan_for(
    stored: Sequence[PlannedChange], findings: Sequence[Finding], inventory: ImageInventory
) -> tuple[PlannedChange, ...]:
    """The steps that end findings that count, most risk first."""
    known = {f.id: f for f in findings}
    steps = [_counted(step, known) for step in stored] if stored else _from_findings(findings, inventory)
    return tuple(sorted((s for s in steps if s.removes), key=lambda s: (-s.risk, s.packages))[:MOST_STEPS])


def _counted(step: PlannedChange, known: Mapping[str, Finding]) -> PlannedChange:
    """The step without what an exception takes away."""
    left = tuple(name for name in step.removes if name in known)
    if left == step.removes:
        return step
    lost = step.risk * (1 - len(left) / max(1, len(step.removes)))
    return msgspec.structs.replace(step, removes=left, risk=round(step.risk - lost, 1))


def _from_findings(findings: Iterable[Finding], inventory: ImageInventory) -> list[PlannedChange]:
    groups: dict[tuple[str, ...], list[tuple[Finding, Vulnerability]]] = {}
    for finding in findings:
        v = finding.vulnerability
        if v is not None and v.fixed_in:
            groups.setdefault(_group_of(v), []).append((finding, v))
    return [_step(which, several, inventory) for which, several in groups.items()]


def _type_of(v: Vulnerability) -> str:
    parts = purls.parse(v.purl)
    return parts.type if parts is not None else ""


def _group_of(v: Vulnerability) -> tuple[str, ...]:
    kind = _type_of(v)
    if kind in DISTRIBUTION_TYPES:
        return ("distribution", kind, v.source or v.name) if v.from_base is False else ("base", kind)
    return ("language", kind, v.name, v.version)


def _step(which: tuple[str, ...], several: Sequence[tuple[Finding, Vulnerability]], inventory: ImageInventory) -> PlannedChange:
    kind, first = which[1], several[0][1]
    names = list(dict.fromkeys(v.name for _, v in several))
    wanted = _greatest(kind, (v.fixed_in for _, v in several))
    if which[0] == "base":
        sources = list(dict.fromkeys(v.source or v.name for _, v in several))
        change, to = ChangeKind.REBUILD, ""
        command = distribution_rebuild(kind, inventory.os.id)
        what = Text(
            f"Rebuild with the distribution's updates: {len(sources)} source packages have fixes ({_listed(sources)}).",
            f"用发行版的更新重新构建：{len(sources)} 个源码包已有修复（{_listed(sources)}）。",
        )
    elif which[0] == "distribution":
        change, to = ChangeKind.UPGRADE, wanted
        command = distribution_upgrade(kind, inventory.os.id, names)
        what = Text(f"Upgrade {which[2]} to {to} ({_listed(names)}).", f"将 {which[2]} 升级到 {to}（{_listed(names)}）。")
    elif kind == "golang" and first.name == "stdlib":  # part of each binary: they are built again
        change, to, command = ChangeKind.REBUILD, wanted.removeprefix("v").removeprefix("go"), ""
        places = _listed(list(dict.fromkeys(v.path for _, v in several if v.path)))
        what = Text(f"Build with Go {to} or later: {places}.", f"用 Go {to} 或更高版本重新构建：{places}。")
    else:
        change, to = ChangeKind.UPGRADE, wanted
        command = language_upgrade(kind, first.name, to, first.path)
        what = Text(f"Upgrade {first.name} {first.version} to {to}.", f"将 {first.name} {first.version} 升级到 {to}。")
    return PlannedChange(
        kind=change,
        what=what,
        packages=tuple(dict.fromkeys(v.purl for _, v in several)),
        from_version="" if which[0] == "base" else first.version,
        to_version=to,
        path="" if which[0] == "base" else first.path,
        command=command,
        removes=tuple(f.id for f, _ in several),
        risk=round(sum(v.priority for _, v in several), 1),
    )


def _greatest(kind: str, versions: Iterable[str]) -> str:
    """The version that has all these fixes."""
    scheme = _SCHEMES.get(kind, Scheme.GENERIC)
    return max(versions, key=lambda version: version_key(scheme, version))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
