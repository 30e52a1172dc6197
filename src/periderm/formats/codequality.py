"""Writes what stands in the files of a source tree as GitLab's code quality report, which merge requests show at its line.

Source: GitLab's "Code Quality", "Implement a custom tool": the fields that it reads of CodeClimate's form, all of which it asks
for, and nothing else is written. It compares two branches by fingerprint, so that holds neither the line, which moves, nor the
digest of the tree, which changes with each commit.
"""

from __future__ import annotations

import hashlib

from periderm.algorithms.documents import Json, shorten, to_json
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}
_IN_A_TREE = (TargetKind.SOURCE, TargetKind.REPOSITORY, TargetKind.PIPELINE)


def write(report: Report, language: str = "en") -> bytes:
    """`gl-code-quality-report.json`, the worst first. What stands in no file of a source tree, or was not examined, is not part
    of it: of an image it is empty."""
    if report.kind not in _IN_A_TREE:
        return to_json([])
    places = report.places()
    seen: dict[tuple[str, ...], int] = {}
    entries: list[tuple[int, int, Json]] = []
    for finding in sorted(report.findings, key=lambda f: (places[f.id].path, places[f.id].line, f.detector, f.id)):
        place = places[finding.id]
        if not place.path or finding.kind is FindingKind.NOT_EXAMINED:
            continue
        key = (_check(finding), place.path, _essence(finding))
        seen[key] = seen.get(key, 0) + 1
        told = f"{finding.message.pick(language)} {finding.remediation.pick(language)}"
        entry = {
            "description": shorten(" ".join(told.split()), 2000) or finding.detector,
            "check_name": key[0],
            "fingerprint": hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "backslashreplace")).hexdigest(),
            "severity": _SEVERITIES.get(finding.severity, "info"),
            "location": {"path": place.path, "lines": {"begin": place.line or 1}},
        }
        entries.append((-finding.severity, len(entries), entry))
    return to_json([entry for *_, entry in sorted(entries, key=lambda e: e[:2])])


def _check(finding: Finding) -> str:
    """What is wrong, by name."""
    return finding.vulnerability.id if finding.vulnerability else finding.detector


def _essence(finding: Finding) -> str:
    """What tells a finding apart from others of its check in the same file, and stays when lines are added above it."""
    if finding.vulnerability is not None:
        return finding.vulnerability.purl
    return finding.message.en if finding.kind is FindingKind.SECRET else f"{finding.message.en}\0{finding.evidence}"
