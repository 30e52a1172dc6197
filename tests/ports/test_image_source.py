"""What every source of images promises, whatever holds the image: the same image opens the same from each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.image_archive import ImageArchive
from periderm.adapters.image_disk import DiskImages
from periderm.adapters.image_folder import ImageFolder, overlay_layer
from periderm.adapters.image_layout import ImageLayout
from periderm.adapters.image_podman import PodmanImages
from periderm.flow.layers import LayerReader
from periderm.formats import containers_storage
from periderm.model.errors import PeridermError
from periderm.model.image import FileType
from periderm.model.limits import DEFAULT_LIMITS
from periderm.ports.image_source import ImageSource, OpenImage
from tests.formats.disk.disks import ext4
from tests.images import blobs, config_of, digest, docker_archive, tar, write_layout

FILES = [{"etc/a": b"one", "b": b""}, {"etc/c": b"three"}]
LAYERS = [tar(list(files.items())) for files in FILES]
CONFIG = config_of(LAYERS, User="1000", Env=["A=1"])

Made = tuple[ImageSource, str, str]  # source, where the image is, where none is


def unpack(folder: Path, files: dict[str, bytes]) -> None:
    """Files below a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def archive(path: Path) -> Made:
    """docker save."""
    return ImageArchive(), str(docker_archive(path / "a.tar", LAYERS, config=CONFIG)), str(path / "none")


def oci_archive(path: Path) -> Made:
    """podman save --format oci-archive."""
    found, index = blobs(LAYERS, config=CONFIG)
    files = [(f"blobs/sha256/{name[7:]}", data) for name, data in found.items()]
    (path / "o.tar").write_bytes(tar([("index.json", index), *files]))
    return ImageArchive(), str(path / "o.tar"), str(path / "none")


def layout(path: Path) -> Made:
    """skopeo copy … oci:."""
    return ImageLayout(), str(write_layout(path / "l", *blobs(LAYERS, squeeze="zstd", config=CONFIG))), str(path / "none")


def podman(path: Path) -> Made:
    """podman's storage."""
    name = digest(CONFIG)[7:]
    ids = ["a" * 64, "b" * 64]
    folder = path / "overlay-images" / name
    folder.mkdir(parents=True)
    manifest = {"config": {"digest": digest(CONFIG)}, "layers": [{"digest": digest(layer)} for layer in LAYERS]}
    (folder / "manifest").write_text(json.dumps(manifest))
    (folder / containers_storage.data_file(digest(CONFIG))).write_bytes(CONFIG)
    (path / containers_storage.IMAGES).write_text(json.dumps([{"id": name, "layer": ids[1], "names": ["localhost/t:1"]}]))
    rows = [{"id": i, "parent": p, "diff-digest": digest(x)} for i, p, x in zip(ids, ["", ids[0]], LAYERS, strict=True)]
    (path / "overlay-layers").mkdir()
    (path / containers_storage.LAYERS[0]).write_text(json.dumps(rows))
    for layer, files in zip(ids, FILES, strict=True):
        unpack(path / "overlay" / layer / "diff", files)
    return PodmanImages([str(path)], overlay_layer), "localhost/t:1", "localhost/none:1"


def folder(path: Path) -> Made:
    """A plain folder: one layer, no configuration."""
    for files in FILES:
        unpack(path / "root", files)
    return ImageFolder(), str(path / "root"), str(path / "none")


def disk(path: Path) -> Made:
    """The same folder on a disk."""
    for files in FILES:
        unpack(path / "root", files)
    ext4(path / "root", path / "disk", "-t", "ext4", size="4M")
    return DiskImages(), str(path / "disk"), str(path / "none")


IMAGES = [archive, oci_archive, layout, podman]
PLUGS = [*IMAGES, folder, disk]


def contents(image: OpenImage) -> list[dict[str, bytes]]:
    """Regular files of each layer, through the reader that verifies digests."""
    found = []
    for layer in image.layers:
        items = LayerReader(layer, DEFAULT_LIMITS, lambda _: None).entries()
        found.append({i.entry.path: i.read() for i in items if i.entry.type is FileType.REGULAR})
    return found


@pytest.mark.parametrize("make", IMAGES)
def test_the_same_image_by_every_plug(make: Callable[[Path], Made], tmp_path: Path) -> None:
    """Digest, configuration, diff ids and files do not depend on what holds the image; layers go from the lowest up."""
    source, location, _ = make(tmp_path)
    with source.open(location, "") as image:
        assert image.digest == digest(CONFIG)
        assert (image.config.user, image.config.environment) == ("1000", ("A=1",))
        assert [layer.diff_id for layer in image.layers] == [digest(layer) for layer in LAYERS]
        assert contents(image) == FILES


@pytest.mark.parametrize("make", PLUGS)
def test_layers_can_be_read_again(make: Callable[[Path], Made], tmp_path: Path) -> None:
    """A second pass gives what the first one gave, also after one that was left in the middle."""
    source, location, _ = make(tmp_path)
    with source.open(location, "") as image:
        first = contents(image)
        next(iter(LayerReader(image.layers[0], DEFAULT_LIMITS, lambda _: None).entries()))
        assert contents(image) == first
        assert {k: v for files in first for k, v in files.items()} == {k: v for files in FILES for k, v in files.items()}


@pytest.mark.parametrize("make", PLUGS)
def test_opening_twice_is_the_same(make: Callable[[Path], Made], tmp_path: Path) -> None:
    """The digest is stable, and the source says how it was opened."""
    source, location, _ = make(tmp_path)
    with source.open(location, "") as one, source.open(location, "") as two:
        assert (one.digest, one.reference, one.source) == (two.digest, two.reference, two.source)
        assert one.source.partition(":")[0] in ("archive", "layout", "podman", "folder", "disk")


@pytest.mark.parametrize("make", PLUGS)
def test_nothing_stays_open(make: Callable[[Path], Made], tmp_path: Path) -> None:
    """When the image is closed its files are, also those of a pass that was left in the middle."""
    source, location, _ = make(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with source.open(location, "") as image:
            contents(image)
            entries = LayerReader(image.layers[0], DEFAULT_LIMITS, lambda _: None).entries()
            next(entries)
            del entries
    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize("make", PLUGS)
def test_what_is_not_there(make: Callable[[Path], Made], tmp_path: Path) -> None:
    """A missing image is one of the product's own errors, with a sentence."""
    source, _, none = make(tmp_path)
    with pytest.raises(PeridermError) as caught, source.open(none, ""):
        pass
    assert caught.value.what
