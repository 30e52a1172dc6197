"""A report as VEX statements."""

from __future__ import annotations

from periderm.correlate.statements import statements_of
from periderm.flow.vulnerabilities import judge_inventory
from periderm.formats import openvex
from periderm.model.exception import Exemption, Scope
from periderm.model.report import Report, TargetKind
from periderm.model.vulnerability import VexStatement, VexStatus
from tests.engines.vulnerability.given import DAY, NOW, Memory, advisory, affected, inventory, package
from tests.flow.test_vulnerabilities import SECRET

KNOWN = Memory(*(advisory(f"CVE-2099-000{i}", affected("PyPI", "demo", "..2")) for i in (1, 2, 3)))
SAID = VexStatement(
    vulnerability="CVE-2099-0001",
    products=("pkg:pypi/demo",),
    status=VexStatus.NOT_AFFECTED,
    justification="component_not_present",
    time=5,
)
RISK = Exemption(id="e", reason="behind a wall", owner="ops", expires=NOW + DAY, scope=Scope(findings=("CVE-2099-0002",)))


def report() -> Report:
    """One fault that a statement took away, one that an exception did, one that counts, and a secret."""
    image = inventory(package("pypi", "demo", "1.0"))
    judged = judge_inventory(image, KNOWN, now=NOW, vex=(SAID,), exemptions=(RISK,), others=(SECRET,))
    return Report(
        kind=TargetKind.IMAGE,
        target="app",
        time=NOW,
        seconds=1.0,
        version="1",
        inventory=image,
        findings=judged.findings,
        not_affected=judged.not_affected,
        excepted=judged.excepted,
        exceptions=judged.exceptions,
    )


def test_one_statement_for_each_vulnerability() -> None:
    """Only what somebody gave a reason for is 'not affected'; an accepted risk is one still."""
    by_name = {s.vulnerability: s for s in statements_of(report())}
    assert {n: s.status.value for n, s in by_name.items()} == {
        "CVE-2099-0001": "not_affected",
        "CVE-2099-0002": "affected",
        "CVE-2099-0003": "affected",
    }
    assert by_name["CVE-2099-0001"].justification == "component_not_present"
    assert by_name["CVE-2099-0001"].time == 5
    assert by_name["CVE-2099-0002"].action.startswith("Accepted by ops until 2026-09-22: behind a wall")
    assert "Upgrade demo to 2" in by_name["CVE-2099-0003"].action
    assert all(s.subcomponents == ("pkg:pypi/demo@1.0",) for s in by_name.values())


def test_what_is_written_is_honoured_again() -> None:
    """The next scan of the same image with these statements says the same."""
    data = openvex.write(statements_of(report()), author="a", time=NOW)
    image = inventory(package("pypi", "demo", "1.0"))
    again = judge_inventory(image, KNOWN, now=NOW, vex=tuple(openvex.parse(data)))
    assert [f.vulnerability.id for f in again.not_affected if f.vulnerability] == ["CVE-2099-0001"]
