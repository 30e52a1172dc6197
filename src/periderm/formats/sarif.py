"""Writes a report as SARIF 2.1.0, for code scanning pages and editors. Reads nothing back.

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
from periderm.model.text import Text
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
_REST = Text(
    "{count} more findings, the least urgent, do not fit into this document.",
    "另有 {count} 个最不紧急的弱点未能放入本文档。",
)
_BY_EXCEPTION = Text("An exception says that it does not count.", "有例外说明它不计入。")
_UNTIL = Text("{reason} ({owner}, until {day}, {id})", "{reason}（{owner}，有效期至 {day}，{id}）")
_BY_VEX = Text("A VEX statement says that it is not affected.", "有 VEX 声明说明它不受影响。")
_LAYER = Text("layer {layer}", "层 {layer}")
_IN_A_TREE = (TargetKind.SOURCE, TargetKind.REPOSITORY, TargetKind.PIPELINE)


def write(report: Report, language: str = "en", *, most: int = MOST_RESULTS) -> bytes:
    """One run. Findings that an exception or a VEX statement takes away are there, suppressed, with the reason. What does
    not fit into `most` results (the least urgent) is said in the run's notifications."""
    owners = _owners(report.exceptions)
    writer = _Writer(report, language)
    every = [
        *((finding, None) for finding in report.findings),
        *((finding, writer.excepted(finding, owners)) for finding in report.excepted),
        *((finding, writer.not_affected(finding)) for finding in report.not_affected),
    ]
    shown = sorted(every, key=lambda pair: (pair[1] is not None, -_rank(pair[0])))[:most]
    rules = writer.rules(finding for finding, _ in shown)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [writer.result(finding, why, numbers) for finding, why in shown]
    notes = [*report.inventory.not_examined]
    if len(every) > len(shown):
        notes.append(_REST.fill(count=len(every) - len(shown)).pick(language))
    run = {
        "tool": {"driver": _driver(report, rules)},
        "language": "zh-CN" if language.startswith("zh") else "en-US",
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


def _score(finding: Finding) -> float:
    known = finding.vulnerability
    if known and known.score >= 0:
        return known.score
    return _SCORES.get(finding.severity, 0.0)


def _uri(path: str) -> str:
    """A relative URI reference; a colon in its first part would make it a scheme."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~@+!$&'()*,;=").lstrip("/") or "-"


def _owners(exceptions: Iterable[Excepted]) -> dict[str, Excepted]:
    return {hidden: excepted for excepted in exceptions if not excepted.expired for hidden in excepted.hides}


class _Writer:
    """The parts that are told in a language, for one report."""

    def __init__(self, report: Report, language: str) -> None:
        self._report = report
        self._language = language
        self._places = report.places()

    def _say(self, text: Text) -> str:
        return text.pick(self._language)

    def rules(self, findings: Iterable[Finding]) -> list[Json]:
        """One rule for each vulnerability and each other detector, in the order of their first finding. The severity is the
        worst of its findings."""
        rules: dict[str, Json] = {}
        for finding in findings:
            rule = rules.setdefault(rule_of(finding), {})
            score = _score(finding)
            if not rule:
                rule.update(self._rule(finding))
            properties = rule["properties"]
            if score > float(properties.get("security-severity", "-1")):
                properties["security-severity"] = f"{score:.1f}"
                rule["defaultConfiguration"] = {"level": _LEVELS[finding.severity]}
        return list(rules.values())

    def _rule(self, finding: Finding) -> Json:
        known = finding.vulnerability
        title = f"{known.id}: {known.summary}" if known and known.summary else known.id if known else self._say(finding.title)
        links = known.references if known else ()
        help_text = self._say(finding.remediation) or self._say(finding.message) or title
        markdown = "\n\n".join([help_text, "\n".join(f"- <{link}>" for link in links[:10] if is_link(link))]).strip()
        weaknesses = known.cwes if known else finding.weaknesses
        tags = ["security", finding.kind.value, *(f"external/cwe/{cwe.lower()}" for cwe in weaknesses)]
        return without_empty(
            {
                "id": rule_of(finding),
                "name": "Vulnerability" if known else finding.detector,
                "shortDescription": {"text": shorten(title, 1024) or "-"},
                "fullDescription": {
                    "text": shorten((known.summary if known else self._say(finding.title)) or title, 1024) or "-"
                },
                "help": {"text": help_text or "-", "markdown": markdown or "-"},
                "helpUri": next((link for link in links if is_link(link)), None),
                "defaultConfiguration": {"level": _LEVELS[finding.severity]},
                "properties": {"tags": list(dict.fromkeys(tags))[:20], "precision": "very-high" if known else "high"},
            }
        )

    def result(self, finding: Finding, why: Json | None, numbers: dict[str, int]) -> Json:
        """One result; `why` it is suppressed, if it is."""
        known = finding.vulnerability
        properties = without_empty({"priority": known.priority, "fixedIn": known.fixed_in} if known else {})
        if known:
            properties["reasons"] = [self._say(reason.text) for reason in known.reasons]
        return without_empty(
            {
                "ruleId": rule_of(finding),
                "ruleIndex": numbers[rule_of(finding)],
                "level": _LEVELS[finding.severity],
                "kind": "fail" if finding.severity > Severity.UNKNOWN else "review",
                "message": {"text": self._message(finding)},
                "locations": [self._location(finding)],
                "partialFingerprints": {"peridermFinding/v1": finding.id},
                "rank": round(min(100.0, max(0.0, known.priority)), 2) if known else None,
                "suppressions": [why] if why else None,
                "properties": properties,
            }
        )

    def _message(self, finding: Finding) -> str:
        change = self._say(finding.remediation)
        parts = [self._say(finding.message) or self._say(finding.title) or finding.detector, change]
        return " ".join(part for part in parts if part) or "-"

    def _location(self, finding: Finding) -> Json:
        place = self._places[finding.id]
        logical: Json = {}
        if finding.purl:
            name = finding.package or finding.purl
            logical = {"name": name, "fullyQualifiedName": finding.purl, "kind": "package"}
        elif finding.location:
            logical = {"fullyQualifiedName": finding.location, "kind": "resource"}
        artifact: Json = {"uri": _uri(place.path or self._report.target or "-")}
        if self._report.kind in _IN_A_TREE:
            artifact["uriBaseId"] = "%SRCROOT%"
        message = self._say(_LAYER.fill(layer=finding.layer)) if finding.layer else ""
        return without_empty(
            {
                # GitHub shows a result at a line of a file: what has none is at its first.
                "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place.line or 1}},
                "logicalLocations": [logical] if logical else None,
                "message": {"text": message} if message else None,
            }
        )

    def excepted(self, finding: Finding, owners: dict[str, Excepted]) -> Json:
        """The suppression of what an exception takes away."""
        found = owners.get(finding.id)
        if found is None:
            return {"kind": "external", "status": "accepted", "justification": self._say(_BY_EXCEPTION)}
        it = found.exemption
        said = self._say(_UNTIL.fill(reason=it.reason, owner=it.owner, day=rfc3339(it.expires)[:10], id=it.id))
        return {"kind": "external", "status": "accepted", "justification": said}

    def not_affected(self, finding: Finding) -> Json:
        """The suppression of what a VEX statement takes away."""
        vex = finding.vulnerability.vex if finding.vulnerability else None
        parts = [vex.justification, vex.statement, vex.document] if vex else []
        said = "; ".join(part for part in parts if part) or self._say(_BY_VEX)
        return {"kind": "external", "status": "accepted", "justification": said}
