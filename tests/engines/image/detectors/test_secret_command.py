"""Secrets in what an image starts."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_command
from periderm.engines.image.facts import GivenImage
from periderm.model.image import ImageConfig


@pytest.mark.parametrize(
    ("config", "count"),
    [
        (ImageConfig(command=("redis-server", "--password=t7Kq92xVb4")), 1),
        (ImageConfig(healthcheck=("CMD-SHELL", "curl -H TOKEN=9f2c7be1d04a8365 http://localhost")), 1),
        (ImageConfig(command=("serve", "--password=$PASSWORD")), 0),
        (ImageConfig(command=("serve", "--token=/run/secrets/token")), 0),
        (ImageConfig(command=("python3", "-m", "http.server")), 0),
        (ImageConfig(), 0),
    ],
)
def test_arguments(config: ImageConfig, count: int) -> None:
    """Values are found, and not told; variables and places are none."""
    found = run_example(secret_command.DETECTOR, GivenImage(config=config))
    assert len(found) == count
    assert "t7Kq92xVb4" not in repr(found)
    assert "9f2c7be1d04a8365" not in repr(found)
