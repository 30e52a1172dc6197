"""Secrets in names of files."""

from __future__ import annotations

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_name
from periderm.engines.image.facts import GivenFile, GivenImage
from tests.images import AWS_KEY

KEY = AWS_KEY.decode()


def test_masked_where_it_is_told() -> None:
    """The name is told without the secret, also where a later layer deletes the file."""
    image = GivenImage(layers=((GivenFile(f"srv/{KEY}/a.txt", b"x"),), (GivenFile(f"srv/.wh.{KEY}"),)))
    found = run_example(secret_name.DETECTOR, image)
    assert found
    assert KEY not in repr(found)
    assert "srv/AKIA… (20 characters)/a.txt" in {f.location for f in found}


def test_digests_are_no_secrets() -> None:
    """Names of objects and of versions stay quiet."""
    image = GivenImage(
        layers=((GivenFile("objects/6e/0c4c7d9a11b0c5d4e3f2a1b0c9d8e7f6a5b4c3", b"x"), GivenFile("lib-1.2.3.jar", b"x")),)
    )
    assert run_example(secret_name.DETECTOR, image) == []
