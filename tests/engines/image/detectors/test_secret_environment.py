"""Secrets in the environment."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_environment
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import ImageConfig


def names(*variables: str) -> list[str]:
    """Locations of what is found."""
    return [f.location for f in run_example(secret_environment.DETECTOR, GivenImage(config=ImageConfig(environment=variables)))]


@pytest.mark.parametrize(
    "variable", ["DB_PASSWORD=t7Kq-92xVb", "API_KEY=9f2c7be1", "aws=AKIA" + "Q7ZR2NVW4XKB6TJD", "X_TOKEN=abcd1234"]
)
def test_by_name_or_value(variable: str) -> None:
    """A telling name or a telling value is enough, once."""
    assert names("PATH=/bin", variable) == [f"env:{variable.partition('=')[0]}"]


@pytest.mark.parametrize(
    "variable", ["PASSWORD=", "TOKEN=true", "TOKEN=/run/t", "TOKEN=$X", "TOKENS_PER_PAGE=4096", "KEYBOARD=us-intl", "X"]
)
def test_alike_but_none(variable: str) -> None:
    """No value, a switch, a path, a reference, another word."""
    assert names(variable) == []


def test_files_are_others_business() -> None:
    """A key in a file is not one of the environment."""
    image = GivenImage(layers=((GivenFile("a", b"AKIA" + b"Q7ZR2NVW4XKB6TJD"),),))
    assert run_example(secret_environment.DETECTOR, image) == []
