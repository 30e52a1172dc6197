"""Programs that everyone may change."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import writable_executable
from periderm.engines.image.facts import GivenFile, GivenImage


@pytest.mark.parametrize(("mode", "fires"), [(0o777, True), (0o757, True), (0o775, False), (0o755, False), (0o666, False)])
def test_modes(mode: int, fires: bool) -> None:
    """Executable and writable by others; one of the two is not enough."""
    image = GivenImage(layers=((GivenFile("a", b"x", mode),),))
    assert bool(run_example(writable_executable.DETECTOR, image)) is fires
