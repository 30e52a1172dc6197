"""podman's storage, read from its records."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm import wiring
from periderm.adapters.image_archive import ImageArchive
from periderm.adapters.image_folder import overlay_layer
from periderm.adapters.image_podman import PodmanImages, PodmanKnown, default_roots
from periderm.app.scan_image import scan_reference
from periderm.formats import containers_storage as records
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.model.image import FileType
from periderm.model.settings import Settings
from periderm.ports.image_source import BlobLayer, OpenImage, TreeLayer
from tests.images import base_layer, config_of, digest, docker_archive, member, tar

LAYER = base_layer()
CONFIG = config_of([LAYER], User="1000")
ID = digest(CONFIG)[7:]


def store(root: Path, *, layer: str = "c" * 64, diff: str = digest(LAYER)) -> Path:
    """A storage folder with one image."""
    folder = root / "overlay-images" / ID
    folder.mkdir(parents=True)
    (folder / "manifest").write_text(json.dumps({"config": {"digest": digest(CONFIG)}, "layers": [{"digest": diff}]}))
    (folder / records.data_file(digest(CONFIG))).write_bytes(CONFIG)
    image = {"id": ID, "layer": layer, "names": ["localhost/web:latest", "quay.example/team/web:2"]}
    (root / "overlay-images" / "images.json").write_text(json.dumps([image]))
    (root / "overlay-layers").mkdir()
    (root / "overlay-layers" / "layers.json").write_text(json.dumps([{"id": "c" * 64, "diff-digest": diff}]))
    diff_folder = root / "overlay" / ("c" * 64) / "diff"
    diff_folder.mkdir(parents=True)
    (diff_folder / "hello").write_bytes(b"x")
    return root


def open_image(root: Path, name: str) -> OpenImage:
    """The opened image."""
    with PodmanImages([str(root / "none"), str(root)], overlay_layer).open(name, "") as image:
        return image


@pytest.mark.parametrize("name", ["web", "localhost/web", "web:2", "team/web:2", "sha256:" + ID, ID, ID[:12]])
def test_names(tmp_path: Path, name: str) -> None:
    """Short names, full names, digests and the beginning of an id lead to the same image."""
    image = open_image(store(tmp_path), name)
    assert image.digest == digest(CONFIG)
    (layer,) = image.layers
    assert isinstance(layer, TreeLayer)
    assert [(i.entry.path, i.read()) for i in layer.entries()] == [("hello", b"x")]


def test_what_is_not_there(tmp_path: Path) -> None:
    """Unknown names and missing storage are said."""
    for name in ("other", "eb", "web:3"):
        with pytest.raises(NotFoundError):
            open_image(store(tmp_path / name), name)
    with pytest.raises(NotFoundError):
        open_image(tmp_path / "nothing", "web")


def test_records_that_lie(tmp_path: Path) -> None:
    """A missing layer, other layers than configured, and a changed configuration are errors."""
    with pytest.raises(FormatError, match="missing"):
        open_image(store(tmp_path / "a", layer="d" * 64), "web")
    with pytest.raises(FormatError, match="not those"):
        open_image(store(tmp_path / "b", diff="sha256:" + "0" * 64), "web")
    root = store(tmp_path / "c")
    (root / "overlay-images" / ID / records.data_file(digest(CONFIG))).write_bytes(CONFIG + b" ")
    with pytest.raises(FormatError, match="digest"):
        open_image(root, "web")
    (root / "overlay-images" / ID / "manifest").unlink()
    with pytest.raises(ImageSourceError):
        open_image(root, "web")


def test_default_roots() -> None:
    """Root's and the user's own storage are known."""
    assert "/var/lib/containers/storage" in default_roots()
    assert len(default_roots()) == 2


NAME = "localhost/image-part-test:1"


@pytest.fixture
def real_image(tmp_path: Path) -> Iterator[Path]:
    """A small image in the real podman, and its saved archive; removed afterwards."""
    archive = tmp_path / "saved.tar"
    (tmp_path / "layer.tar").write_bytes(LAYER)
    run = ["podman", "--cgroup-manager=cgroupfs"]
    subprocess.run([*run, "import", str(tmp_path / "layer.tar"), NAME], check=True, capture_output=True)
    try:
        subprocess.run([*run, "save", "-o", str(archive), NAME], check=True, capture_output=True)
        yield archive
    finally:
        subprocess.run([*run, "rmi", NAME], check=True, capture_output=True)


@pytest.mark.container
def test_the_real_podman(real_image: Path) -> None:
    """podman's storage and what podman saves are the same image: digests, and every regular file."""
    with (
        PodmanImages(default_roots(), overlay_layer).open(NAME, "") as stored,
        ImageArchive().open(str(real_image), "") as saved,
    ):
        assert stored.digest == saved.digest
        assert [layer.diff_id for layer in stored.layers] == [layer.diff_id for layer in saved.layers]
        (tree,), (blob,) = stored.layers, saved.layers
        assert isinstance(tree, TreeLayer)
        assert isinstance(blob, BlobLayer)
        files = {i.entry.path: i.read() for i in tree.entries() if i.entry.type is FileType.REGULAR}
    assert files["usr/bin/bash"] == b"\x7fELF\0bash"


