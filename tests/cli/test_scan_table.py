"""A report in a terminal."""

from __future__ import annotations

import io

import msgspec
import pytest

from periderm.cli.output import Output, width
from periderm.cli.scan_table import gate_line, grouped, show
from periderm.model.advisory import AdvisoryInfo, FeedInfo
from periderm.model.exception import Excepted
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange
from tests.reports import NOW, many, report


def shown(
    value: Report, monkeypatch: pytest.MonkeyPatch, columns: int = 120, *, language: str = "en", whole: bool = False
) -> str:
    """What the terminal would show."""
    monkeypatch.setenv("COLUMNS", str(columns))
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.language = language
    show(value, out, whole=whole)
    assert isinstance(out.out, io.StringIO)
    return out.out.getvalue()


def test_a_place_in_a_file_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its line, and with the analyser that said it."""
    given = report()
    one = next(f for f in given.findings if f.kind is FindingKind.CONFIGURATION)
    one = msgspec.structs.replace(one, location="ci/Dockerfile", line=7, tool="Semgrep")
    assert "ci/Dockerfile:7: Semgrep:" in shown(msgspec.structs.replace(given, findings=(one,)), monkeypatch, 200)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 60, 99, 100, 120, 200])
def test_fits_the_window(monkeypatch: pytest.MonkeyPatch, columns: int, language: str) -> None:
    """No line is wider than the window, however narrow, in both languages; nothing foreign reaches the terminal raw."""
    text = shown(report(), monkeypatch, columns, language=language)
    assert max(width(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_what_to_change_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan, then the findings by priority with the fix beside each, then the sums and what does not count."""
    text = shown(report(), monkeypatch, 200)
    words = (
        "WHAT TO CHANGE FIRST",
        "mvn versions",
        "VULNERABILITIES",
        "CVE-2021-44228",
        "CVE-2024-1",
        "OTHER FINDINGS",
        "8 findings",
    )
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    row = next(line for line in text.splitlines() if "CVE-2021-44228" in line)
    assert "9.9" in row
    assert "exploited" in row
    assert "no fix" in text
    assert "One more is left out by an exception." in text
    assert "says a VEX statement" in text
    assert "Not examined: The rest of layer 2 was not read." in text


def test_which_advisories(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said when only the starter set was there, when none was, and how old those are that were used."""
    assert "Only the starter set of advisories is here: 30" in shown(report(), monkeypatch)
    none = msgspec.structs.replace(report(), advisories=AdvisoryInfo())
    assert "no vulnerabilities were looked for" in shown(none, monkeypatch)
    feeds = (FeedInfo(name="osv", advisories=250_000, newest=NOW - 3 * 86_400 * 10**9), FeedInfo(name="debian", advisories=1))
    full = msgspec.structs.replace(report(), advisories=AdvisoryInfo(built=NOW, digest="sha256:1", feeds=feeds))
    assert "Advisories: 250,001, 3 days old: osv, debian" in shown(full, monkeypatch)


def test_many_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand findings are the most urgent ones and a number, unless all are asked for."""
    text = shown(many(10_000), monkeypatch)
    assert text.count("CVE-2025-") == 25
    assert "9975 more" in text
    assert shown(many(200), monkeypatch, whole=True).count("CVE-2025-") == 200


def test_nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean image says so in a line."""
    clean = msgspec.structs.replace(many(5), findings=(), plan=())
    assert shown(clean, monkeypatch).endswith("Nothing was found.\n")


def test_expired_exceptions_and_unfixed_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that hides nothing any more says so; what was asked to be left out is counted."""
    (it,) = report().exceptions
    value = msgspec.structs.replace(report(), exceptions=(Excepted(exemption=it.exemption, expired=True),), unfixed=7)
    text = shown(value, monkeypatch)
    assert "The exception exc-1 of team-shop has expired" in text
    assert "7 more have no fix" in text


def test_gate() -> None:
    """The gate's answer goes beside the result, with the names that met it."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    gate_line(report().findings[:2], "severity >= high", out)
    gate_line((), "exploited", out)
    assert isinstance(out.err, io.StringIO)
    assert out.err.getvalue() == (
        "Gate: 2 findings meet 'severity >= high': CVE-2021-44228, CVE-2024-1\nGate: no finding meets 'exploited'.\n"
    )


def test_a_met_gate_is_said_to_all() -> None:
    """A hook that wants no remarks still learns why it refuses; one finding is one, and its check is named."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    one = [f for f in report().findings if f.kind is FindingKind.CONFIGURATION][:1]
    gate_line(one, "severity >= low", out)
    out.quiet = True
    gate_line(one, "severity >= low", out)
    gate_line((), "exploited", out)
    assert isinstance(out.err, io.StringIO)
    said = f"Gate: one finding meets 'severity >= low': {one[0].detector}\n"
    assert out.err.getvalue() == (f"{said}  Change it as told above. More on it: periderm explain {one[0].detector}\n{said}")


def test_one_is_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences about one thing are sentences about one thing; without packages the rest are simply the findings."""
    given = msgspec.structs.replace(report(), unfixed=1, plan=report().plan[:1] * 9, excepted=(), not_affected=())
    given = msgspec.structs.replace(given, findings=tuple(f for f in given.findings if f.kind is FindingKind.SECRET)[:1])
    text = shown(given, monkeypatch)
    for sentence in ("One finding: ", "One more has no fix", "… and one more change (--all shows it).", "\nFINDINGS\n"):
        assert sentence in text, sentence
    assert "OTHER" not in text


def test_steps_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Place and line, the line as it is, and what to write there."""
    step = PlannedChange(
        kind=ChangeKind.EDIT,
        what=Text("Close it.", "关闭。"),
        path="compose.yaml",
        line=7,
        now='ports: ["5432:5432"]',
        command="compose.yaml: 127.0.0.1:5432:5432",
        removes=("x",),
        risk=30.0,
    )
    text = shown(msgspec.structs.replace(report(TargetKind.PIPELINE), plan=(step,)), monkeypatch)
    for part in ("Close it.", "compose.yaml:7 · findings it ends: 1", '✗ ports: ["5432:5432"]', "✎ compose.yaml: 127.0.0.1"):
        assert part in text, part
    assert "only build files are judged" in text


def finding(number: int, kind: FindingKind = FindingKind.CONFIGURATION) -> Finding:
    """One of many alike."""
    return Finding(
        id=str(number),
        detector="IMG-016",
        kind=kind,
        severity=Severity.LOW,
        asset_id="a",
        title=Text("t", "t"),
        message=Text("m", "m"),
        remediation=Text("r", "r"),
        location=str(number),
    )


def test_alike_become_one_row() -> None:
    """Many of one kind are one row with their number, unless all are asked for, or they are secrets."""
    several = [finding(n) for n in range(9)]
    assert [more for _, more in grouped(several, whole=False)] == [8]
    assert len(list(grouped(several, whole=True))) == 9
    assert len(list(grouped([finding(n, FindingKind.SECRET) for n in range(9)], whole=False))) == 9
