"""What code analysers said becomes findings of this product: one list, and what two saw at one place is there once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from periderm.engines.config.credentials import evidence
from periderm.model.analysis import AnalysisResult
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.ids import stable_id
from periderm.model.text import Text

_WRITTEN = "CWE-798"
_SECRETS = frozenset({"CWE-798", "CWE-259", "CWE-321", "CWE-522", "CWE-312", "CWE-540", "CWE-200"})
_LINES = re.compile(r"line (\d{1,9}):")
_FOR_EVER = 7_258_118_400 * 10**9  # 2200-01-01: a comment holds as long as it stands there
_BY_FILE = Text("a comment in the file", "文件中的注释")


def findings_of(results: Iterable[AnalysisResult], asset: str, time: int) -> tuple[Finding, ...]:
    """The findings of results, each with an id that outlives moved lines where the analyser gives a fingerprint."""
    found: dict[str, Finding] = {}
    count: dict[tuple[str, ...], int] = {}
    for one in results:
        detector = f"{one.tool}/{one.rule}"
        key = (detector, one.path, one.fingerprint or one.message)
        count[key] = count.get(key, 0) + 1
        identity = stable_id("fnd", *key, asset, "" if count[key] == 1 else str(count[key]))
        found[identity] = Finding(
            id=identity,
            detector=detector,
            kind=FindingKind.CODE,
            severity=one.severity,
            asset_id=asset,
            title=Text(one.title, one.title),
            message=Text(one.message, one.message),
            remediation=Text(one.change, one.change),
            location=one.path,
            evidence=evidence(one.evidence),
            first_seen=time,
            last_seen=time,
            line=one.line,
            weaknesses=one.weaknesses,
            tool=one.tool,
            ignored=one.suppressed,
        )
    return tuple(found.values())


def merged(own: Sequence[Finding], said: Sequence[Finding]) -> tuple[Finding, ...]:
    """Our findings and the analysers' as one list. What was found before at the same line with the same weakness is there
    once, with the other analyser's name added (`Finding.tool`); one of them that is suppressed merges with none."""
    kept: list[Finding] = list(own)
    places: dict[tuple[str, int, str], int] = {}
    for number, finding in enumerate(kept):
        for place in _places(finding):
            places.setdefault(place, number)
    for finding in said:
        same = next((places[place] for place in _places(finding) if place in places), None)
        if same is not None and not finding.ignored and kept[same].tool != finding.tool:
            kept[same] = _also(kept[same], finding)
            continue
        for place in _places(finding):
            places.setdefault(place, len(kept))
        kept.append(finding)
    return tuple(kept)


def _places(finding: Finding) -> Iterator[tuple[str, int, str]]:
    """(path, line, weakness) by which two findings are the same. Kinds of mistakes with secrets are told apart by nobody."""
    if finding.ignored or not finding.location:
        return
    if finding.kind is FindingKind.SECRET:
        for match in _LINES.finditer(finding.evidence):
            yield finding.location, int(match[1]), _WRITTEN
    elif finding.line:
        for weakness in finding.weaknesses:
            yield finding.location, finding.line, _WRITTEN if weakness in _SECRETS else weakness


def _also(finding: Finding, other: Finding) -> Finding:
    names = dict.fromkeys([*finding.tool.split(", "), other.tool] if finding.tool else [other.tool])
    return msgspec.structs.replace(
        finding,
        tool=", ".join(names),
        severity=max(finding.severity, other.severity),
        weaknesses=tuple(dict.fromkeys((*finding.weaknesses, *other.weaknesses))),
    )


def exemptions_of(findings: Iterable[Finding], now: int) -> tuple[Exemption, ...]:
    """The exceptions that comments in the files, and analysers' own suppressions, make: one for each finding."""
    return tuple(
        Exemption(
            id=f"inline:{finding.location}:{finding.line}:{finding.detector}"[:300],
            reason=finding.ignored,
            owner=finding.tool or _BY_FILE.en,
            expires=max(_FOR_EVER, now + 1),
            scope=Scope(findings=(finding.id,)),
            source=finding.location,
        )
        for finding in findings
        if finding.ignored
    )
