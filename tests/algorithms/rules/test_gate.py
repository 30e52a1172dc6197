"""Promises of the language of gates."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules import gate
from periderm.model.errors import RuleError
from periderm.model.gate import FindingFacts
from periderm.model.severity import Severity

FACTS = FindingFacts(
    id="fnd-1", detector="VUL-001", kind="vulnerability", severity=int(Severity.HIGH), package="openssl", version="3.0.11-1",
    fixed=True, fixed_days=12.0, epss=0.2, cvss=7.5, location="usr/lib/libssl.so.3", aliases=("GHSA-x",), verdict="affected",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("severity >= high && fixed", True), ("severity == critical", False), ("severity > medium && fixed_days > 7.0", True),
        ("kind == 'vulnerability' && (exploited || epss > 0.1)", True), ("kind in ['secret', 'licence']", False),
        ("package == 'openssl' && vercmp('deb', version, '3.0.12-1') < 0", True), ("glob(location, 'usr/lib/**')", True),
        ("cvss >= 7 && !development && 'GHSA-x' in aliases", True), ("verdict == 'will-not-fix'", False),
    ],
)  # fmt: skip
def test_gates_ask_about_findings(text: str, told: bool) -> None:
    """By the model's own names, with severities as words."""
    assert gate.language().compile(text).holds(FACTS) is told


@pytest.mark.parametrize(
    ("text", "near"),
    [("severty >= high", "severity"), ("severity >= hihg", "high"), ("kind == 'vulnerabilities'", "vulnerability"),
     ("verdict == 'wont-fix'", "will-not-fix"), ("exploit", "exploited")],
)  # fmt: skip
def test_the_nearest_name_is_told(text: str, near: str) -> None:
    """Of fields, of severities, of the words that a field can have."""
    with pytest.raises(RuleError, match=f"Did you mean '{near}'"):
        gate.language().compile(text)


def test_tests_start_from_a_finding_that_says_nothing() -> None:
    """No gate that asks for something fires on it."""
    assert not gate.language().compile("severity >= low || fixed || exploited || epss >= 0.0 || loaded").holds(gate.example())
