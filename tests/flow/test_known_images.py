"""Images that are known here, with what their scans found."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app.application import Application
from periderm.flow.known_images import AllKnown, StoredImages
from periderm.model.base_image import KnownImage
from periderm.model.errors import NotFoundError
from periderm.ports.store import Store
from tests.scanned import digest, tell_scans
from tests.story import FixedClock, application


class Machine:
    """What a container storage knows."""

    def images(self) -> tuple[KnownImage, ...]:
        """One that nobody scanned, and another name of one that somebody did."""
        return (
            KnownImage(names=("local:1",), digest="sha256:local", diff_ids=("sha256:x",)),
            KnownImage(names=("again:1",), digest=digest(0), diff_ids=("sha256:y",)),
        )

    def scanned(self) -> tuple[KnownImage, ...]:
        """None."""
        return ()

    def weaknesses(self, digest: str) -> None:
        """It knows nothing of them."""


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[Application]:
    """A store with scans."""
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    yield app
    app.store.close()


def test_scanned_images_are_known_with_their_weaknesses(scanned: Application) -> None:
    """By the vulnerability and its source package; one that was never scanned tells nothing."""
    known = StoredImages(scanned.store)
    assert digest(0) in {image.digest for image in known.images()}
    assert all(image.names and image.diff_ids for image in known.images())
    assert known.weaknesses("sha256:" + "f" * 64) is None


def test_machine_and_store_are_asked_apart(scanned: Application) -> None:
    """The store is opened only by whoever looks for a better base."""
    opens = []

    @contextlib.contextmanager
    def opened() -> Iterator[Store]:
        opens.append(1)
        yield scanned.store

    known = AllKnown(Machine(), opened)
    assert {image.digest for image in known.images()} == {"sha256:local", digest(0)}
    assert not opens
    assert digest(0) in {image.digest for image in known.scanned()}
    assert opens


def test_a_machine_without_a_store_knows_its_own() -> None:
    """No store is no reason to stop a scan."""

    def nothing() -> contextlib.AbstractContextManager[Store]:
        raise NotFoundError("nothing here", "")

    known = AllKnown(Machine(), nothing)
    assert len(known.images()) == 2
    assert known.scanned() == ()
    assert known.weaknesses(digest(0)) is None
