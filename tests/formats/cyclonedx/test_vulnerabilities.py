"""Vulnerabilities in CycloneDX."""

from __future__ import annotations

import json
from typing import Any

from periderm.formats.cyclonedx import writing
from tests.reports import report


def entries() -> dict[str, dict[str, Any]]:
    """By id; of several with one id the first."""
    found: dict[str, dict[str, Any]] = {}
    for entry in json.loads(writing.write(report()))["vulnerabilities"]:
        found.setdefault(entry["id"], entry)
    return found


def test_ratings_and_places() -> None:
    """Severity, score and vector by source; every place is a component."""
    log4j = entries()["CVE-2021-44228"]
    assert log4j["ratings"] == [
        {
            "source": {"name": "nvd"},
            "score": 10.0,
            "severity": "critical",
            "method": "CVSSv31",
            "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
        }
    ]
    assert log4j["cwes"] == [79]
    assert log4j["affects"][0]["ref"] == "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
    assert {"name": "periderm:exploited", "value": "true"} in log4j["properties"]
    assert log4j["advisories"] == [{"url": "https://example.invalid/CVE-2021-44228"}]


def test_one_entry_for_one_vulnerability() -> None:
    """What two packages share is told once."""
    assert len(entries()["CVE-2024-1"]["affects"]) == 2


def test_answers() -> None:
    """VEX statements, exceptions and a distribution's own word become analyses."""
    found = entries()
    assert found["CVE-2024-3"]["analysis"]["state"] == "not_affected"
    assert found["CVE-2024-3"]["analysis"]["justification"] == "code_not_reachable"
    assert "versions" not in found["CVE-2024-3"]["affects"][0]
    assert found["CVE-2024-4"]["analysis"]["response"] == ["will_not_fix"]
    assert "team-shop" in found["CVE-2024-4"]["analysis"]["detail"]
    assert found["CVE-2024-2"]["analysis"]["response"] == ["will_not_fix"]
    assert "analysis" not in found["CVE-2021-44228"]
