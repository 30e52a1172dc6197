"""Package managers and downloaders."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import package_manager
from periderm.engines.image.facts import GivenFile, GivenImage


@pytest.mark.parametrize(
    ("path", "fires"),
    [("usr/bin/apt-get", True), ("sbin/apk", True), ("usr/bin/curl", True), ("usr/bin/aptly", False), ("opt/apk", False)],
)
def test_by_name_and_place(path: str, fires: bool) -> None:
    """A program of that name where programs lie; another name or place is none."""
    image = GivenImage(layers=((GivenFile(path, b"\x7fELF", 0o755),),))
    assert [f.location for f in run_example(package_manager.DETECTOR, image)] == [path] * fires


def test_one_finding_for_an_image() -> None:
    """Several are one finding that names them."""
    files = tuple(GivenFile(path, b"x", 0o755) for path in ["usr/bin/apt-get", "sbin/apk", "usr/bin/curl"])
    (finding,) = run_example(package_manager.DETECTOR, GivenImage(layers=(files,)))
    assert all(path in finding.evidence for path in ["usr/bin/apt-get", "sbin/apk", "usr/bin/curl"])


def test_gone_is_gone() -> None:
    """What a later layer removes, or what cannot be executed, is not there."""
    first = (GivenFile("usr/bin/apt-get", b"x", 0o755), GivenFile("sbin/apk", b"x", 0o644))
    head, _, tail = "usr/bin/apt-get".rpartition("/")
    assert run_example(package_manager.DETECTOR, GivenImage(layers=(first, (GivenFile(f"{head}/.wh.{tail}"),)))) == []
