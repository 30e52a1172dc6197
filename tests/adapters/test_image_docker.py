"""Docker's own storage, in the form that its sources document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.image_docker import DockerImages, choose
from periderm.adapters.image_folder import overlay_layer
from periderm.formats import oci
from periderm.model.errors import FormatError, NotFoundError, PeridermError
from periderm.ports.image_source import OpenImage, TreeLayer
from tests.images import base_layer, config_of, digest

LAYERS = [base_layer(), b"a second layer's bytes"]
CONFIG = config_of(LAYERS, User="1000")
ID = digest(CONFIG)


def store(root: Path) -> Path:
    """A data-root with one image of two layers, as overlay2 keeps it."""
    images = root / "image/overlay2"
    (images / "imagedb/content/sha256").mkdir(parents=True)
    (images / "imagedb/content/sha256" / ID[7:]).write_bytes(CONFIG)
    names = {"Repositories": {"web": {"web:1": ID, "web@" + "sha256:" + "a" * 64: ID}, "db": {"db:latest": digest(b"other")}}}
    (images / "repositories.json").write_text(json.dumps(names))
    for number, (chain, _) in enumerate(oci.chain_ids(tuple(digest(layer) for layer in LAYERS))):
        layer = images / "layerdb/sha256" / chain[7:]
        layer.mkdir(parents=True)
        (layer / "cache-id").write_text(f"{number}{'c' * 63}")
        diff = root / "overlay2" / f"{number}{'c' * 63}" / "diff"
        diff.mkdir(parents=True)
        (diff / f"file{number}").write_bytes(b"x")
    return root


def open_image(root: Path, name: str) -> OpenImage:
    """The opened image."""
    with DockerImages(str(root), overlay_layer).open(name, "") as image:
        return image


@pytest.mark.parametrize("name", ["web:1", "docker.io/library/web:1", ID, ID[7:19]])
def test_names(tmp_path: Path, name: str) -> None:
    """Short and full names, digests and the beginning of an id lead to the same image, its layers from the lowest up."""
    image = open_image(store(tmp_path), name)
    assert image.digest == ID
    paths = [[item.entry.path for item in layer.entries()] for layer in image.layers if isinstance(layer, TreeLayer)]
    assert paths == [["file0"], ["file1"]]
    assert [layer.diff_id for layer in image.layers] == [digest(layer) for layer in LAYERS]


@pytest.mark.parametrize("name", ["web", "nothing", "", "sha256:" + "0" * 64])
def test_what_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    """A name without a tag means `latest`, as docker has it; what is missing ends in a sentence with a way on."""
    with pytest.raises(PeridermError) as caught:
        open_image(store(tmp_path), name)
    assert caught.value.next_step


def test_no_docker_at_all(tmp_path: Path) -> None:
    """A machine whose docker uses containerd's store is told where to look."""
    with pytest.raises(NotFoundError, match="containerd:NAME"):
        open_image(tmp_path, "web:1")


def test_a_record_never_leads_out_of_the_storage(tmp_path: Path) -> None:
    """A cache id with a way upwards is refused before it becomes part of a path."""
    root = store(tmp_path)
    chain = oci.chain_ids((digest(LAYERS[0]),))[0][0]
    (root / "image/overlay2/layerdb/sha256" / chain[7:] / "cache-id").write_text("../../../etc")
    with pytest.raises(FormatError, match="not an id"):
        open_image(root, "web:1")


def test_a_changed_configuration_is_refused(tmp_path: Path) -> None:
    """The configuration's digest is verified: it names the layers."""
    root = store(tmp_path)
    (root / "image/overlay2/imagedb/content/sha256" / ID[7:]).write_bytes(CONFIG + b" ")
    with pytest.raises(FormatError, match="digest"):
        open_image(root, "web:1")


def test_a_short_id_that_fits_two_images_is_none() -> None:
    """The beginning of an id counts only if it names one image."""
    names = {"sha256:" + "ab12" + "0" * 60: ("a:1",), "sha256:" + "ab12" + "1" * 60: ("b:1",)}
    assert choose(names, "ab12") == ""
    assert choose(names, "ab120") == "sha256:" + "ab12" + "0" * 60
