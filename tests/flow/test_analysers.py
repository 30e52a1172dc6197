"""What analysers said, as findings among the others."""

from __future__ import annotations

import msgspec

from periderm.algorithms.exceptions import apply
from periderm.flow.analysers import exemptions_of, findings_of, merged
from periderm.model.analysis import AnalysisResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.severity import Severity
from periderm.model.text import Text

ONE = AnalysisResult(
    tool="Semgrep", rule="r", title="t", message="m", severity=Severity.HIGH, path="a.py", line=3, weaknesses=("CWE-79",)
)


def own(kind: FindingKind = FindingKind.CONFIGURATION, **fields: object) -> Finding:
    """One of ours."""
    text = Text("x", "x")
    given = {"line": 3, "weaknesses": ("CWE-79",), "location": "a.py", "severity": Severity.LOW, **fields}
    base = Finding(
        id="fnd-1",
        detector="CFG-001",
        kind=kind,
        severity=Severity.LOW,
        asset_id="a",
        title=text,
        message=text,
        remediation=text,
    )
    return msgspec.structs.replace(base, **given)


def test_a_result_becomes_a_finding() -> None:
    """Its rule and analyser are named."""
    (one,) = findings_of([ONE], "asset", 5)
    assert (one.kind, one.detector, one.tool, one.location, one.line) == (FindingKind.CODE, "Semgrep/r", "Semgrep", "a.py", 3)
    assert one.weaknesses == ("CWE-79",)


def test_ids_outlive_moved_lines() -> None:
    """By the analyser's fingerprint, else by its words; two alike are two."""
    moved = msgspec.structs.replace(ONE, line=9)
    (first,) = findings_of([ONE], "asset", 0)
    (second,) = findings_of([moved], "asset", 0)
    assert first.id == second.id
    assert len({one.id for one in findings_of([ONE, moved], "asset", 0)}) == 2
    (third,) = findings_of([msgspec.structs.replace(ONE, fingerprint="x")], "asset", 0)
    assert third.id != first.id


def test_what_both_saw_is_there_once() -> None:
    """Same line, same weakness: ours stays, with the other's name and the worse severity."""
    (one,) = merged([own()], findings_of([ONE], "a", 0))
    assert (one.detector, one.tool, one.severity) == ("CFG-001", "Semgrep", Severity.HIGH)


def test_secrets_are_the_same_by_any_of_their_weaknesses() -> None:
    """Ours are told by lines in their evidence."""
    secret = own(FindingKind.SECRET, line=0, weaknesses=(), evidence="line 2: ab… (20 characters); line 3: cd… (20 characters)")
    (one,) = merged([secret], findings_of([msgspec.structs.replace(ONE, weaknesses=("CWE-259",))], "a", 0))
    assert one.tool == "Semgrep"


def test_what_differs_stays_apart() -> None:
    """Another line, another weakness, none at all, a suppressed one; two of the same analyser."""
    others = [
        msgspec.structs.replace(ONE, line=4),
        msgspec.structs.replace(ONE, weaknesses=("CWE-22",)),
        msgspec.structs.replace(ONE, weaknesses=()),
        msgspec.structs.replace(ONE, suppressed="fine"),
    ]
    assert len(merged([own()], findings_of(others, "a", 0))) == 5
    same = [ONE, msgspec.structs.replace(ONE, rule="q")]
    assert len(merged([], findings_of(same, "a", 0))) == 2


def test_two_analysers_merge_too() -> None:
    """Both are named."""
    (one,) = merged([], findings_of([ONE, msgspec.structs.replace(ONE, tool="CodeQL")], "a", 0))
    assert one.tool == "Semgrep, CodeQL"


def test_evidence_is_masked() -> None:
    """A snippet may hold a secret."""
    secret = "Zq81kd" + "PpW4xT90vB"
    (one,) = findings_of([msgspec.structs.replace(ONE, evidence=f"password = '{secret}'")], "a", 0)
    assert secret not in one.evidence


def test_ignored_findings_are_excepted_with_their_reason() -> None:
    """Each by an exception of its own, which names the file or the analyser."""
    some = (own(ignored="built each night"), own(id="fnd-2", ignored=""), own(id="fnd-3", ignored="fine", tool="Semgrep"))
    applied = apply(exemptions_of(some, 10), some, 10)
    assert [one.id for one in applied.kept] == ["fnd-2"]
    assert [(e.exemption.reason, e.exemption.owner, e.hides) for e in applied.by] == [
        ("built each night", "a comment in the file", ("fnd-1",)),
        ("fine", "Semgrep", ("fnd-3",)),
    ]