def changed() -> list[bytes]:
    """Layers that delete, hide, replace and add."""
    return [
        base_layer(),
        tar(
            [
                (member("opt/a/one", mode=0o755), b"1"),
                (member("opt/a/two", mode=0o755), b"2"),
                ("srv/.env", b"A_PASSWORD=t7Kq-92xVb"),
            ]
        ),
        tar([("usr/bin/.wh.su", b""), (member("opt/a", type=tarfile.DIRTYPE, mode=0o755), b""), ("opt/a/.wh..wh..opq", b"")]),
        tar([(member("opt/a/three", mode=0o755), b"3"), ("srv/.wh..env", b""), (member("usr/bin/bash", mode=0o755), b"new")]),
    ]


@pytest.mark.container
def test_what_podman_unpacked(tmp_path: Path) -> None:
    """Whiteouts, opaque folders and replaced files of a loaded image are read from podman's overlay folders as they
    are from the archive: the same programs, the same findings."""
    name = "localhost/image-part-layers:1"
    archive = docker_archive(tmp_path / "a.tar", changed(), tags=(name,))
    run = ["podman", "--cgroup-manager=cgroupfs"]
    subprocess.run([*run, "load", "-q", "-i", str(archive)], check=True, capture_output=True)
    try:
        scanner = wiring.image_scanner(Settings(state=str(tmp_path), cache=str(tmp_path)))
        stored, saved = scan_reference(scanner, f"podman:{name}"), scan_reference(scanner, str(archive))
    finally:
        subprocess.run([*run, "rmi", name], check=True, capture_output=True)
    assert stored.inventory is not None
    assert saved.inventory is not None
    assert stored.inventory.executables == saved.inventory.executables
    assert [f.path for f in saved.inventory.executables] == ["opt/a/three", "usr/bin/bash", "usr/bin/sh"]
    assert [(f.id, f.message, f.layer) for f in stored.findings] == [(f.id, f.message, f.layer) for f in saved.findings]
    assert any("later layer" in f.message.en for f in stored.findings)


def test_named_images_are_known_by_their_layers(tmp_path: Path) -> None:
    """What a base image is recognised by; a storage that is not there or is damaged is left out."""
    (known,) = PodmanKnown([str(tmp_path / "none"), str(store(tmp_path / "a"))]).images()
    assert (known.digest, known.diff_ids) == (digest(CONFIG), (digest(LAYER),))
    assert known.names == ("localhost/web:latest", "quay.example/team/web:2")
    damaged = store(tmp_path / "b")
    (damaged / "overlay-images" / ID / records.data_file(digest(CONFIG))).write_bytes(b"{}")
    assert PodmanKnown([str(damaged)]).images() == ()
    assert PodmanKnown([]).scanned() == ()
    assert PodmanKnown([]).weaknesses("sha256:x") is None


def test_an_images_layers_have_an_identity(tmp_path: Path) -> None:
    """The same as long as the folder is the same one; another when it was unpacked anew or changed at its top."""
    root = store(tmp_path)

    def identity() -> str:
        (layer,) = open_image(root, "web").layers
        assert isinstance(layer, TreeLayer)
        return layer.identity

    first = identity()
    assert digest(LAYER) in first
    assert identity() == first
    (root / "overlay" / ("c" * 64) / "diff" / "new").write_bytes(b"")
    assert identity() != first
