"""What was not looked at."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import not_examined
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.text import Text


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_is_said(count: int) -> None:
    """One finding of its own kind for each thing left out."""
    image = GivenImage(not_examined=tuple(Text(f"thing {n}", f"事 {n}") for n in range(count)), layers=((GivenFile("a"),),))
    found = run_example(not_examined.DETECTOR, image)
    assert [f.kind.value for f in found] == ["not-examined"] * count
    assert len({f.id for f in found}) == count
