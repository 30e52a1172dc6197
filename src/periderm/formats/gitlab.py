"""Writes a report as GitLab's security reports: container scanning for images, dependency scanning for source, static
analysis (SAST) for build and deployment files, and secret detection.

Source: GitLab's security-report-schemas 15.0.7 and 15.2.1 as GitLab's repository holds them; what is written satisfies both.
It says 15.0.7 although 15.2.3 is out: GitLab takes no report whose first two numbers it does not know (its issue 497405:
17.1 refused all 15.2 reports), and takes 15.0 from 15.4 to the newest. Those of images and source hold vulnerabilities of
packages; other findings are counted in the scan's messages, and are in the reports of the other kinds. Those hold each
finding at its line (GitLab's issue 566566: without `end_line` its pages show an error). None holds a secret itself:
`raw_source_code_extract` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from periderm.algorithms.documents import Json, is_link, shorten, to_json, without_empty
from periderm.model.finding import Finding, FindingKind
from periderm.model.ids import stable_uuid
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339
from periderm.model.vulnerability import Vulnerability

VERSION = "15.0.7"
_SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFORMATIONAL: "Info",
    Severity.UNKNOWN: "Unknown",
}
_UNSEEN = Text("Not examined: {what}", "未检查：{what}")
_OTHERS = Text(
    "{count} findings of other kinds (secrets, configuration, licences) are not in this report: write gitlab-secrets and "
    "gitlab-sast too.",
    "另有 {count} 个其他类型的弱点（密钥、配置、许可证）不在本报告中：请同时输出 gitlab-secrets 和 gitlab-sast。",
)
_NO_COMMIT = "0000000"  # the schema asks for one, and what was scanned need not be committed
_EXCEPTED = Text("{count} findings are left out by exceptions.", "{count} 个弱点由例外排除。")
_SPARED = Text("{count} findings are left out by VEX statements.", "{count} 个弱点由 VEX 声明排除。")
_STARTER = Text(
    "Only the starter set of advisories was used: run `periderm advisories update`.",
    "只使用了入门公告：请运行 `periderm advisories update`。",
)
_UPGRADE = Text("Upgrade {name} from {version} to {fixed}.", "将 {name} 从 {version} 升级到 {fixed}。")
_MOST_IDENTIFIERS = 20  # of one vulnerability; GitLab keeps no more
_SAST = frozenset({FindingKind.CONFIGURATION, FindingKind.CODE, FindingKind.MALWARE, FindingKind.UNTRUSTED})
_IN_A_TREE = (TargetKind.SOURCE, TargetKind.REPOSITORY, TargetKind.PIPELINE)
# The schema's patterns, by what they have in common: a wrong vector would make GitLab refuse the whole report.
_VECTOR_3 = re.compile(r"CVSS:3\.[01](?:/(?:AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH])){8}")
_VECTOR_2 = re.compile(r"AV:[NAL]/AC:[LMH]/Au:[MSN]/C:[NPC]/I:[NPC]/A:[NPC]")


def write(report: Report, language: str = "en") -> bytes:
    """`gl-container-scanning-report.json`, for source `gl-dependency-scanning-report.json`, for build files alone
    `gl-sast-report.json`. Findings that an exception
    or a VEX statement takes away are left out, and counted in the messages."""
    if report.kind is TargetKind.PIPELINE:
        return _document("sast", _of_files(report, language, tuple(FindingKind)), report, language, others=0)
    in_a_tree = report.kind in _IN_A_TREE
    known = sorted((f for f in report.findings if f.vulnerability), key=lambda f: -_priority(f))
    told = [_entry(finding, finding.vulnerability, report, language) for finding in known if finding.vulnerability]
    others = len(report.findings) - len(known)
    kind = "dependency_scanning" if in_a_tree else "container_scanning"
    more: Json = {"dependency_files": _files(report)} if in_a_tree else {}
    return _document(kind, told, report, language, others=others, more=more)


def write_sast(report: Report, language: str = "en") -> bytes:
    """`gl-sast-report.json`: what stands in files and is neither a package's vulnerability nor a secret."""
    return _document("sast", _of_files(report, language, _SAST), report, language, others=0)


def write_secrets(report: Report, language: str = "en", commit: str = "") -> bytes:
    """`gl-secret-detection-report.json`: the secrets, masked. `commit` is the one that was scanned, if that is known."""
    told = _of_files(report, language, (FindingKind.SECRET,))
    for entry in told:
        entry["location"]["commit"] = {"sha": commit or _NO_COMMIT}
    return _document("secret_detection", told, report, language, others=0)


def _document(kind: str, told: list[Json], report: Report, language: str, *, others: int, more: Json | None = None) -> bytes:
    """A report of one kind. `others` counts the findings that are none of its."""
    return to_json(
        {
            "version": VERSION,
            "scan": {
                "analyzer": _tool(report),
                "scanner": _tool(report),
                "type": kind,
                "start_time": rfc3339(report.time - int(report.seconds * 1e9)).removesuffix("Z"),
                "end_time": rfc3339(report.time).removesuffix("Z"),
                "status": "success",
                "messages": _messages(report, language, others),
            },
            "vulnerabilities": told,
            "remediations": [],
            **(more or {}),
        }
    )


