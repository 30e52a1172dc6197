"""SSH servers."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import ssh_server
from periderm.engines.image.facts import GivenFile, GivenImage


@pytest.mark.parametrize(
    ("path", "fires"),
    [("usr/sbin/sshd", True), ("usr/sbin/dropbear", True), ("usr/bin/ssh", False), ("usr/lib/sshd-session", False)],
)
def test_by_name_and_place(path: str, fires: bool) -> None:
    """A program of that name where programs lie; another name or place is none."""
    image = GivenImage(layers=((GivenFile(path, b"\x7fELF", 0o755),),))
    assert [f.location for f in run_example(ssh_server.DETECTOR, image)] == [path] * fires


def test_one_finding_for_an_image() -> None:
    """Several are one finding that names them."""
    files = tuple(GivenFile(path, b"x", 0o755) for path in ["usr/sbin/sshd", "usr/sbin/dropbear"])
    (finding,) = run_example(ssh_server.DETECTOR, GivenImage(layers=(files,)))
    assert all(path in finding.evidence for path in ["usr/sbin/sshd", "usr/sbin/dropbear"])


def test_gone_is_gone() -> None:
    """What a later layer removes, or what cannot be executed, is not there."""
    first = (GivenFile("usr/sbin/sshd", b"x", 0o755), GivenFile("usr/sbin/dropbear", b"x", 0o644))
    head, _, tail = "usr/sbin/sshd".rpartition("/")
    assert run_example(ssh_server.DETECTOR, GivenImage(layers=(first, (GivenFile(f"{head}/.wh.{tail}"),)))) == []
