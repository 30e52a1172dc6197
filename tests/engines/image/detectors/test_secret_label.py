"""Secrets in labels."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_label
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import ImageConfig


@pytest.mark.parametrize(
    ("labels", "count"), [({"a": "AKIA" + "Q7ZR2NVW4XKB6TJD"}, 1), ({"a": "1", "sha": "9f2c7be1"}, 0), ({}, 0)]
)
def test_labels(labels: dict[str, str], count: int) -> None:
    """A key in a label is found and masked."""
    image = GivenImage(config=ImageConfig(labels=labels), layers=((GivenFile("a", b"x"),),))
    found = run_example(secret_label.DETECTOR, image)
    assert [f.location for f in found] == ["label:a"] * count
    assert not any("XKB6TJD" in f.evidence for f in found)
