"""Device nodes."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import device_node
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import FileType


@pytest.mark.parametrize(
    ("path", "kind", "fires"),
    [
        ("opt/disk", FileType.BLOCK, True),
        ("srv/mem", FileType.CHARACTER, True),
        ("dev/null", FileType.CHARACTER, False),
        ("run/pipe", FileType.FIFO, False),
    ],
)
def test_places(path: str, kind: FileType, fires: bool) -> None:
    """Devices outside /dev, with their numbers."""
    image = GivenImage(layers=((GivenFile(path, type=kind, device=(8, 1)),),))
    assert ["8:1" in f.message.en for f in run_example(device_node.DETECTOR, image)] == [True] * fires
