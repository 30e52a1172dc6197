"""What every plug of `ports.known_images` keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.image_podman import PodmanKnown
from periderm.flow.known_images import StoredImages
from periderm.ports.known_images import KnownImages
from tests.scanned import tell_scans
from tests.story import FixedClock, application


@pytest.fixture(params=["store", "podman"])
def plug(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnownImages]:
    """Each plug."""
    if request.param == "podman":
        yield PodmanKnown([str(tmp_path)])
        return
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    yield StoredImages(app.store)
    app.store.close()


def test_each_image_has_a_name_and_layers(plug: KnownImages) -> None:
    """By what a base image is recognised; each is there once."""
    images = [*plug.images(), *plug.scanned()]
    assert all(image.names and image.diff_ids and image.digest for image in images)
    assert len({image.digest for image in images}) == len(images)


def test_what_nobody_scanned_is_none(plug: KnownImages) -> None:
    """Not an empty set, which would say that nothing is wrong in it."""
    assert plug.weaknesses("sha256:" + "f" * 64) is None
