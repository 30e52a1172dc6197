"""Finding key stores."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import key_store
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.secrets import SecretPattern


def told(pattern: SecretPattern, data: bytes) -> list[str]:
    """What the detector says of one file: messages and evidence."""
    image = GivenImage(layers=((GivenFile(pattern.place, b"first line\n" * (not pattern.binary) + data),),))
    return [f"{f.message.en} {f.evidence}" for f in run_example(key_store.DETECTOR, image)]


@pytest.mark.parametrize("pattern", key_store.PATTERNS, ids=lambda p: p.name)
def test_each_kind_is_found(pattern: SecretPattern) -> None:
    """Each example is found, and what is said names its kind."""
    for example in pattern.examples():
        (text,) = told(pattern, example)
        assert pattern.what.en in text
