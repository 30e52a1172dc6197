"""Base images as values."""

from __future__ import annotations

import msgspec

from periderm.model.base_image import BaseEvidence, BaseImage, KnownImage


def test_an_empty_one_says_nothing() -> None:
    """What is not known is told as not known."""
    assert BaseImage() == BaseImage(name="", digest="", layers=(), evidence=BaseEvidence.NOTHING)


def test_they_survive_the_wire() -> None:
    """A report that is read again says the same."""
    known = KnownImage(names=("debian:12",), digest="sha256:d", diff_ids=("sha256:a",))
    assert msgspec.json.decode(msgspec.json.encode(known), type=KnownImage) == known
    base = BaseImage(name="debian:12", layers=("sha256:a",), evidence=BaseEvidence.LAYERS)
    assert msgspec.json.decode(msgspec.json.encode(base), type=BaseImage) == base