def _of_files(report: Report, language: str, kinds: Container[FindingKind]) -> list[Json]:
    """Findings that stand in files, worst first; what stands nowhere (not examined) is in the messages."""
    places = report.places()
    ours = (f for f in report.findings if f.vulnerability is None and f.kind in kinds)
    found = sorted(ours, key=lambda f: (-f.severity, f.id))
    return [
        {
            "id": stable_uuid(finding.id),
            "name": shorten(finding.title.pick(language) or finding.detector, 255),
            "description": shorten(finding.message.pick(language), 100_000),
            "severity": _SEVERITIES[finding.severity],
            "solution": shorten(finding.remediation.pick(language), 7000) or "-",
            "identifiers": _of_detector(finding),
            "location": {
                "file": places[finding.id].path,
                "start_line": places[finding.id].line or 1,
                "end_line": places[finding.id].line or 1,
            },
        }
        for finding in found
        if finding.kind is not FindingKind.NOT_EXAMINED and places[finding.id].path
    ]


def _of_detector(finding: Finding) -> list[Json]:
    name = shorten(finding.detector, 255)
    return [{"type": "periderm", "name": name, "value": name}, *_weaknesses(finding.weaknesses)][:_MOST_IDENTIFIERS]


def _priority(finding: Finding) -> float:
    return finding.vulnerability.priority if finding.vulnerability else 0.0


def _tool(report: Report) -> Json:
    return {"id": "periderm", "name": "Periderm", "version": report.version or "0", "vendor": {"name": "Periderm"}}


def _messages(report: Report, language: str, others: int) -> list[Json]:
    said = [("warn", _UNSEEN.fill(what=what)) for what in report.inventory.not_examined]
    if others:
        said.append(("info", _OTHERS.fill(count=others)))
    if report.excepted:
        said.append(("info", _EXCEPTED.fill(count=len(report.excepted))))
    if report.not_affected:
        said.append(("info", _SPARED.fill(count=len(report.not_affected))))
    if report.advisories.starter:
        said.append(("warn", _STARTER))
    return [{"level": level, "value": value.pick(language)} for level, value in said]


def _entry(finding: Finding, known: Vulnerability, report: Report, language: str) -> Json:
    upgrade = _UPGRADE.fill(name=known.name, version=known.version, fixed=known.fixed_in)
    fix = (upgrade if known.fixed_in else finding.remediation).pick(language)
    vector = known.vector if _VECTOR_3.fullmatch(known.vector) or _VECTOR_2.fullmatch(known.vector) else ""
    return without_empty(
        {
            "id": stable_uuid(finding.id),
            "name": shorten(f"{known.id}: {known.summary}" if known.summary else known.id, 255),
            "description": shorten(finding.message.pick(language), 100_000),
            "severity": _SEVERITIES[finding.severity],
            "solution": shorten(fix, 7000),
            "identifiers": _identifiers(known),
            "links": [{"url": url} for url in known.references[:20] if is_link(url)],
            "cvss_vectors": [{"vendor": known.severity_source or "unknown", "vector": vector}] if vector else None,
            "location": _location(finding, known, report),
        }
    )


def _identifiers(known: Vulnerability) -> list[Json]:
    found = []
    for name in dict.fromkeys((known.id, *known.aliases)):
        kind = name.partition("-")[0].lower() if "-" in name else "periderm"
        link = f"https://nvd.nist.gov/vuln/detail/{name}" if kind == "cve" else f"https://osv.dev/vulnerability/{name}"
        entry = {"type": kind, "name": name, "value": name}
        found.append({**entry, "url": link} if is_link(link) else entry)
    found += _weaknesses(known.cwes)
    return found[:_MOST_IDENTIFIERS]


def _weaknesses(cwes: Iterable[str]) -> list[Json]:
    found = []
    for cwe in cwes:
        digits = cwe.upper().removeprefix("CWE-")
        if digits.isascii() and digits.isdecimal():
            url = f"https://cwe.mitre.org/data/definitions/{digits}.html"
            found.append({"type": "cwe", "name": f"CWE-{digits}", "value": digits, "url": url})
    return found


def _dependency(name: str, version: str) -> Json:
    return {"package": {"name": name}, "version": version}


def _location(finding: Finding, known: Vulnerability, report: Report) -> Json:
    dependency = _dependency(known.name, known.version)
    if report.kind in _IN_A_TREE:
        return {"file": known.path or finding.location or "unknown", "dependency": dependency}
    system = report.inventory.os
    return {
        "dependency": dependency,
        "operating_system": " ".join(part for part in (system.id, system.version) if part) or "unknown",
        "image": report.inventory.reference or report.target or "unknown",
    }


def _files(report: Report) -> list[Json]:
    """What each lock file or manifest asks for."""
    found: dict[tuple[str, str], list[Json]] = {}
    for package in report.inventory.packages:
        if package.path:
            found.setdefault((package.path, package.type), []).append(_dependency(package.name, package.version))
    return [{"path": path, "package_manager": kind, "dependencies": asked} for (path, kind), asked in sorted(found.items())]
