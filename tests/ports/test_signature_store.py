"""What every place of signatures promises, whatever it is: a layout folder, a registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.signature_layout import LayoutSignatures
from periderm.flow.signatures import fetch_signatures
from periderm.model.errors import NotFoundError
from periderm.model.registry import Descriptor, ImageReference
from periderm.ports.signature_store import SignatureStore
from tests.flow.test_signatures import Fake
from tests.images import digest
from tests.signed import BUNDLE, MANIFEST, SignedImage
from tests.sigstore import new_key, statement, world

HERE = ImageReference(registry="registry.example.org", repository="shop/web")


def layout(image: SignedImage, folder: Path) -> SignatureStore:
    """In a folder."""
    return LayoutSignatures(str(image.write(folder / "x")))


def memory(image: SignedImage, folder: Path) -> SignatureStore:
    """In memory, by digests and tags, as a registry has it."""
    tags = {m["annotations"].get("org.opencontainers.image.ref.name", ""): image.found[m["digest"]] for m in image.manifests}
    referring = [
        Descriptor(media_type=MANIFEST, digest=m["digest"], size=m["size"], artifact_type=BUNDLE)
        for m in image.manifests
        if "artifactType" in m
    ]
    return Fake({**image.found, **tags}, referring=referring)


@pytest.mark.parametrize("make", [layout, memory])
def test_what_is_put_is_found(make: Callable[[SignedImage, Path], SignatureStore], tmp_path: Path) -> None:
    """A tag's manifest, what refers to a digest, and blobs whole; what is not there is a NotFoundError."""
    image = SignedImage()
    image.by_key(new_key())
    image.referring(world().bundle(statement(image.digest)))
    store = make(image, tmp_path)
    (found,) = store.referrers(ImageReference(registry="r", repository="x", digest=image.digest))
    manifest = store.manifest(ImageReference(registry="r", repository="x", digest=found.digest))
    assert digest(manifest.data) == found.digest
    with pytest.raises(NotFoundError):
        store.manifest(ImageReference(registry="r", repository="x", tag="none"))
    assert len(fetch_signatures(store, HERE, (image.digest,)).pieces) == 2
