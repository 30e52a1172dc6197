"""What a build tells is plain data that can be written as JSON and read again."""

from __future__ import annotations

import msgspec

from periderm.model.advisory import AdvisoryInfo
from periderm.model.advisory_build import BuildReport, BundleManifest, FileCount, Refused


def test_round_trip() -> None:
    """Nothing is lost on the way through JSON."""
    count = FileCount(feed="a.zip", kinds=("osv",), files=2, records=1, refused=1)
    report = BuildReport(info=AdvisoryInfo(digest="d"), counts=(count,), refused=(Refused("a", "why"),), seconds=1.5)
    assert msgspec.json.decode(msgspec.json.encode(report), type=BuildReport) == report
    manifest = BundleManifest(built=1, schema=1, digest="d", sha256="s", size=2)
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=BundleManifest) == manifest
