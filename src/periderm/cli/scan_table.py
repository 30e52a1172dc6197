"""Shows a report to a person in a terminal: what to change first, then every finding with its fix beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.cli import words
from periderm.cli.columns import side_by_side, window, wrap
from periderm.cli.output import Output, width
from periderm.cli.scan_contents import looked
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Report, Scanner, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import Vulnerability

SHOWN = 25  # vulnerabilities that are shown unless all are asked for
STEPS = 8  # changes that are shown unless all are asked for
WIDE = 100  # columns from which vulnerabilities stand in one row each
_TOGETHER = 3  # more findings of one detector than this become one row
_NS_PER_DAY = 86_400 * 10**9

_NOTHING = Text("Nothing was found.", "没有发现弱点。")
_FACTS = Text(
    "{os} · {packages} packages · {programs} executables · {files} entries · {size} MiB · {seconds} s",
    "{os} · {packages} 个软件包 · {programs} 个可执行文件 · {files} 个条目 · {size} MiB · {seconds} 秒",
)
_FACTS_OF_SOURCE = Text(
    "{files} entries · {packages} packages · {seconds} s", "{files} 个条目 · {packages} 个软件包 · {seconds} 秒"
)
_FACTS_OF_PIPELINE = Text(
    "{files} entries, of which only build files are judged · {seconds} s", "{files} 个条目，仅检查其中的构建文件 · {seconds} 秒"
)
_BASE = Text("Built on {name}", "基于 {name} 构建")
_UNKNOWN_OS = Text("no distribution found", "未识别发行版")
_ADVISORIES = Text("Advisories: {count}, {age}: {feeds}", "漏洞公告：{count} 条，{age}：{feeds}")
_AGE = Text("{days} days old", "{days} 天前")
_TODAY = Text("of today", "今天")
_STARTER = Text(
    "Only the starter set of advisories is here: {count} well-known vulnerabilities, and most are not in it. "
    "Fetch all: periderm advisories update",
    "这里只有入门公告：{count} 个知名漏洞，大多数漏洞不在其中。获取全部：periderm advisories update",
)
_NO_ADVISORIES = Text(
    "No advisories are here, so no vulnerabilities were looked for. Fetch them: periderm advisories update",
    "这里没有漏洞公告，因此没有查找漏洞。获取公告：periderm advisories update",
)
_PLAN = Text("WHAT TO CHANGE FIRST", "首先修改什么")
_ENDS = Text("findings it ends: {count} · priority: {risk}", "消除 {count} 个弱点 · 优先级 {risk}")
_MORE_STEPS = Text("… and {count} more changes (--all shows them).", "… 另有 {count} 项修改（--all 显示全部）。")
_VULNERABILITIES = Text("VULNERABILITIES", "漏洞")
_HEAD = (
    Text("PRIO", "优先"),
    Text("SEVERITY", "严重程度"),
    Text("VULNERABILITY", "漏洞"),
    Text("PACKAGE", "软件包"),
    Text("FIXED IN", "修复于"),
    Text("WHAT", "内容"),
)
_NO_FIX = Text("no fix", "无修复")
_EXPLOITED = Text("exploited", "已被利用")
_LIKELY = Text("EPSS {share}", "EPSS {share}")
_MORE_FOUND = Text("… and {count} more, less urgent (--all shows them).", "… 另有 {count} 个不太紧急的漏洞（--all 显示全部）。")
_OTHERS = Text("OTHER FINDINGS", "其他弱点")
_FINDINGS = Text("FINDINGS", "弱点")
_OTHER_HEAD = (Text("SEVERITY", "严重程度"), Text("FINDING", "弱点"), Text("WHAT TO CHANGE", "如何修改"))
_MORE = Text(" And {count} more like it (--all shows them).", "另有 {count} 个同类（--all 显示全部）。")
_SUMS = Text("{count} findings: {parts}.", "{count} 个弱点：{parts}。")
_EXCEPTED = Text("{count} more are left out by exceptions.", "另有 {count} 个由例外排除。")
_SPARED = Text("{count} more do not affect it, say VEX statements.", "另有 {count} 个经 VEX 声明不受影响。")
_UNFIXED = Text(
    "{count} more have no fix and were left out (--ignore-unfixed).", "另有 {count} 个无修复，已省略（--ignore-unfixed）。"
)
_EXPIRED = Text("The exception {id} of {owner} has expired and hides nothing.", "{owner} 的例外 {id} 已过期，不再生效。")
_UNSEEN = Text("Not examined: {what}", "未检查：{what}")
_MORE_UNSEEN = Text(
    "… and {count} more parts were not examined (--format json has all).", "… 另有 {count} 处未检查（--format json 显示全部）。"
)

# English has another form for one.
_ONE = {
    _MORE_STEPS: Text("… and one more change (--all shows it).", _MORE_STEPS.zh),
    _MORE_FOUND: Text("… and one more, less urgent (--all shows it).", _MORE_FOUND.zh),
    _MORE: Text(" And one more like it (--all shows it).", _MORE.zh),
    _SUMS: Text("One finding: {parts}.", _SUMS.zh),
    _EXCEPTED: Text("One more is left out by an exception.", _EXCEPTED.zh),
    _SPARED: Text("One more does not affect it, says a VEX statement.", _SPARED.zh),
    _UNFIXED: Text("One more has no fix and was left out (--ignore-unfixed).", _UNFIXED.zh),
    _MORE_UNSEEN: Text("… and one more part was not examined (--format json has all).", _MORE_UNSEEN.zh),
}
_TRIPPED = Text("Gate: {count} findings meet '{condition}': {names}", "门禁：{count} 个弱点满足 '{condition}'：{names}")
_TRIPPED_ONE = Text("Gate: one finding meets '{condition}': {names}", _TRIPPED.zh)
_NEXT = Text(
    "  Change it as told above. More on it: periderm explain {name}", "  请按上述说明修改。详情：periderm explain {name}"
)
_PASSED = Text("Gate: no finding meets '{condition}'.", "门禁：没有弱点满足 '{condition}'。")


def show(report: Report, out: Output, *, whole: bool = False, now: int = 0) -> None:
    """The whole report. `now` is Unix nanoseconds, for the age of the advisories."""
    _head(report, out, now or report.time)
    if report.plan:
        _plan(report, out, whole=whole)
    known = sorted((f for f in report.findings if f.vulnerability), key=_urgency)
    if known:
        _vulnerabilities(known, out, whole=whole)
    others = [f for f in report.findings if not f.vulnerability]
    if others:
        out.line(out.paint(out.say(_OTHERS if known else _FINDINGS), "bold"))
        _other_findings(others, out, whole=whole)
        out.line()
    _foot(report, out)


def _urgency(finding: Finding) -> tuple[float, int, str]:
    known = finding.vulnerability
    return -(known.priority if known else 0.0), -finding.severity, finding.id


def _paragraph(text: str, out: Output, *, indent: int = 0, colour: str = "") -> None:
    for line in wrap(text, window() - indent):
        out.line(" " * indent + out.paint(line, colour))


def _count(text: Text, count: int, **values: object) -> Text:
    """The sentence about so many."""
    return (_ONE.get(text, text) if count == 1 else text).fill(count=count, **values)


def _head(report: Report, out: Output, now: int) -> None:
    inventory = report.inventory
    out.line(out.paint(out.say(inventory.reference or report.target), "bold"))
    if inventory.digest:
        _paragraph(out.say(inventory.digest), out)
    source = report.kind in (TargetKind.SOURCE, TargetKind.REPOSITORY)
    told = _FACTS_OF_PIPELINE if report.kind is TargetKind.PIPELINE else _FACTS_OF_SOURCE if source else _FACTS
    facts = told.fill(
        os=inventory.os.pretty_name or inventory.os.id or _UNKNOWN_OS.pick(out.language),
        packages=len(inventory.packages),
        programs=len(inventory.executables),
        files=inventory.files,
        size=inventory.size >> 20,
        seconds=f"{report.seconds:.1f}",
    )
    _paragraph(out.say(facts), out)
    if inventory.contents is not None:
        _paragraph(out.say(looked(inventory.contents)), out)
    if report.base.name:
        _paragraph(out.say(_BASE.fill(name=report.base.name)), out)
    if report.trust is not None:
        from periderm.cli.trust_table import verdict_lines

        for line in verdict_lines(report.trust):
            _paragraph(out.say(line), out, colour="" if report.trust.trusted else "yellow")
    if Scanner.VULNERABILITIES in report.scanners:
        _advisories(report, out, now)
    out.line()


def _advisories(report: Report, out: Output, now: int) -> None:
    """Which were used and how old they are; that they are few or none stands out."""
    info = report.advisories
    count = sum(feed.advisories for feed in info.feeds)
    if info.starter:
        _paragraph(out.say(_STARTER.fill(count=count)), out, colour="yellow")
    elif not info.digest:
        _paragraph(out.say(_NO_ADVISORIES), out, colour="yellow")
    else:
        newest = max((feed.newest for feed in info.feeds), default=0) or info.built
        days = max(0, now - newest) // _NS_PER_DAY
        age = _AGE.fill(days=days) if days else _TODAY
        names = ", ".join(feed.name for feed in info.feeds)
        told = _ADVISORIES.fill(count=f"{count:,}", age=age.pick(out.language), feeds=names)
        _paragraph(out.say(told), out, colour="yellow" if days > 7 else "")


def _plan(report: Report, out: Output, *, whole: bool) -> None:
    out.line(out.paint(out.say(_PLAN), "bold"))
    steps = report.plan if whole else report.plan[:STEPS]
    for number, step in enumerate(steps, 1):
        what = wrap(out.say(step.what), window() - 4)
        out.line(f"{number:>2}  {out.paint(what[0], 'green')}")
        for line in what[1:]:
            out.line(f"    {out.paint(line, 'green')}")
        told = out.say(_ENDS.fill(count=len(step.removes), risk=f"{step.risk:.0f}"))
        place = f"{step.path}:{step.line}" if step.line else step.path
        _paragraph(f"{out.say(place)} · {told}" if place else told, out, indent=4, colour="grey")
        if step.now:
            _paragraph(f"✗ {out.say(step.now)}", out, indent=4, colour="grey")
        if step.command:
            # What a file declares is a line to write there, and nothing to type.
            mark = "✎" if step.path and step.command.startswith(f"{step.path}: ") else "$"
            _paragraph(f"{mark} {out.say(step.command)}", out, indent=4)
    if len(report.plan) > len(steps):
        out.line("    " + out.say(_count(_MORE_STEPS, len(report.plan) - len(steps))))
    out.line()


def _fix(known: Vulnerability, out: Output) -> str:
    return out.say(known.fixed_in) or out.say(_NO_FIX)


def _what(known: Vulnerability, finding: Finding, out: Output) -> str:
    parts = [out.say(_EXPLOITED)] if known.exploited else []
    if known.probability >= 0.01:
        parts.append(out.say(_LIKELY.fill(share=f"{known.probability:.0%}")))
    parts.append(out.say(known.summary) or out.say(finding.message))
    if known.path:
        parts.append(out.say(known.path))
    return " · ".join(parts)


def _vulnerabilities(findings: Sequence[Finding], out: Output, *, whole: bool) -> None:
    out.line(out.paint(out.say(_VULNERABILITIES), "bold"))
    shown = findings if whole else findings[:SHOWN]
    rows = [
        (
            f"{known.priority:4.0f}",
            words.severity(out, finding.severity),
            out.say(known.id),
            f"{out.say(known.name)} {out.say(known.version)}",
            _fix(known, out),
            _what(known, finding, out),
        )
        for finding in shown
        if (known := finding.vulnerability)
    ]
    if window() >= WIDE:
        _wide(rows, out)
    else:
        _narrow(rows, out)
    if len(findings) > len(shown):
        out.line(out.say(_count(_MORE_FOUND, len(findings) - len(shown))))
    out.line()


def _wide(rows: Sequence[tuple[str, ...]], out: Output) -> None:
    """One row for each; the package, fix and summary share what the others leave."""
    room = window()
    first = [4, 15, min(20, max(width(row[2]) for row in rows))]
    rest = room - sum(first) - 2 * 5
    package = min(max(width(row[3]) for row in rows), max(18, rest * 35 // 100))
    fix = min(max(8, *(width(row[4]) for row in rows)), max(10, rest * 25 // 100))
    widths = [*first, package, fix, rest - package - fix]
    side_by_side([out.say(head) for head in _HEAD], widths, out)
    for row in rows:
        side_by_side(row, widths, out)


def _narrow(rows: Sequence[tuple[str, ...]], out: Output) -> None:
    """Three lines for each, for windows without room for columns."""
    for priority, severity, identifier, package, fix, what in rows:
        out.line(f"{priority}  {severity}  {identifier}")
        _paragraph(f"{package} → {fix}", out, indent=6)
        _paragraph(what, out, indent=6, colour="grey")


def _other_findings(findings: Sequence[Finding], out: Output, *, whole: bool) -> None:
    rows = [
        (
            words.severity(out, f.severity),
            _place(f, out)
            + out.say(f.message)
            + (out.say(_count(_MORE, more)) if more else "")
            + (f" [{out.say(f.evidence)}]" if f.evidence else ""),
            f"{out.say(f.remediation)} ({f.detector})",
        )
        for f, more in grouped(findings, whole=whole)
    ]
    if window() < WIDE:
        for severity, message, change in rows:
            out.line(severity)
            _paragraph(message, out, indent=4)
            _paragraph(f"→ {change}", out, indent=4, colour="grey")
        return
    second = (window() - 15 - 4) // 2
    widths = (15, second, window() - 15 - 4 - second)
    side_by_side([out.say(head) for head in _OTHER_HEAD], widths, out)
    for row in rows:
        side_by_side(row, widths, out)


def _place(finding: Finding, out: Output) -> str:
    """Where in a file, and which analyser says so; nothing where the message itself tells the place."""
    said = f"{out.say(finding.tool)}: " if finding.tool else ""
    return f"{out.say(finding.location)}:{finding.line}: {said}" if finding.line and finding.location else said


def grouped(findings: Sequence[Finding], *, whole: bool) -> Iterator[tuple[Finding, int]]:
    """(finding, how many more like it are not shown), worst first; secrets are never folded."""
    ordered = sorted(findings, key=lambda f: (-f.severity, f.detector, f.location))
    groups: dict[tuple[str, int], list[Finding]] = {}
    for finding in ordered:
        groups.setdefault((finding.detector, finding.severity), []).append(finding)
    for group in groups.values():
        if whole or len(group) <= _TOGETHER or group[0].kind is FindingKind.SECRET:
            yield from ((finding, 0) for finding in group)
        else:
            yield group[0], len(group) - 1


def _foot(report: Report, out: Output) -> None:
    """The sums, and what does not count or was not seen: nothing is left out silently."""
    counts = {s: sum(f.severity is s for f in report.findings) for s in sorted(Severity, reverse=True)}
    parts = ", ".join(f"{n} {out.say(words.severity_label(s))[2:]}" for s, n in counts.items() if n)
    total = len(report.findings)
    _paragraph(out.say(_count(_SUMS, total, parts=parts)) if total else out.say(_NOTHING), out)
    for text, count in ((_EXCEPTED, len(report.excepted)), (_SPARED, len(report.not_affected)), (_UNFIXED, report.unfixed)):
        if count:
            _paragraph(out.say(_count(text, count)), out)
    for it in report.exceptions:
        if it.expired:
            told = _EXPIRED.fill(id=it.exemption.id, owner=it.exemption.owner)
            _paragraph(out.say(told), out, colour="yellow")
    missed = report.inventory.not_examined
    for what in missed[:5]:
        _paragraph(out.say(_UNSEEN.fill(what=what)), out, colour="yellow")
    if len(missed) > 5:
        _paragraph(out.say(_count(_MORE_UNSEEN, len(missed) - 5)), out, colour="yellow")


def gate_line(tripped: Sequence[Finding], condition: str, out: Output) -> None:
    """Beside the result: whether the gate was met, by what, and what to do then. That it was met is the answer itself, and is
    said to whoever wants no remarks too: a hook shows nothing else of why it refuses."""
    if not tripped:
        out.note(out.say(_PASSED.fill(condition=condition)))
        return
    names = list(dict.fromkeys(f.vulnerability.id if f.vulnerability else f.detector for f in tripped))
    told = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    sentence = _TRIPPED_ONE if len(tripped) == 1 else _TRIPPED
    out.clear()
    out.err.write(out.say(sentence.fill(count=len(tripped), condition=condition, names=told)) + "\n")
    ours = next((f.detector for f in tripped if not f.vulnerability and not f.tool), "")
    if ours:
        out.note(out.say(_NEXT.fill(name=ours)))
