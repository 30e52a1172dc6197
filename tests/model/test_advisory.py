"""What advisories say travels as msgpack and comes back whole, also to a reader of an older form."""

from __future__ import annotations

import msgspec

from periderm.model.advisory import Advisory, AdvisoryHit, Affected, PackageName, Score, Verdict
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange

ENTRY = Affected(
    package=PackageName("Red Hat:9", "nodejs"),
    scheme=Scheme.RPM,
    ranges=(VersionRange(introduced="1:18", fixed="1:18.20.4-1"),),
    verdict=Verdict.FIX_DEFERRED,
    severity=Severity.HIGH,
    module="nodejs:18",
)


def test_round_trip() -> None:
    """Rows and whole advisories."""
    hit = AdvisoryHit(ids=("REDHAT-CVE-2024-0001", "CVE-2024-0001"), source="redhat", affected=ENTRY)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(hit), type=AdvisoryHit) == hit
    whole = Advisory(id="A", source="osv", scores=(Score("nvd", "CVSS:3.1/x", 9.8),), affected=(ENTRY,))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(whole), type=Advisory) == whole


def test_fields_that_came_later() -> None:
    """A row that was written before `module` existed is still read."""
    row = msgspec.to_builtins(ENTRY)
    assert row.pop() == "nodejs:18"
    assert msgspec.convert(row, Affected) == msgspec.structs.replace(ENTRY, module="")


def test_names_are_keys() -> None:
    """Equal names are one key."""
    assert {PackageName("PyPI", "django"): 1}[PackageName("PyPI", "django")] == 1
