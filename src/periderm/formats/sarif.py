"""Writes a report as SARIF 2.1.0, for code scanning pages and editors. Reads nothing back; English is written.

Sources: OASIS Static Analysis Results Interchange Format 2.1.0; GitHub's "SARIF support for code scanning" for
`security-severity`, `partialFingerprints` and the limits (25,000 results and rules of a run, 20 tags of a rule).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from periderm.algorithms.documents import Json, is_link, shorten, to_json, without_empty
from periderm.model.exception import Excepted
from periderm.model.finding import Finding
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity
from periderm.model.timestamps import rfc3339

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFORMATIONAL: "note",
    Severity.UNKNOWN: "none",
}
# Where no CVSS score is known: the middle of the band in which GitHub shows that severity.
_SCORES = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.5, Severity.LOW: 2.0}
_IN_A_TREE = (TargetKind.SOURCE, TargetKind.REPOSITORY)


def write(report: Report, *, most: int = MOST_RESULTS) -> bytes:
    """One run. Findings that an exception or a VEX statement takes away are there, suppressed, with the reason. What does
    not fit into `most` results (the least urgent) is said in the run's notifications."""
    owners = _owners(report.exceptions)
    every = [
        *((finding, None) for finding in report.findings),
        *((finding, _excepted(finding, owners)) for finding in report.excepted),
        *((finding, _not_affected(finding)) for finding in report.not_affected),
    ]
    shown = sorted(every, key=lambda pair: (pair[1] is not None, -_rank(pair[0])))[:most]
    rules = _rules(finding for finding, _ in shown)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [_result(finding, why, numbers, report) for finding, why in shown]
    notes = [*report.inventory.not_examined]
    if len(every) > len(shown):
        notes.append(f"{len(every) - len(shown)} more findings, the least urgent, do not fit into this document.")
    run = {
        "tool": {"driver": _driver(report, rules)},
        "automationDetails": {"id": f"periderm/{report.kind.value}/{report.target}/"},
        "invocations": [_invocation(report, notes)],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": _properties(report),
    }
    return to_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def rule_of(finding: Finding) -> str:
    """The rule that a result belongs to: the vulnerability, else the detector."""
    return finding.vulnerability.id if finding.vulnerability else finding.detector


def _rank(finding: Finding) -> float:
    return finding.vulnerability.priority if finding.vulnerability else finding.severity * 20.0


def _driver(report: Report, rules: list[Json]) -> Json:
    return {
        "name": "Periderm",
        "version": report.version,
        "semanticVersion": report.version,
        "rules": rules,
    }


def _invocation(report: Report, notes: Iterable[str]) -> Json:
    return {
        "executionSuccessful": True,
        "startTimeUtc": rfc3339(report.time - int(report.seconds * 1e9)),
        "endTimeUtc": rfc3339(report.time),
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": note or "-"}} for note in notes],
    }


def _properties(report: Report) -> Json:
    return without_empty(
        {
            "target": report.target,
            "kind": report.kind.value,
            "digest": report.inventory.digest,
            "operatingSystem": report.inventory.os.pretty_name,
            "advisories": report.advisories.digest,
            "advisoriesAreOnlyTheStarterSet": report.advisories.starter or None,
        }
    )


def _rules(findings: Iterable[Finding]) -> list[Json]:
    """One rule for each vulnerability and each other detector, in the order of their first finding. The severity is the
    worst of its findings."""
    rules: dict[str, Json] = {}
    for finding in findings:
        rule = rules.setdefault(rule_of(finding), {})
        score = _score(finding)
        if not rule:
            rule.update(_rule(finding))
        properties = rule["properties"]
        if score > float(properties.get("security-severity", "-1")):
            properties["security-severity"] = f"{score:.1f}"
            rule["defaultConfiguration"] = {"level": _LEVELS[finding.severity]}
    return list(rules.values())


