"""Entries made to fool unpackers."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import escaping_entry
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import FileType


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        (GivenFile("etc/x", b"1", escapes=True), "HIGH"),
        (GivenFile("l", type=FileType.HARDLINK, link="gone"), "LOW"),
        (GivenFile("l", type=FileType.HARDLINK, link="etc/shadow", escapes=True), "HIGH"),
    ],
)
def test_told(file: GivenFile, severity: str) -> None:
    """Climbing out is grave, a link to nowhere is odd."""
    (finding,) = run_example(escaping_entry.DETECTOR, GivenImage(layers=((file,),)))
    assert finding.severity.name == severity


def test_honest_links() -> None:
    """Links to what is there, and symbolic ones to anywhere, are honest."""
    files = (
        GivenFile("a"),
        GivenFile("b", type=FileType.HARDLINK, link="a"),
        GivenFile("c", type=FileType.SYMLINK, link="../../x"),
    )
    assert run_example(escaping_entry.DETECTOR, GivenImage(layers=(files,))) == []
