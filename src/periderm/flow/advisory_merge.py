"""Makes one advisory of several with the same id, and rates their vectors. Pure; stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.algorithms.cvss import score_of, severity_of
from periderm.model.advisory import Advisory, Affected, PackageName, Score
from periderm.model.severity import Severity

_MOST = 100  # references, aliases


def rated(advisory: Advisory) -> Advisory:
    """Every vector with its score, and a severity by the newest version of CVSS where the source gives none."""
    if not advisory.scores:
        return advisory
    scores = tuple(Score(s.source, s.vector, -1.0 if (v := score_of(s.vector)) is None else v) for s in advisory.scores)
    severity = advisory.severity
    best = max((s for s in scores if s.value >= 0), key=_version, default=None)
    if severity is Severity.UNKNOWN and best is not None:
        severity = severity_of(best.value, best.vector)
    return msgspec.structs.replace(advisory, scores=scores, severity=severity)


def _version(score: Score) -> str:
    """Version 3 is what most sources rate by and compare with; 4 leads only where it stands alone, 2 last."""
    if score.vector.startswith("CVSS:3"):
        return "9" + score.vector[5:8]
    return "4" if score.vector.startswith("CVSS:4") else "2"


def merge(advisories: Sequence[Advisory]) -> Advisory:
    """The first leads; what it does not tell, others do. A package is told of by the first that names it: a feed that
    tells of one id in several records (Debian's, Alpine's) has them side by side."""
    first = advisories[0]
    if len(advisories) == 1:
        return first
    affected: dict[PackageName, list[Affected]] = {}
    told_by: dict[PackageName, int] = {}
    for number, advisory in enumerate(advisories):
        for entry in advisory.affected:
            if told_by.setdefault(entry.package, number) == number or _beside(entry, affected[entry.package]):
                affected.setdefault(entry.package, []).append(entry)
    return msgspec.structs.replace(
        first,
        aliases=_distinct(a.aliases for a in advisories),
        upstream=_distinct(a.upstream for a in advisories),
        summary=next((a.summary for a in advisories if a.summary), ""),
        details=next((a.details for a in advisories if a.details), ""),
        severity=next((a.severity for a in advisories if a.severity), Severity.UNKNOWN),
        scores=tuple({s.vector: s for a in reversed(advisories) for s in reversed(a.scores)}.values())[::-1],
        cwes=_distinct(a.cwes for a in advisories),
        references=_distinct(a.references for a in advisories),
        published=min((a.published for a in advisories if a.published), default=0),
        modified=max(a.modified for a in advisories),
        affected=tuple(entry for entries in affected.values() for entry in entries),
    )


def _beside(entry: Affected, known: Sequence[Affected]) -> bool:
    """Another module's stream is another package in all but name."""
    return bool(entry.module) and all(entry.module != other.module for other in known)


def _distinct(values: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for group in values for v in group))[:_MOST]
