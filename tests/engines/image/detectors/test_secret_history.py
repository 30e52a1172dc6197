"""Secrets in the build history."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_history
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import History, ImageConfig


def steps(*commands: str) -> list[str]:
    """Locations of what is found."""
    history = tuple(History(c) for c in commands)
    return [f.location for f in run_example(secret_history.DETECTOR, GivenImage(config=ImageConfig(history=history)))]


def test_steps_are_counted_from_one() -> None:
    """The second step is history:2."""
    assert steps("RUN true", "|1 NPM_TOKEN=9f2c7be1d04a /bin/sh -c npm ci") == ["history:2"]


@pytest.mark.parametrize("command", ["RUN x --key=AKIA" + "Q7ZR2NVW4XKB6TJD", "RUN DB_PASSWORD='t7Kq-92xVb' make"])
def test_by_value_and_by_name(command: str) -> None:
    """A key by its shape, an argument by its name."""
    assert steps(command) == ["history:1"]


@pytest.mark.parametrize(
    "command", ["ARG TOKEN", "RUN TOKEN=$TOKEN make", "RUN --mount=type=secret,id=token make", "RUN SECRET=/run/x y"]
)
def test_alike_but_none(command: str) -> None:
    """Names without values, references, mounts and paths."""
    assert steps(command) == []


def test_no_files() -> None:
    """It looks at history only."""
    image = GivenImage(layers=((GivenFile("a", b"|1 NPM_TOKEN=9f2c7be1d04a /bin/sh"),),))
    assert run_example(secret_history.DETECTOR, image) == []
