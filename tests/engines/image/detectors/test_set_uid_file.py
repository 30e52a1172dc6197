"""Set-uid and set-gid programs."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import set_uid_file
from periderm.engines.image.facts import GivenFile, GivenImage


@pytest.mark.parametrize(("mode", "kind"), [(0o4755, "set-uid"), (0o2755, "set-gid"), (0o6755, "set-uid"), (0o4644, "set-uid")])
def test_kinds(mode: int, kind: str) -> None:
    """Either bit, also without a bit to execute."""
    (finding,) = run_example(set_uid_file.DETECTOR, GivenImage(layers=((GivenFile("a", b"x", mode),),)))
    assert kind in finding.message.en
    assert finding.severity.name == "MEDIUM"


def test_an_owned_one_is_milder() -> None:
    """What a package brought is milder, and says which."""
    (finding,) = run_example(
        set_uid_file.DETECTOR, GivenImage(layers=((GivenFile("a", b"x", 0o4755),),), owners=(("a", "pkg"),))
    )
    assert (finding.severity.name, finding.package) == ("LOW", "pkg")


@pytest.mark.parametrize("mode", [0o755, 0o1777, 0o644])
def test_others(mode: int) -> None:
    """Ordinary modes, and the sticky bit."""
    assert run_example(set_uid_file.DETECTOR, GivenImage(layers=((GivenFile("a", b"x", mode),),))) == []
