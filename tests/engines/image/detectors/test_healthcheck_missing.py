"""Health checks."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import healthcheck_missing
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import ImageConfig


@pytest.mark.parametrize(
    ("test", "fires"), [((), True), (("NONE",), True), (("CMD-SHELL", "true"), False), (("CMD", "x"), False)]
)
def test_checks(test: tuple[str, ...], fires: bool) -> None:
    """None, or one that is switched off."""
    assert bool(run_example(healthcheck_missing.DETECTOR, GivenImage(config=ImageConfig(healthcheck=test)))) is fires


def test_a_folder_has_no_configuration() -> None:
    """Nothing is said of a plain folder."""
    assert run_example(healthcheck_missing.DETECTOR, GivenImage(layers=((GivenFile("a"),),), configured=False)) == []
