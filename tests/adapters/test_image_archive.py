"""Images inside one tar."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from pathlib import Path

import pytest

from periderm.adapters.image_archive import ImageArchive
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.ports.image_source import BlobLayer
from tests.images import base_layer, blobs, config_of, digest, docker_archive, member, tar

LAYERS = [base_layer(), tar([("b", b"2")])]


def read(path: Path, name: str = "") -> tuple[str, str, list[bytes]]:
    """(reference, digest, layers' bytes) of an archive."""
    with ImageArchive().open(str(path), name) as image:
        layers = [layer for layer in image.layers if isinstance(layer, BlobLayer)]
        assert len(layers) == len(image.layers)
        return image.reference, image.digest, [b"".join(layer.chunks()) for layer in layers]


def test_docker_archive(tmp_path: Path) -> None:
    """Layers in order, byte for byte, as often as they are asked for; the digest is that of the configuration."""
    path = docker_archive(tmp_path / "a.tar", LAYERS, tags=("web:1",))
    assert read(path) == ("web:1", digest(config_of(LAYERS, User="1000")), LAYERS)


def test_oci_archive(tmp_path: Path) -> None:
    """A layout inside a tar, its documents verified."""
    found, index = blobs(LAYERS, squeeze="")
    files = [(f"blobs/sha256/{name[7:]}", data) for name, data in found.items()]
    path = tmp_path / "oci.tar"
    path.write_bytes(tar([("oci-layout", b"{}"), ("index.json", index), *files]))
    assert read(path)[2] == LAYERS
    manifest = json.loads(index)["manifests"][0]["digest"]
    broken = [(n, d + b" " if manifest[7:] in n else d) for n, d in files]
    path.write_bytes(tar([("index.json", index), *broken]))
    with pytest.raises(FormatError, match="another digest"):
        read(path)


def test_links_inside(tmp_path: Path) -> None:
    """Old dockers save a repeated layer as a link: followed inside the archive, never out of it, and never for ever."""
    config = config_of([LAYERS[0]] * 2)

    def archive(link: str) -> Path:
        manifest = json.dumps([{"Config": "c.json", "Layers": ["x/layer.tar", "y/layer.tar"]}]).encode()
        files = [("x/layer.tar", LAYERS[0]), (member("y/layer.tar", type=tarfile.SYMTYPE, linkname=link), b"")]
        path = tmp_path / "l.tar"
        path.write_bytes(tar([*files, ("c.json", config), ("manifest.json", manifest)]))
        return path

    assert read(archive("../x/layer.tar"))[2] == [LAYERS[0]] * 2
    for link in ("../../../../etc/passwd", "/etc/passwd"):
        with pytest.raises(FormatError, match="not in the archive"):
            read(archive(link))
    with pytest.raises(FormatError, match="loop"):
        read(archive("../y/layer.tar"))


def test_a_manifest_that_lies(tmp_path: Path) -> None:
    """Fewer layers than the configuration names, layers that are not there, a configuration with another digest."""
    with pytest.raises(FormatError, match="names 1 layers, the configuration 2"):
        read(docker_archive(tmp_path / "a.tar", LAYERS[:1], config=config_of(LAYERS)))
    manifest = json.dumps([{"Config": "c.json", "Layers": ["gone.tar"]}]).encode()
    path = tmp_path / "b.tar"
    path.write_bytes(tar([("c.json", config_of(LAYERS[:1])), ("manifest.json", manifest)]))
    with pytest.raises(FormatError, match="not in the archive"):
        read(path)
    name = "0" * 64 + ".json"
    manifest = json.dumps([{"Config": name, "Layers": ["l"]}]).encode()
    path.write_bytes(tar([(name, config_of(LAYERS[:1])), ("l", LAYERS[0]), ("manifest.json", manifest)]))
    with pytest.raises(FormatError, match="digest"):
        read(path)


def test_several_images(tmp_path: Path) -> None:
    """One of several must be named."""
    names = [digest(config_of(LAYERS[:n]))[7:] + ".json" for n in (1, 2)]
    entries = [{"Config": c, "Layers": ["0", "1"][:n], "RepoTags": [f"t:{n}"]} for n, c in ((1, names[0]), (2, names[1]))]
    files = [("0", LAYERS[0]), ("1", LAYERS[1]), (names[0], config_of(LAYERS[:1])), (names[1], config_of(LAYERS))]
    path = tmp_path / "two.tar"
    path.write_bytes(tar([*files, ("manifest.json", json.dumps(entries).encode())]))
    assert read(path, "t:2")[2] == LAYERS
    with pytest.raises(NotFoundError, match="more than one"):
        read(path)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x7fELF" * 300, bytes(2048)])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    """Any other file gets one sentence."""
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"no image archive|not an image archive"):
        read(path)


def test_compressed_whole(tmp_path: Path) -> None:
    """An archive that was compressed as a whole is refused with the tool that unpacks it."""
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(docker_archive(tmp_path / "a.tar", LAYERS).read_bytes()))
    with pytest.raises(FormatError) as caught:
        read(path)
    assert "gunzip" in caught.value.next_step


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    """An archive that was cut anywhere before its end mark is an error."""
    data = docker_archive(tmp_path / "a.tar", LAYERS).read_bytes()
    path = tmp_path / "cut.tar"
    for length in range(0, len(data) - 12_000, 512):
        path.write_bytes(data[:length])
        with pytest.raises(FormatError):
            read(path)


def test_not_a_file(tmp_path: Path) -> None:
    """A pipe does not make it hang, a missing file is said."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "gone"):
        with pytest.raises(ImageSourceError):
            read(tmp_path / name)
