"""Writes a report as JUnit XML, the form that every continuous integration shows: a finding is a failed test.

Source: the schema of Ant's JUnit task, which is the strictest in use, and Jenkins' junit-10; what is written holds
under both. An exception or a VEX statement makes a test that was skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from periderm.algorithms.documents import sayable, shorten
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Report
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339

_TITLES = {
    FindingKind.VULNERABILITY: Text("vulnerabilities", "漏洞"),
    FindingKind.SECRET: Text("secrets", "密钥"),
    FindingKind.CONFIGURATION: Text("configuration", "配置"),
    FindingKind.LICENCE: Text("licences", "许可证"),
    FindingKind.END_OF_LIFE: Text("end of life", "停止支持"),
    FindingKind.NOT_EXAMINED: Text("not examined", "未检查"),
    FindingKind.MALWARE: Text("malware", "恶意软件"),
    FindingKind.CODE: Text("code", "代码"),
    FindingKind.UNTRUSTED: Text("untrusted", "不受信任"),
}
_EXCEPTION, _STATEMENT = Text("an exception", "例外"), Text("a VEX statement", "VEX 声明")
_NONE, _OF = Text("no {title} found", "未发现{title}"), Text("{title} of {target}", "{target} 的{title}")
_IN = Text("{id} in {name} {version}", "{name} {version} 中的 {id}")
Row = tuple[Finding, str]  # why it is skipped, '' if it counts


def write(report: Report, language: str = "en") -> bytes:
    """One suite for each kind of finding that was looked for; one that found nothing has one test that passes."""
    why_excepted = {hidden: it.exemption.reason for it in report.exceptions if not it.expired for hidden in it.hides}
    rows: list[Row] = [(finding, "") for finding in report.findings]
    rows += [(finding, why_excepted.get(finding.id) or _EXCEPTION.pick(language)) for finding in report.excepted]
    rows += [(finding, _spared(finding, language)) for finding in report.not_affected]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for number, kind in enumerate(FindingKind):
        own = [row for row in rows if row[0].kind is kind]
        if own or _looked_for(report, kind):
            lines += _suite(report, kind, own, number, language)
    return ("\n".join([*lines, "</testsuites>"]) + "\n").encode()


def _looked_for(report: Report, kind: FindingKind) -> bool:
    word = "vulnerabilities" if kind is FindingKind.END_OF_LIFE else _TITLES[kind].en
    return kind is not FindingKind.NOT_EXAMINED and any(scanner.value == word for scanner in report.scanners)


def _spared(finding: Finding, language: str) -> str:
    vex = finding.vulnerability.vex if finding.vulnerability else None
    said = "; ".join(part for part in (vex.justification, vex.statement) if part) if vex else ""
    return said or _STATEMENT.pick(language)


def _suite(report: Report, kind: FindingKind, rows: Iterable[Row], number: int, language: str) -> list[str]:
    title = _TITLES[kind].pick(language)
    ordered = sorted(rows, key=lambda row: (bool(row[1]), -_rank(row[0]), row[0].id))
    failures = sum(not why for _, why in ordered)
    cases = [line for row in ordered for line in _case(row, language)]
    if not cases:
        cases = [f'    <testcase classname="periderm" name={_attribute(_NONE.fill(title=title).pick(language))} time="0"/>']
    head = {
        "id": str(number),
        "package": "periderm",
        "name": _OF.fill(title=title, target=report.target).pick(language),
        "timestamp": rfc3339(report.time).removesuffix("Z"),
        "hostname": "localhost",
        "tests": str(max(1, len(ordered))),
        "failures": str(failures),
        "errors": "0",
        "time": f"{max(0.0, report.seconds):.3f}",
    }
    attributes = " ".join(f"{name}={_attribute(value)}" for name, value in head.items())
    told = {"digest": report.inventory.digest, "periderm": report.version, "advisories": report.advisories.digest}
    properties = [f'      <property name="{name}" value={_attribute(value)}/>' for name, value in told.items()]
    opening = [f"  <testsuite {attributes}>", "    <properties>", *properties, "    </properties>"]
    return [*opening, *cases, "    <system-out/>", "    <system-err/>", "  </testsuite>"]


def _rank(finding: Finding) -> float:
    return finding.vulnerability.priority if finding.vulnerability else finding.severity * 20.0


def _case(row: Row, language: str) -> list[str]:
    finding, why = row
    known = finding.vulnerability
    place = (known.path if known else "") or finding.location
    group = f"{known.name}@{known.version}" if known else finding.package or finding.detector
    name = f"{finding.detector} {finding.title.pick(language)}"
    if known:
        name = _IN.fill(id=known.id, name=known.name, version=known.version).pick(language)
    name = f"{name} ({place})" if place else name
    head = f'    <testcase classname={_attribute(group)} name={_attribute(name)} time="0">'
    if why:
        return [head, f"      <skipped>{escape(_legal(why))}</skipped>", "    </testcase>"]
    severity = finding.severity.name.lower() if finding.severity else Severity.UNKNOWN.name.lower()
    message = _attribute(f"[{severity}] {finding.message.pick(language)}")
    body = [finding.message.pick(language), finding.remediation.pick(language), *(known.references[:5] if known else ())]
    text = escape(_legal("\n".join(part for part in body if part)))
    return [head, f'      <failure type="{severity}" message={message}>{text}</failure>', "    </testcase>"]


def _attribute(value: str) -> str:
    return quoteattr(_legal(" ".join(shorten(value, 4000).split())))


def _legal(text: str) -> str:
    """XML 1.0 cannot hold most control characters, nor U+FFFE and U+FFFF: they become visible escapes."""
    text = sayable(text)
    if text.isprintable():
        return text
    return "".join(c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else f"\\x{ord(c):02x}" for c in text)
