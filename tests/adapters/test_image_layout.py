"""OCI layout folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from periderm.adapters.image_layout import ImageLayout
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.ports.image_source import BlobLayer
from tests.images import base_layer, blobs, config_of, digest, tar, write_layout

LAYERS = [base_layer(), tar([("b", b"2")])]


def read(path: Path, name: str = "") -> tuple[str, list[bytes]]:
    """(digest, layers' bytes as they lie there) of a layout."""
    with ImageLayout().open(str(path), name) as image:
        return image.digest, [b"".join(layer.chunks()) for layer in image.layers if isinstance(layer, BlobLayer)]


def test_layout(tmp_path: Path) -> None:
    """Layers in order with the digests that were promised for blob and content."""
    path = write_layout(tmp_path / "l", *blobs(LAYERS, squeeze=""))
    assert read(path, "t:1") == (digest(config_of(LAYERS, User="1000")), LAYERS)
    with ImageLayout().open(str(path), "") as image:
        assert [layer.diff_id for layer in image.layers] == [digest(x) for x in LAYERS]


def test_nested_index(tmp_path: Path) -> None:
    """An index in an index is followed; one that points at itself cannot be, by its digest."""
    found, index = blobs(LAYERS)
    inner = index
    found[digest(inner)] = inner
    kind = "application/vnd.oci.image.index.v1+json"
    outer = json.dumps({"manifests": [{"digest": digest(inner), "mediaType": kind}]}).encode()
    assert len(read(write_layout(tmp_path / "l", found, outer))[1]) == 2


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A blob, or the folder of blobs, that is a link to elsewhere is refused."""
    found, index = blobs(LAYERS)
    path = write_layout(tmp_path / "l", found, index)
    blob = path / "blobs" / "sha256" / digest(config_of(LAYERS, User="1000"))[7:]
    (tmp_path / "outside").write_bytes(blob.read_bytes())
    blob.unlink()
    blob.symlink_to(tmp_path / "outside")
    with pytest.raises(FormatError, match="cannot be opened"):
        read(path)
    (path / "blobs" / "sha256").rename(tmp_path / "elsewhere")
    (path / "blobs" / "sha256").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FormatError):
        read(path)


def test_digest_of_documents(tmp_path: Path) -> None:
    """A changed manifest is an error."""
    found, index = blobs(LAYERS)
    name = json.loads(index)["manifests"][0]["digest"]
    found[name] += b"\n"
    with pytest.raises(FormatError, match="another digest"):
        read(write_layout(tmp_path / "l", found, index))


def test_what_is_missing(tmp_path: Path) -> None:
    """Unknown names, missing blobs, pipes instead of files and missing folders are said, and nothing hangs."""
    path = write_layout(tmp_path / "l", *blobs(LAYERS))
    with pytest.raises(NotFoundError):
        read(path, "other:1")
    with pytest.raises(ImageSourceError):
        read(tmp_path / "gone")
    (path / "index.json").unlink()
    os.mkfifo(path / "index.json")
    with pytest.raises(FormatError, match="not a regular file"):
        read(path)
