"""The gate of a pipeline."""

from __future__ import annotations

import pytest

from periderm.app.gate import judge_gate, read_gate
from periderm.model.errors import RuleError
from tests.reports import report


def met(condition: str) -> list[str]:
    """What meets it, by vulnerability or kind."""
    found = judge_gate(read_gate(condition), report())
    return [f.vulnerability.id if f.vulnerability else f.kind.value for f in found]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("critical", ["CVE-2021-44228"]),
        ("severity >= critical", ["CVE-2021-44228"]),
        ("severity >= high && fixed && cvss < 9.0", ["CVE-2024-1", "CVE-2024-5<script>"]),
        ("exploited", ["CVE-2021-44228"]),
        ("kind == 'secret'", ["secret"]),
        ("!fixed && vulnerability != ''", ["CVE-2024-2"]),
        ("package == 'openssl' && ecosystem == 'Debian:12' && version.startsWith('3.0')", ["CVE-2024-1"]),
        ("'GHSA-aaaa-bbbb-cccc' in aliases && fixed_days > 5.0 && severity == high", ["CVE-2024-1", "CVE-2024-5<script>"]),
        ("licence == 'Apache-2.0'", ["CVE-2024-1"]),
        ("false", []),
    ],
)
def test_conditions(condition: str, expected: list[str]) -> None:
    """A severity alone and conditions over all facts mean what they say; what is excepted meets nothing."""
    assert met(condition) == expected


def test_no_gate_is_met_by_nothing() -> None:
    """Without a condition nothing fails."""
    assert judge_gate(None, report()) == ()


@pytest.mark.parametrize(
    ("condition", "column"), [("severity >= hihg", 13), ("fixd", 1), ("severity >=", 12), ("cvss == 'x'", 6), ("", 1)]
)
def test_what_is_wrong_is_pointed_at(condition: str, column: int) -> None:
    """A misspelt condition never passes as met or not met: it says where it is wrong."""
    with pytest.raises(RuleError) as caught:
        read_gate(condition)
    assert caught.value.column == column
