"""What a gate says of a report."""

from __future__ import annotations

import msgspec

from periderm.app.gate import read_gate
from periderm.app.judge_image import DEFAULT, default_gate, judge_image, named
from periderm.model.build import MOST_FAILING
from periderm.model.finding import Finding, FindingKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.reports import report


def finding(number: int, kind: FindingKind, severity: Severity) -> Finding:
    """A finding without a vulnerability."""
    text = Text("x", "x")
    return Finding(
        id=f"fnd-{number}",
        detector="T-1",
        kind=kind,
        severity=severity,
        asset_id="a",
        title=text,
        message=text,
        remediation=text,
        location=f"place/{number}",
    )


def test_the_default_refuses_what_nobody_should_ship() -> None:
    """Malware and surely a secret; not what is merely bad style."""

    def passed(kind: FindingKind, severity: Severity) -> bool:
        one = msgspec.structs.replace(report(), findings=(finding(1, kind, severity),))
        return judge_image(one, default_gate(), None).verdict.passed

    assert not passed(FindingKind.MALWARE, Severity.LOW)
    assert not passed(FindingKind.SECRET, Severity.HIGH)
    assert passed(FindingKind.SECRET, Severity.MEDIUM)
    assert passed(FindingKind.CONFIGURATION, Severity.CRITICAL)
    assert default_gate().text == DEFAULT


def test_a_critical_weakness_counts_when_it_has_a_fix() -> None:
    """Only then can the author of the image do anything."""
    found = next(f for f in report().findings if f.vulnerability is not None)
    for fixed, passes in (("1.2", False), ("", True)):
        vulnerability = msgspec.structs.replace(found.vulnerability, fixed_in=fixed)
        bad = msgspec.structs.replace(found, severity=Severity.CRITICAL, vulnerability=vulnerability)
        verdict = judge_image(msgspec.structs.replace(report(), findings=(bad,)), default_gate(), None).verdict
        assert verdict.passed is passes


def test_the_verdict_is_bounded_and_counts_all() -> None:
    """However many fail."""
    many = tuple(finding(n, FindingKind.SECRET, Severity.HIGH) for n in range(MOST_FAILING + 9))
    verdict = judge_image(msgspec.structs.replace(report(), findings=many), read_gate("high"), None, by="me").verdict
    assert (len(verdict.failing), verdict.failures, verdict.by) == (MOST_FAILING, MOST_FAILING + 9, "me")
    assert verdict.failing[0] == "T-1 place/0"


def test_other_conditions_are_another_policy() -> None:
    """Their digest tells them apart, and is the same for the same."""
    one, same, other = (judge_image(report(), read_gate(text), None).verdict.policy for text in ("high", "high", "low"))
    assert one == same != other


def test_a_vulnerability_is_named_with_its_fix() -> None:
    """So that the verdict alone says what to change."""
    found = next(f for f in report().findings if f.vulnerability is not None and f.vulnerability.fixed_in)
    assert found.vulnerability is not None
    assert named(found).endswith(f"(fixed in {found.vulnerability.fixed_in})")
