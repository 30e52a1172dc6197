"""Counts a report for its plots: by severity, priority, layer, package and licence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from periderm.formats.html_report import words
from periderm.formats.html_report.plots import Part, bars, columns
from periderm.model.finding import Finding
from periderm.model.report import Report
from periderm.model.severity import Severity

_MOST = 12  # rows of one plot
_WORST_FIRST = tuple(sorted(Severity, reverse=True))


def figures(report: Report, language: str) -> Iterator[str]:
    """The plots that have something to show, each as a <figure>."""
    if report.findings:
        yield _figure(words.BY_SEVERITY.pick(language), _severities(report, language))
        if any(finding.vulnerability for finding in report.findings):
            yield _figure(words.BY_PRIORITY.pick(language), _priorities(report, language))
        if len(report.inventory.layers) > 1:
            yield _figure(words.BY_LAYER.pick(language), _groups(report, language, lambda f: _layer(f, report, language)))
        if any(finding.package for finding in report.findings):
            yield _figure(words.BY_PACKAGE.pick(language), _groups(report, language, lambda f: f.package))
    if report.inventory.packages:
        yield _figure(words.BY_LICENCE.pick(language), _licences(report, language))


def _figure(title: str, picture: str) -> str:
    return f"<figure><h3>{words.plain(title)}</h3>{picture}</figure>"


def _severities(report: Report, language: str) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    rows = [(words.SEVERITIES[s].pick(language), [(float(counts[s]), f"s{int(s)}")]) for s in _WORST_FIRST if counts[s]]
    return bars(rows, words.BY_SEVERITY.pick(language))


def _priorities(report: Report, language: str) -> str:
    values = [0] * 10
    for finding in report.findings:
        if finding.vulnerability:
            values[min(9, max(0, int(finding.vulnerability.priority // 10)))] += 1
    return columns(values, [f"{10 * n}+" for n in range(10)], words.BY_PRIORITY.pick(language))


def _layer(finding: Finding, report: Report, language: str) -> str:
    """The layer by its number from below, with the beginning of its digest."""
    if finding.layer in report.inventory.layers:
        return f"{report.inventory.layers.index(finding.layer) + 1}: {finding.layer.removeprefix('sha256:')[:12]}"
    return finding.layer[:19] or words.NO_LAYER.pick(language)


def _groups(report: Report, language: str, name_of: Callable[[Finding], str]) -> str:
    """Findings by a name, each bar in the colours of their severities; what has no name is left out."""
    found: dict[str, Counter[Severity]] = {}
    for finding in report.findings:
        if name := name_of(finding):
            found.setdefault(name, Counter())[finding.severity] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    shown = ordered[:_MOST] if len(ordered) <= _MOST else ordered[: _MOST - 1]
    rows: list[tuple[str, list[Part]]] = [(name, _parts(counts)) for name, counts in shown]
    if rest := ordered[len(shown) :]:
        together: Counter[Severity] = sum((counts for _, counts in rest), Counter())
        rows.append((f"{words.OTHERS.pick(language)} ({len(rest)})", _parts(together)))
    return bars(rows, words.FINDINGS.pick(language))


def _parts(counts: Counter[Severity]) -> list[Part]:
    return [(float(counts[s]), f"s{int(s)}") for s in _WORST_FIRST if counts[s]]


def _licences(report: Report, language: str) -> str:
    counts = Counter(package.licence or words.NO_LICENCE.pick(language) for package in report.inventory.packages)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ordered[:_MOST] if len(ordered) <= _MOST else ordered[: _MOST - 1]
    rows: list[tuple[str, list[Part]]] = [(name, [(float(count), "bar")]) for name, count in shown]
    if rest := ordered[len(shown) :]:
        rows.append((f"{words.OTHERS.pick(language)} ({len(rest)})", [(float(sum(count for _, count in rest)), "bar")]))
    return bars(rows, words.BY_LICENCE.pick(language))
