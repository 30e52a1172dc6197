"""containerd's storage: a real containerd's where it is installed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.image_containerd import ContainerdImages, names_of, uvarint
from periderm.adapters.image_folder import overlay_layer
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.ports.image_source import BlobLayer, Layer, OpenImage, TreeLayer
from tests.adapters.containerd import Daemon
from tests.images import base_layer, config_of, digest, docker_archive, tar


def open_image(root: Path, name: str) -> OpenImage:
    """The opened image."""
    with ContainerdImages(str(root), overlay_layer).open(name, "") as image:
        return image


def inflated(layer: Layer) -> bytes:
    """The bytes of a layer that is one file."""
    assert isinstance(layer, BlobLayer)
    return b"".join(layer.chunks())


@pytest.mark.container
def test_a_real_image_is_opened_from_blobs_and_from_snapshots(daemon: Daemon, tmp_path: Path) -> None:
    """What `ctr images import` stored has the archive's digests; where a layer's blob was discarded, as kubelet may do,
    the unpacked snapshot is read; where that is gone too, the error says what to do."""
    layers = [base_layer(), tar([("etc/app.conf", b"x=1\n")])]
    config = config_of(layers, User="1000")
    saved = docker_archive(tmp_path / "image.tar", layers, config=config, tags=("docker.io/library/web:1",))
    daemon.ctr("images", "import", "--snapshotter", "overlayfs", str(saved))
    image = open_image(daemon.root, "web:1")
    assert image.digest == digest(config)
    assert image.reference == "docker.io/library/web:1"
    assert [inflated(layer) for layer in image.layers] == layers
    assert open_image(daemon.root, digest(config)).digest == image.digest
    assert open_image(daemon.root, f"{daemon.namespace}//web:1").digest == image.digest
    with pytest.raises(NotFoundError):
        open_image(daemon.root, "default//web:1")

    blob = daemon.root / "io.containerd.content.v1.content/blobs/sha256" / hashlib.sha256(layers[1]).hexdigest()
    blob.unlink()
    _, upper = open_image(daemon.root, "web:1").layers
    assert isinstance(upper, TreeLayer)
    assert [item.entry.path for item in upper.entries()] == ["etc", "etc/app.conf"]

    config_blob = daemon.root / "io.containerd.content.v1.content/blobs/sha256" / digest(config)[7:]
    config_blob.chmod(0o600)
    config_blob.write_bytes(config + b" ")
    with pytest.raises(FormatError, match="digest"):
        open_image(daemon.root, "web:1")


def test_no_containerd_is_said(tmp_path: Path) -> None:
    """A machine without its database is no crash."""
    with pytest.raises(ImageSourceError, match=r"meta\.db"):
        open_image(tmp_path, "web:1")


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    """Bytes that are no bolt file are told as that."""
    folder = tmp_path / "io.containerd.metadata.v1.bolt"
    folder.mkdir()
    (folder / "meta.db").write_bytes(b"\0" * 8192)
    with pytest.raises(FormatError):
        open_image(tmp_path, "web:1")


def encoded(value: int) -> bytes:
    """Go's `binary.PutUvarint`."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_uvarint_reads_what_go_writes(value: int) -> None:
    """Every 64-bit number comes back."""
    assert uvarint(encoded(value)) == value


@given(st.binary(max_size=32))
def test_uvarint_never_fails(data: bytes) -> None:
    """Bytes without an end are 0, and never more than ten are looked at."""
    assert uvarint(data) >= 0


def test_names_as_containerd_keeps_them() -> None:
    """A short name means docker's library, tag `latest`."""
    assert "docker.io/library/nginx:latest" in names_of("nginx")
    assert "docker.io/team/web:2" in names_of("team/web:2")