def _rule(finding: Finding) -> Json:
    known = finding.vulnerability
    title = f"{known.id}: {known.summary}" if known and known.summary else known.id if known else finding.title.en
    links = known.references if known else ()
    help_text = finding.remediation.en or finding.message.en or title
    markdown = "\n\n".join([help_text, "\n".join(f"- <{link}>" for link in links[:10] if is_link(link))]).strip()
    tags = ["security", finding.kind.value, *(f"external/cwe/{cwe.lower()}" for cwe in (known.cwes if known else ()))]
    return without_empty(
        {
            "id": rule_of(finding),
            "name": "Vulnerability" if known else finding.detector,
            "shortDescription": {"text": shorten(title, 1024) or "-"},
            "fullDescription": {"text": shorten((known.summary if known else finding.title.en) or title, 1024) or "-"},
            "help": {"text": help_text or "-", "markdown": markdown or "-"},
            "helpUri": next((link for link in links if is_link(link)), None),
            "defaultConfiguration": {"level": _LEVELS[finding.severity]},
            "properties": {"tags": list(dict.fromkeys(tags))[:20], "precision": "very-high" if known else "high"},
        }
    )


def _score(finding: Finding) -> float:
    known = finding.vulnerability
    if known and known.score >= 0:
        return known.score
    return _SCORES.get(finding.severity, 0.0)


def _result(finding: Finding, why: Json | None, numbers: dict[str, int], report: Report) -> Json:
    known = finding.vulnerability
    properties = without_empty({"priority": known.priority, "fixedIn": known.fixed_in} if known else {})
    if known:
        properties["reasons"] = [reason.text.en for reason in known.reasons]
    return without_empty(
        {
            "ruleId": rule_of(finding),
            "ruleIndex": numbers[rule_of(finding)],
            "level": _LEVELS[finding.severity],
            "kind": "fail" if finding.severity > Severity.UNKNOWN else "review",
            "message": {"text": _message(finding)},
            "locations": [_location(finding, report)],
            "partialFingerprints": {"peridermFinding/v1": finding.id},
            "rank": round(min(100.0, max(0.0, known.priority)), 2) if known else None,
            "suppressions": [why] if why else None,
            "properties": properties,
        }
    )


def _message(finding: Finding) -> str:
    change = finding.remediation.en
    parts = [finding.message.en or finding.title.en or finding.detector, change]
    return " ".join(part for part in parts if part) or "-"


def _location(finding: Finding, report: Report) -> Json:
    path = (finding.vulnerability.path if finding.vulnerability else "") or finding.location
    logical: Json = {}
    if finding.purl:
        name = finding.package or finding.purl
        logical = {"name": name, "fullyQualifiedName": finding.purl, "kind": "package"}
    elif finding.location:
        logical = {"fullyQualifiedName": finding.location, "kind": "resource"}
    place: Json = {"uri": _uri(path or report.target or "-")}
    if report.kind in _IN_A_TREE:
        place["uriBaseId"] = "%SRCROOT%"
    message = f"layer {finding.layer}" if finding.layer else ""
    return without_empty(
        {
            # GitHub shows a result at a line of a file: what has none is at its first.
            "physicalLocation": {"artifactLocation": place, "region": {"startLine": 1}},
            "logicalLocations": [logical] if logical else None,
            "message": {"text": message} if message else None,
        }
    )


def _uri(path: str) -> str:
    """A relative URI reference; a colon in its first part would make it a scheme."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~@+!$&'()*,;=").lstrip("/") or "-"


def _owners(exceptions: Iterable[Excepted]) -> dict[str, Excepted]:
    return {hidden: excepted for excepted in exceptions if not excepted.expired for hidden in excepted.hides}


def _excepted(finding: Finding, owners: dict[str, Excepted]) -> Json:
    found = owners.get(finding.id)
    if found is None:
        return {"kind": "external", "status": "accepted", "justification": "An exception says that it does not count."}
    it = found.exemption
    said = f"{it.reason} ({it.owner}, until {rfc3339(it.expires)[:10]}, {it.id})"
    return {"kind": "external", "status": "accepted", "justification": said}


def _not_affected(finding: Finding) -> Json:
    vex = finding.vulnerability.vex if finding.vulnerability else None
    parts = [vex.justification, vex.statement, vex.document] if vex else []
    said = "; ".join(part for part in parts if part) or "A VEX statement says that it is not affected."
    return {"kind": "external", "status": "accepted", "justification": said}
