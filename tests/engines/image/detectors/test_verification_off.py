"""Environments that switch verification off."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import verification_off
from periderm.engines.image.facts import GivenImage
from periderm.model.image import ImageConfig


@pytest.mark.parametrize(
    ("variable", "fires"),
    [
        ("GIT_SSL_NO_VERIFY=true", True),
        ("pythonhttpsverify=0", True),
        ("GOSUMDB=off", True),
        ("GOSUMDB=sum.golang.org", False),
        ("GIT_SSL_NO_VERIFY=", False),
    ],
)
def test_switches(variable: str, fires: bool) -> None:
    """By name and value."""
    assert bool(run_example(verification_off.DETECTOR, GivenImage(config=ImageConfig(environment=(variable,))))) is fires
