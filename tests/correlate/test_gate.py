"""Findings as gates see them."""

from __future__ import annotations

from periderm.correlate.gate import gate_facts
from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.advisory import Exploitation
from periderm.model.image import Origin
from periderm.model.severity import Severity
from tests.engines.vulnerability.given import DAY, NOW, Memory, advisory, affected, deb, inventory, package
from tests.flow.test_vulnerabilities import SECRET


def test_every_name_has_its_value() -> None:
    """From the finding, its vulnerability and its package."""
    entry = advisory(
        "CVE-2099-0001",
        affected("npm", "demo", "..2.0.0"),
        severity=Severity.HIGH,
        published=NOW - 3 * DAY,
        aliases=("GHSA-a",),
    )
    image = inventory(package("npm", "demo", "1.0.0", scope="development", origin=Origin.DECLARED, licence="MIT"))
    source = Memory(entry, exploitations=[Exploitation(cve="CVE-2099-0001", probability=0.25, known_since=1)])
    findings = judge_inventory(image, source, now=NOW).findings
    ((finding, facts),) = gate_facts(findings, image, NOW)
    assert facts.id == finding.id
    assert (facts.severity, facts.kind, facts.detector) == (4, "vulnerability", "VUL-001")
    assert (facts.package, facts.version, facts.ecosystem, facts.licence) == ("demo", "1.0.0", "npm", "MIT")
    assert (facts.vulnerability, facts.aliases, facts.fixed, facts.fixed_in) == ("CVE-2099-0001", ("GHSA-a",), True, "2.0.0")
    assert (facts.fixed_days, facts.published_days, facts.epss, facts.exploited) == (3.0, 3.0, 0.25, True)
    assert (facts.declared, facts.development, facts.from_base, facts.loaded) == (True, True, False, False)
    assert facts.priority > 0
    assert facts.image == "registry.example/app:1"


def test_other_findings() -> None:
    """Unknown numbers are -1."""
    ((_, facts),) = gate_facts([SECRET], inventory(), NOW)
    assert (facts.cvss, facts.epss, facts.fixed_days, facts.published_days) == (-1.0, -1.0, -1.0, -1.0)
    assert (facts.vulnerability, facts.fixed, facts.location) == ("", False, "etc/key")


def test_distributions_have_their_release() -> None:
    """The ecosystem is the one whose advisories decided."""
    entry = advisory("DEBIAN-CVE-2099-0001", affected("Debian:12", "a", "..2"), source="debian", upstream=("CVE-2099-0001",))
    image = inventory(deb("a", "1"))
    ((_, facts),) = gate_facts(judge_inventory(image, Memory(entry), now=NOW).findings, image, NOW)
    assert facts.ecosystem == "Debian:12"
