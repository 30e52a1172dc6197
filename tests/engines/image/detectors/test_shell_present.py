"""Shells."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import shell_present
from periderm.engines.image.facts import GivenFile, GivenImage


@pytest.mark.parametrize(
    ("path", "fires"),
    [("bin/sh", True), ("usr/bin/bash", True), ("bin/busybox", True), ("usr/share/sh", False), ("usr/bin/shred", False)],
)
def test_by_name_and_place(path: str, fires: bool) -> None:
    """A program of that name where programs lie; another name or place is none."""
    image = GivenImage(layers=((GivenFile(path, b"\x7fELF", 0o755),),))
    assert [f.location for f in run_example(shell_present.DETECTOR, image)] == [path] * fires


def test_one_finding_for_an_image() -> None:
    """Several are one finding that names them."""
    files = tuple(GivenFile(path, b"x", 0o755) for path in ["bin/sh", "usr/bin/bash", "bin/busybox"])
    (finding,) = run_example(shell_present.DETECTOR, GivenImage(layers=(files,)))
    assert all(path in finding.evidence for path in ["bin/sh", "usr/bin/bash", "bin/busybox"])


def test_gone_is_gone() -> None:
    """What a later layer removes, or what cannot be executed, is not there."""
    first = (GivenFile("bin/sh", b"x", 0o755), GivenFile("usr/bin/bash", b"x", 0o644))
    head, _, tail = "bin/sh".rpartition("/")
    assert run_example(shell_present.DETECTOR, GivenImage(layers=(first, (GivenFile(f"{head}/.wh.{tail}"),)))) == []
