"""Writes a report for GitHub: annotations that a workflow prints, and the snapshot that its dependency graph takes.

Sources: GitHub's "Workflow commands" (escapes of data and of properties; 10 errors, 10 warnings and 10 notices of a step
are shown), REST API "dependency submission". What it must be told by the workflow (commit, ref, job) is an argument.
"""

from __future__ import annotations

from urllib.parse import quote

from periderm.algorithms.documents import Json, sayable, shorten, to_json, without_empty
from periderm.model.finding import Finding
from periderm.model.image import Package
from periderm.model.report import Place, Report, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339

# The API asks for an address. There is no site: the name stands in the top-level domain that never resolves (RFC 2606).
_HOME = "https://periderm.invalid"
SHOWN = 10  # annotations of one level that GitHub shows of a step
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
}
_IN = Text("{id} in {name} {version}", "{name} {version} 中的 {id}")
_REST = Text(
    "{count} more findings in {target} are not shown here. The whole report has them.",
    "{target} 中另有 {count} 个弱点未在此显示，完整报告中有全部内容。",
)
_IN_A_TREE = (TargetKind.SOURCE, TargetKind.REPOSITORY, TargetKind.PIPELINE)


def write(report: Report, language: str = "en") -> bytes:
    """Lines for a workflow's log: the most urgent findings of each level, and a last one that counts the rest. In source code
    each stands at its line, or at the first where that is not known."""
    told: dict[str, int] = {"error": 0, "warning": 0, "notice": 0}
    lines, left = [], 0
    places = report.places()
    for finding in sorted(report.findings, key=lambda f: (-_rank(f), f.id)):
        level = _LEVELS.get(finding.severity, "notice")
        told[level] += 1
        # The last notice is kept free for the sentence about the rest.
        if told[level] > SHOWN - (level == "notice"):
            left += 1
            continue
        lines.append(_annotation(level, finding, report, places[finding.id], language))
    if left:
        said = _REST.fill(count=left, target=report.target).pick(language)
        lines.append(f"::notice title=Periderm::{_data(said)}")
    return "".join(line + "\n" for line in lines).encode()


def _rank(finding: Finding) -> float:
    return finding.vulnerability.priority if finding.vulnerability else finding.severity * 20.0


def _annotation(level: str, finding: Finding, report: Report, place: Place, language: str) -> str:
    known = finding.vulnerability
    title = _IN.fill(id=known.id, name=known.name, version=known.version) if known else None
    told_title = title.pick(language) if title else f"{finding.detector}: {finding.title.pick(language)}"
    properties = {"title": shorten(told_title, 200)}
    path = place.path
    if path and report.kind in _IN_A_TREE:
        properties = {"file": path, "line": str(place.line or 1), **properties}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    where = "" if "file" in properties else f" ({report.target}{': ' + path if path else ''})"
    return f"::{level} {told}::{_data(finding.message.pick(language) + where)}%0A{_data(finding.remediation.pick(language))}"


def _data(text: str) -> str:
    """Text of a command. Any other break of lines would begin a command of its own."""
    text = sayable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return "".join(c if c.isprintable() or c == "\t" else quote(c) for c in text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def write_snapshot(report: Report, *, commit: str, ref: str, correlator: str, job: str) -> bytes:
    """The dependencies as `POST /repos/{owner}/{repo}/dependency-graph/snapshots` takes them. `correlator` tells apart the
    jobs of a workflow that submit; `ref` is 'refs/heads/…'."""
    manifests: dict[str, Json] = {}
    for package in report.inventory.packages:
        if not package.purl:
            continue
        path = package.path if report.kind in _IN_A_TREE else ""
        name = path or report.inventory.reference or report.target
        manifest = manifests.setdefault(name, {"name": name, "resolved": {}})
        if path:
            manifest["file"] = {"source_location": path}
        manifest["resolved"][package.purl] = _resolved(package)
    return to_json(
        {
            "version": 0,
            "sha": commit,
            "ref": ref,
            "job": {"correlator": correlator, "id": job},
            "detector": {"name": "periderm", "version": report.version, "url": _HOME},
            "scanned": rfc3339(report.time),
            "manifests": manifests,
        }
    )


def _resolved(package: Package) -> Json:
    scope = "development" if package.scope in ("development", "test") else "runtime"
    wanted = [name for name in package.dependencies if name.startswith("pkg:")]
    return without_empty({"package_url": package.purl, "scope": scope, "dependencies": wanted})
