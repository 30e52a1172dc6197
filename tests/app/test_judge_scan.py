"""What a worker scans is judged at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.app.judge_scan import scan_and_judge
from periderm.model.envelope import ScanRequest
from periderm.model.errors import AdvisoryError
from periderm.model.settings import Settings
from periderm.ports.advisories import AdvisorySource
from periderm.wiring.advising import advisory_source
from tests.images import base_layer, docker_archive, tar


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Folders of a test: only the starter set is there."""
    return Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))


@pytest.fixture
def request_(tmp_path: Path) -> ScanRequest:
    """An image with Log4j's famous version, by its manifest in a lock file."""
    lock = b"org.apache.logging.log4j:log4j-core:2.14.1=runtimeClasspath\n"
    archive = docker_archive(tmp_path / "image.tar", [base_layer(), tar([("app/gradle.lockfile", lock)])])
    return ScanRequest(image_digest="", source=str(archive), reference="t:1", node_id="n", requested=1)


def test_judged_at_once(settings: Settings, request_: ScanRequest) -> None:
    """The findings of the image and of its packages are there together, with the plan and the advisories' digest."""
    result = scan_and_judge(wiring.image_scanner(settings), request_, lambda: advisory_source(settings))
    assert "CVE-2021-44228" in {f.vulnerability.id for f in result.findings if f.vulnerability}
    assert {"IMG-016", "VUL-001"} <= {f.detector for f in result.findings}
    assert result.plan
    assert result.advisories
    assert len({f.id for f in result.findings}) == len(result.findings)


def test_without_advisories_the_scan_counts(settings: Settings, request_: ScanRequest) -> None:
    """A damaged store costs the vulnerabilities until it is mended, never the scan."""

    def damaged() -> AdvisorySource:
        raise AdvisoryError("The store is damaged.", "Build it again.")

    result = scan_and_judge(wiring.image_scanner(settings), request_, damaged)
    assert result.advisories == ""
    assert "IMG-016" in {f.detector for f in result.findings}
