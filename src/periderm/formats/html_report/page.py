"""Writes a report as one HTML page in English or Chinese, worst first. Every foreign word goes through `words.plain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from periderm.algorithms.documents import is_link
from periderm.formats.html_report import words
from periderm.formats.html_report.picture import figures
from periderm.formats.html_report.style import STYLE, policy
from periderm.formats.html_report.words import plain
from periderm.model.finding import Finding
from periderm.model.looked import looked
from periderm.model.report import Report
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339
from periderm.model.vulnerability import PlannedChange, Vulnerability

OPEN = 500  # findings that stand open; the rest is one click away, so that the page stays quick
SIGNERS = 50  # signatures that are told
STEPS = 8  # changes that stand open
DETAILED = 2_000  # findings with their reasons and links
PACKAGES = 20_000  # packages that are listed


def write(report: Report, language: str = "en") -> bytes:
    """The page."""
    return "\n".join(_Page(report, language).lines()).encode("utf-8", "backslashreplace")


class _Page:
    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = "zh" if language.startswith("zh") else "en"

    def say(self, text: Text, /, **values: object) -> str:
        """Words of ours with foreign values in them, harmless."""
        return plain(text.fill(**values).pick(self.language) if values else text.pick(self.language))

    def lines(self) -> Iterator[str]:
        """The page from top to bottom."""
        title = self.say(words.TITLE, target=self.report.inventory.reference or self.report.target)
        yield "<!doctype html>"
        yield f'<html lang="{"zh-CN" if self.language == "zh" else "en"}"><head><meta charset="utf-8">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
        yield from self.head(title)
        yield "<main>"
        yield from self.trust()
        yield from self.plan()
        pictures = list(figures(self.report, self.language))
        if pictures:
            yield f'<section><h2>{self.say(words.PICTURE)}</h2><div class="plots">{"".join(pictures)}</div></section>'
        yield from self.findings()
        yield from self.left_out()
        yield from self.unseen()
        yield from self.looked()
        yield from self.packages()
        yield "</main>"
        yield from self.foot()
        yield "</body></html>"

    def head(self, title: str) -> Iterator[str]:
        """What was scanned, and how bad it is in figures."""
        inventory = self.report.inventory
        facts = words.FACTS.fill(
            kind=words.TARGETS[self.report.kind].pick(self.language),
            system=inventory.os.pretty_name or inventory.os.id or words.NO_SYSTEM.pick(self.language),
            packages=len(inventory.packages),
            layers=len(inventory.layers),
            time=_moment(self.report.time),
        )
        yield f'<header><h1>{title}</h1><p>{self.say(facts)}</p><p class="dim"><code>{plain(inventory.digest)}</code></p>'
        counts = Counter(finding.severity for finding in self.report.findings)
        tiles = [f"<li><b>{len(self.report.findings)}</b>{self.say(words.ALL)}</li>"]
        for severity in sorted(Severity, reverse=True):
            if counts[severity]:
                label = self.say(words.SEVERITIES[severity])
                tiles.append(f'<li class="s{int(severity)}"><b>{counts[severity]}</b>{label}</li>')
        yield f'<ul class="tiles">{"".join(tiles)}</ul>'
        if self.report.advisories.starter:
            count = sum(feed.advisories for feed in self.report.advisories.feeds)
            yield f'<p class="warn">{self.say(words.STARTER, count=count)}</p>'
        yield "</header>"

    def trust(self) -> Iterator[str]:
        """What the trust policy says, and who signed."""
        told = self.report.trust
        if told is None:
            return
        sentence = words.TRUSTED if told.trusted else words.UNTRUSTED
        yield f"<section><h2>{self.say(words.TRUST)}</h2>"
        begin = "<p>" if told.trusted else '<p class="warn">'
        yield f"{begin}{self.say(sentence, rule=told.rule or '-', policy=told.policy)}</p>"
        if told.signers or told.refused:
            heads = (words.SIGNED_BY, words.SIGNED_WHAT, words.VERIFIED)
            yield f"<table><thead><tr>{''.join(f'<th>{self.say(head)}</th>' for head in heads)}</tr></thead><tbody>"
            for one in told.signers[:SIGNERS]:
                when = f'<div class="dim">{_moment(one.time * 10**9)}</div>' if one.time else ""
                who = f'<b>{plain(one.who)}</b><div class="dim">{plain(one.by)}</div>{when}'
                what = plain(one.predicate) or self.say(words.THE_IMAGE)
                yield f"<tr><td>{who}</td><td>{what}</td><td>{plain(', '.join(one.checked))}</td></tr>"
            for other in told.refused[:SIGNERS]:
                why = f"{self.say(words.REFUSED)}: {self.say(other.why)} {plain(other.detail)}"
                yield f"<tr><td>{plain(other.where)}</td><td>{plain(other.predicate)}</td><td>{why}</td></tr>"
            yield "</tbody></table>"
        yield "</section>"

    def plan(self) -> Iterator[str]:
        """The changes that remove the most."""
        if not self.report.plan:
            return
        yield f"<section><h2>{self.say(words.PLAN)}</h2>"
        yield from self.steps(self.report.plan[:STEPS], 0)
        if len(self.report.plan) > STEPS:
            yield f"<details><summary>{self.say(words.MORE_STEPS, count=len(self.report.plan) - STEPS)}</summary>"
            yield from self.steps(self.report.plan[STEPS:], STEPS)
            yield "</details>"
        yield "</section>"

    def steps(self, plan: Sequence[PlannedChange], before: int) -> Iterator[str]:
        """Some of them, numbered on."""
        yield f'<ol class="plan" start="{before + 1}">'
        for number, change in enumerate(plan, before + 1):
            yield f"<li><i>{number}</i><b>{self.say(change.what)}</b>"
            told = self.say(words.ENDS, count=len(change.removes), risk=f"{change.risk:.0f}")
            where = f"{change.path}:{change.line}" if change.line else change.path
            place = f" · <code>{plain(where)}</code>" if where else ""
            now = f"<div><code>{plain(change.now)}</code></div>" if change.now else ""
            yield f'<div class="dim">{told}{place}{now}</div>'
            if change.command:
                yield f"<pre><code>{plain(change.command)}</code></pre>"
            yield "</li>"
        yield "</ol>"

    def findings(self) -> Iterator[str]:
        """All that count, most urgent first."""
        yield f"<section><h2>{self.say(words.FINDINGS)}</h2>"
        ordered = sorted(self.report.findings, key=lambda f: (-_rank(f), -f.severity, f.id))
        if not ordered:
            yield f"<p>{self.say(words.NONE)}</p>"
        else:
            yield from self.table(ordered[:OPEN], DETAILED)
            if len(ordered) > OPEN:
                yield f"<details><summary>{self.say(words.MORE, count=len(ordered) - OPEN)}</summary>"
                yield from self.table(ordered[OPEN:], DETAILED - OPEN)
                yield "</details>"
        yield "</section>"

    def table(self, findings: Sequence[Finding], detailed: int) -> Iterator[str]:
        """Rows of findings; the first so many with their reasons."""
        heads = (words.SEVERITY, words.WHAT, words.WHERE, words.CHANGE)
        cells = "".join(f"<th>{self.say(head)}</th>" for head in heads)
        first = f'<th class="number">{self.say(words.PRIORITY)}</th>'
        yield f'<table class="wide findings"><thead><tr>{first}{cells}</tr></thead><tbody>'
        for number, finding in enumerate(findings):
            yield self.row(finding, whole=number < detailed)
        yield "</tbody></table>"

    def row(self, finding: Finding, *, whole: bool) -> str:
        """One finding."""
        known = finding.vulnerability
        level = f'<span class="level s{int(finding.severity)}">{self.say(words.SEVERITIES[finding.severity])}</span>'
        if known:
            number, what = f"{known.priority:.0f}", f"<b>{plain(known.id)}</b>"
            what += f' <span class="tag s5">{self.say(words.EXPLOITED)}</span>' if known.exploited else ""
            what += f"<div>{plain(known.summary or finding.message.pick(self.language))}</div>"
            place, path = f"<code>{plain(known.name)} {plain(known.version)}</code>", known.path
        else:
            number, what = "", f"<b>{plain(finding.detector)}</b> {self.say(words.KINDS[finding.kind])}"
            what += f"<div>{self.say(finding.message)}</div>"
            place, path = f"<code>{plain(finding.package)}</code>" if finding.package else "", finding.location
        place += f'<div class="dim"><code>{plain(path)}</code></div>' if path else ""
        change = self.say(finding.remediation)
        if known:
            fix = self.say(words.FIXED_IN, version=known.fixed_in) if known.fixed_in else self.say(words.NO_FIX)
            change = f"<b>{fix}</b><div>{change}</div>"
        change += self.details(known) if known and whole else ""
        return f'<tr><td class="number">{number}</td><td>{level}</td><td>{what}</td><td>{place}</td><td>{change}</td></tr>'

    def details(self, known: Vulnerability) -> str:
        """Why it stands where it stands, and where to read on."""
        points = [self.say(words.POINTS, text=r.text.pick(self.language), points=f"{r.points:+.0f}") for r in known.reasons]
        links = [
            f'<a href="{plain(url)}" rel="noopener noreferrer">{plain(url)}</a>' for url in known.references[:8] if is_link(url)
        ]
        items = "".join(f"<li>{item}</li>" for item in [*points, *(plain(alias) for alias in known.aliases), *links])
        return f'<details><summary>{self.say(words.WHY)}</summary><ul class="plain">{items}</ul></details>' if items else ""

    def left_out(self) -> Iterator[str]:
        """What exceptions and VEX statements take away: whole, with who says so and why."""
        reasons = {
            hidden: words.EXCUSE.fill(reason=e.reason, owner=e.owner, until=rfc3339(e.expires)[:10])
            for excepted in self.report.exceptions
            if not excepted.expired
            for e in (excepted.exemption,)
            for hidden in excepted.hides
        }
        for title, findings in ((words.EXCUSED, self.report.excepted), (words.SPARED, self.report.not_affected)):
            if not findings:
                continue
            yield f"<section><details><summary>{self.say(title, count=len(findings))}</summary><table class='wide'><tbody>"
            for finding in findings:
                known = finding.vulnerability
                name = f"{known.id} · {known.name} {known.version}" if known else f"{finding.detector} · {finding.location}"
                vex = known.vex if known else None
                said = " · ".join(p for p in (vex.justification, vex.statement, vex.document) if p) if vex else ""
                why = reasons[finding.id].pick(self.language) if finding.id in reasons else said
                yield f"<tr><td><code>{plain(name)}</code></td><td>{plain(why)}</td></tr>"
            yield "</tbody></table></details></section>"

    def unseen(self) -> Iterator[str]:
        """What no limit may hide."""
        missed = self.report.inventory.not_examined
        if missed:
            items = "".join(f"<li>{plain(what)}</li>" for what in missed[:1000])
            yield f'<section><h2>{self.say(words.UNSEEN)}</h2><ul class="plain">{items}</ul></section>'

    def looked(self) -> Iterator[str]:
        """What was looked at for malware; nothing where nobody asked for that."""
        contents = self.report.inventory.contents
        if contents is not None:
            yield f'<section><p class="dim">{plain(looked(contents).pick(self.language))}</p></section>'

    def packages(self) -> Iterator[str]:
        """The list of packages, closed until asked for."""
        packages = self.report.inventory.packages
        if not packages:
            return
        heads = "".join(f"<th>{self.say(head)}</th>" for head in (words.NAME, words.VERSION, words.LICENCE, words.PATH))
        yield f"<section><details><summary>{self.say(words.PACKAGES, count=len(packages))}</summary>"
        yield f'<table class="wide"><thead><tr>{heads}</tr></thead><tbody>'
        for package in packages[:PACKAGES]:
            cells = (f"{package.type} {package.name}", package.version, package.licence, package.path)
            yield f"<tr>{''.join(f'<td>{plain(cell)}</td>' for cell in cells)}</tr>"
        yield "</tbody></table></details></section>"

    def foot(self) -> Iterator[str]:
        """By whom, when, from which advisories."""
        info = self.report.advisories
        yield f"<footer><p>{self.say(words.MADE, version=self.report.version, seconds=f'{self.report.seconds:.1f}')}</p>"
        if info.digest:
            count = sum(feed.advisories for feed in info.feeds)
            told = self.say(words.ADVISORIES, count=count, built=_moment(info.built), digest=info.digest[:19])
            yield f"<p>{told}</p>"
        yield "</footer>"


def _rank(finding: Finding) -> float:
    return finding.vulnerability.priority if finding.vulnerability else finding.severity * 20.0


def _moment(nanoseconds: int) -> str:
    return rfc3339(nanoseconds).replace("T", " ").replace("Z", " UTC")
