"""Signatures in a layout folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.signature_layout import LayoutSignatures
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError
from periderm.model.registry import Descriptor, ImageReference
from tests.signed import BUNDLE, SignedImage
from tests.sigstore import new_key, statement, world

HERE = ImageReference(registry="layout", repository="layout")


def at(**told: str) -> ImageReference:
    """A reference."""
    return ImageReference(registry="layout", repository="layout", **told)


def test_by_tag_and_by_what_refers(tmp_path: Path) -> None:
    """cosign's tag, a bundle that refers to the image, and nothing of another image."""
    image = SignedImage()
    image.by_key(new_key())
    image.referring(world().bundle(statement(image.digest)))
    image.referring(world().bundle(statement(image.digest)), subject="sha256:" + "00" * 32)
    store = LayoutSignatures(str(image.write(tmp_path / "x")))
    tag = image.digest.replace(":", "-") + ".sig"
    assert b"simplesigning" in store.manifest(at(tag=tag)).data
    (found,) = store.referrers(at(digest=image.digest))
    manifest = json.loads(store.manifest(at(digest=found.digest)).data)
    layer = manifest["layers"][0]
    data = b"".join(store.blob(HERE, Descriptor(media_type=BUNDLE, digest=layer["digest"], size=layer["size"])))
    assert json.loads(data)["mediaType"] == BUNDLE
    with pytest.raises(NotFoundError):
        store.manifest(at(tag="sha256-00.sig"))
    with pytest.raises(NotFoundError):
        store.manifest(at(digest="sha256:" + "00" * 32))


def test_what_cosign_saves(tmp_path: Path) -> None:
    """It names no tags in the index, but kinds."""
    image = SignedImage()
    image.by_key(new_key())
    image.manifests[1]["annotations"] = {"kind": "dev.cosignproject.cosign/sigs"}
    store = LayoutSignatures(str(image.write(tmp_path / "x")))
    assert b"simplesigning" in store.manifest(at(tag="sha256-00.sig")).data
    with pytest.raises(NotFoundError):
        store.manifest(at(tag="sha256-00.att"))


def test_hostile_folders(tmp_path: Path) -> None:
    """Links out, other digests, devices, larger than told, no folder: errors of ours, and nothing outside is read."""
    image = SignedImage()
    image.by_key(new_key())
    path = image.write(tmp_path / "x")
    store = LayoutSignatures(str(path))
    secret = tmp_path / "secret"
    secret.write_text("x")
    first, second = list(image.found)[:2]
    blob = path / "blobs/sha256" / first.removeprefix("sha256:")
    blob.unlink()
    blob.symlink_to(secret)
    with pytest.raises(FormatError):
        store.manifest(at(digest=first))
    other = path / "blobs/sha256" / second.removeprefix("sha256:")
    other.write_bytes(b"changed")
    with pytest.raises(FormatError, match="another digest"):
        store.manifest(at(digest=second))
    with pytest.raises(LimitError):
        list(store.blob(HERE, Descriptor(media_type="x", digest=second, size=3)))
    other.unlink()
    other.mkdir()
    with pytest.raises(FormatError):
        store.manifest(at(digest=second))
    with pytest.raises(FormatError):
        store.manifest(at(digest="sha256:../../../secret"))
    with pytest.raises(ImageSourceError):
        LayoutSignatures(str(tmp_path / "none")).referrers(at(digest=first))
