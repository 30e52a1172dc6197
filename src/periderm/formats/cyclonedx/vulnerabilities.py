"""Writes the `vulnerabilities` of a CycloneDX document: one entry for each vulnerability and each answer to it.

Source: CycloneDX 1.6, `vulnerability`, `analysis`. An exception of ours is written as `will_not_fix` with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.algorithms.documents import Json, is_link, without_empty
from periderm.algorithms.materials import PREFIX
from periderm.model.advisory import Verdict
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.report import Report
from periderm.model.severity import Severity
from periderm.model.timestamps import rfc3339
from periderm.model.vulnerability import VexStatus, Vulnerability

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.MEDIUM: "medium",
    Severity.LOW: "low",
    Severity.INFORMATIONAL: "info",
    Severity.UNKNOWN: "unknown",
}
_STATES = {
    VexStatus.NOT_AFFECTED: "not_affected",
    VexStatus.AFFECTED: "exploitable",
    VexStatus.FIXED: "resolved",
    VexStatus.UNDER_INVESTIGATION: "in_triage",
}
_JUSTIFICATIONS = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}
_RESPONSES = {Verdict.WILL_NOT_FIX: "will_not_fix", Verdict.FIX_DEFERRED: "can_not_fix", Verdict.END_OF_LIFE: "can_not_fix"}
_METHODS = (("CVSS:4", "CVSSv4"), ("CVSS:3.1", "CVSSv31"), ("CVSS:3", "CVSSv3"), ("AV:", "CVSSv2"))
_CALLED = (("CVE-", "NVD"), ("GHSA-", "GitHub"), ("PYSEC-", "PyPA"), ("GO-", "Go"), ("RUSTSEC-", "RustSec"))


def entries(report: Report, references: Sequence[str], root: str) -> list[Json]:
    """All vulnerabilities of the report, whether they count or not, each with the components that it concerns."""
    places: dict[tuple[str, str], str] = {}
    for package, reference in zip(report.inventory.packages, references, strict=True):
        places.setdefault((package.purl, package.path), reference)
        places.setdefault((package.purl, ""), reference)
    excused = {hidden: it.exemption for it in report.exceptions if not it.expired for hidden in it.hides}
    made: dict[tuple[str, str], Json] = {}
    for finding in (*report.findings, *report.not_affected, *report.excepted):
        known = finding.vulnerability
        if known is None:
            continue
        answer = _analysis(known, excused.get(finding.id))
        key = (known.id, repr(sorted(answer.items())))
        entry = made.setdefault(key, {})
        if not entry:
            entry.update(_entry(finding, known, answer, len(made)))
        place = places.get((known.purl, known.path)) or places.get((known.purl, "")) or root
        if all(other["ref"] != place for other in entry["affects"]):
            version = [{"version": known.version, "status": "affected"}] if known.version and not _spared(answer) else []
            entry["affects"].append(without_empty({"ref": place, "versions": version}))
    return list(made.values())


def _spared(answer: Json) -> bool:
    return answer.get("state") in ("not_affected", "resolved", "false_positive")


def _entry(finding: Finding, known: Vulnerability, answer: Json, number: int) -> Json:
    source = next((name for prefix, name in _CALLED if known.id.startswith(prefix)), known.verdict_source)
    change = f"Upgrade {known.name} to {known.fixed_in}." if known.fixed_in else finding.remediation.en
    cwes = [int(digits) for cwe in known.cwes if (digits := cwe.upper().removeprefix("CWE-")).isdecimal() and len(digits) < 6]
    entry = without_empty(
        {
            "bom-ref": f"vulnerability-{number}-{known.id}",
            "id": known.id,
            "source": {"name": source} if source else None,
            "references": [{"id": alias, "source": {"name": _who(alias)}} for alias in known.aliases],
            "ratings": [_rating(known)],
            "cwes": cwes,
            "description": known.summary or finding.message.en,
            "recommendation": change,
            "advisories": [{"url": url} for url in known.references if is_link(url)],
            "published": rfc3339(known.published) if known.published else None,
            "analysis": answer,
            "properties": _properties(known),
        }
    )
    entry["affects"] = []
    return entry


def _who(identifier: str) -> str:
    return next((name for prefix, name in _CALLED if identifier.startswith(prefix)), "other")


def _rating(known: Vulnerability) -> Json:
    method = next((name for prefix, name in _METHODS if known.vector.startswith(prefix)), "other")
    return without_empty(
        {
            "source": {"name": known.severity_source} if known.severity_source else None,
            "score": known.score if known.score >= 0 else None,
            "severity": _SEVERITIES[known.severity],
            "method": method if known.vector or known.score >= 0 else None,
            "vector": known.vector,
        }
    )


def _analysis(known: Vulnerability, exemption: Exemption | None) -> Json:
    if exemption is not None:
        detail = f"{exemption.reason} ({exemption.owner}, until {rfc3339(exemption.expires)[:10]}, {exemption.id})"
        return {"state": "exploitable", "response": ["will_not_fix"], "detail": detail}
    vex = known.vex
    if vex is not None:
        spared = vex.status is VexStatus.NOT_AFFECTED
        return without_empty(
            {
                "state": _STATES[vex.status],
                "justification": _JUSTIFICATIONS.get(vex.justification) if spared else None,
                "detail": "; ".join(part for part in (vex.justification, vex.statement, vex.action, vex.document) if part),
            }
        )
    if known.verdict is Verdict.UNDER_INVESTIGATION:
        return {"state": "in_triage"}
    response = _RESPONSES.get(known.verdict)
    return {"response": [response], "detail": f"{known.verdict_source}: {known.verdict.value}"} if response else {}


def _properties(known: Vulnerability) -> list[Json]:
    told = {
        "priority": f"{known.priority:.1f}",
        "fixed-in": known.fixed_in,
        "epss": f"{known.probability:.5f}" if known.probability >= 0 else "",
        "exploited": "true" if known.exploited else "",
    }
    return [{"name": PREFIX + name, "value": value} for name, value in told.items() if value]
