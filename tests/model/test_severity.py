"""How bad, in OCSF's numbers."""

from __future__ import annotations

from periderm.model.severity import Maturity, Severity


def test_severities_are_ocsf_numbers() -> None:
    """severity_id of schema.ocsf.io: 0 Unknown to 5 Critical; greater is worse."""
    names = ["UNKNOWN", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]
    assert [severity.name for severity in sorted(Severity)] == names
    assert [int(severity) for severity in Severity] == list(range(6))
    assert max(Severity.LOW, Severity.HIGH) is Severity.HIGH


def test_maturities_are_pinned() -> None:
    """Stored alerts keep the names."""
    assert [maturity.value for maturity in Maturity] == ["stable", "incubating", "experimental"]
