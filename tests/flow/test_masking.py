"""No secret leaves a scan."""

from __future__ import annotations

from periderm.engines.image import DETECTORS
from periderm.flow.masking import masked
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import History, ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.images import AWS_KEY

KEY = AWS_KEY.decode()
PATTERNS = tuple(p for d in DETECTORS for p in d.patterns)
WORDS = Text("x", "x")


def inventory(config: ImageConfig, *packages: Package) -> ImageInventory:
    """A small inventory."""
    return ImageInventory(
        digest="sha256:1", reference="x", source="archive", config=config, os=OsRelease(), packages=packages, executables=()
    )


def test_inventory_packages_and_findings() -> None:
    """History in the configuration, in the packages it brought, in what findings say, and in names of files."""
    step = f"RUN fetch --key {KEY}"
    package = Package(name="x", version="1", type="deb", purl="pkg:deb/x@1", created_by=step)
    finding = Finding(
        id="fnd-1", detector="IMG-001", kind=FindingKind.SECRET, severity=Severity.HIGH, asset_id="a", title=WORDS,
        message=WORDS, remediation=WORDS, location=f"srv/{KEY}.txt", first_seen=0, last_seen=0,
    )  # fmt: skip
    found = inventory(ImageConfig(history=(History(step),)), package)
    shown, told = masked(found, (finding,), PATTERNS)
    assert KEY not in repr(shown)
    assert KEY not in repr(told)
    assert shown.packages[0].created_by == shown.config.history[0].created_by
    assert "RUN fetch --key AKIA…" in shown.packages[0].created_by


def test_a_scan_that_looks_for_no_secrets() -> None:
    """Masks them all the same."""
    shown, _ = masked(inventory(ImageConfig(environment=(f"X={KEY}", "DB_PASSWORD=hunter"))), (), ())
    assert KEY not in repr(shown)
    assert "hunter" not in repr(shown)


def test_nothing_to_mask() -> None:
    """An ordinary inventory is given as it is."""
    found = inventory(ImageConfig(environment=("PATH=/bin",)), Package(name="x", version="1", type="deb", purl="pkg:deb/x@1"))
    assert masked(found, (), PATTERNS) == (found, ())
