"""CISA's catalogue: since when each vulnerability is known to be exploited."""

from __future__ import annotations

import json

import pytest

from periderm.formats import kev
from periderm.model.advisory import Exploitation
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds


def test_entries() -> None:
    """Dates as times, ransomware as a fact; an entry without a date is refused."""
    entries = [
        {"cveID": "CVE-2024-0001", "dateAdded": "2024-01-02", "dueDate": "2024-02-03", "knownRansomwareCampaignUse": "Known"},
        {"cveID": "CVE-2024-0002", "dateAdded": "2024-01-02", "knownRansomwareCampaignUse": "Unknown"},
        {"cveID": "CVE-2024-0003", "dateAdded": "soon"},
        5,
    ]
    found = list(kev.parse(json.dumps({"catalogVersion": "1", "vulnerabilities": entries}).encode(), where="k"))
    since = unix_nanoseconds("2024-01-02T00:00:00Z")
    due = unix_nanoseconds("2024-02-03T00:00:00Z")
    assert found[0] == Exploitation(cve="CVE-2024-0001", known_since=since, due=due, ransomware=True)
    assert found[1] == Exploitation(cve="CVE-2024-0002", known_since=since)
    assert [f.where for f in found[2:] if isinstance(f, Refused)] == ["k#2", "k#3"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"{" * 5000])
def test_no_catalogue(data: bytes) -> None:
    """It is a FormatError."""
    with pytest.raises(FormatError):
        list(kev.parse(data))
