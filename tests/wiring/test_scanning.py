"""Which places can be scanned, and that each word leads to its own adapter."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest

from periderm import wiring
from periderm.adapters.image_containerd import ContainerdImages
from periderm.adapters.image_folder import overlay_layer
from periderm.app.scan_image import Place, scan_reference
from periderm.model.errors import PeridermError
from periderm.model.report import Scanner
from periderm.model.settings import Settings
from periderm.ports.image_source import OpenImage
from tests.adapters.conftest import daemon
from tests.adapters.containerd import Daemon
from tests.formats.disk.disks import ext4
from tests.images import base_layer, docker_archive, tar
from tests.ports import tiny
from tests.ports.conftest import tiny_container, tiny_image

__all__ = ["daemon", "tiny_container", "tiny_image"]


def settings(tmp_path: Path) -> Settings:
    """Folders of a test."""
    return Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))


def test_every_place_is_there(tmp_path: Path) -> None:
    """Each place that the documentation names can be opened, or says in a sentence why not."""
    sources = wiring.image_sources(settings(tmp_path))
    assert set(sources) == {
        "archive", "container", "containerd", "disk", "docker", "folder", "host", "layout", "pipeline", "podman", "registry",
        "source", "staged",
    }  # fmt: skip
    for word in sorted(set(sources) - {"folder", "host", "pipeline", "source"}):
        with pytest.raises(PeridermError) as caught, sources[word].open(str(tmp_path / "nothing"), ""):
            pass
        assert caught.value.next_step


def test_a_folder_and_source_are_opened(tmp_path: Path) -> None:
    """The same folder as a root file system and as source code."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x/file").write_text("1")
    sources = wiring.image_sources(settings(tmp_path))
    for word in ("folder", "source"):
        with sources[word].open(str(tmp_path / "x"), "") as image:
            assert len(image.layers) == 1


@pytest.mark.container
def test_a_running_container_is_scanned_behind_the_walls(tiny_container: tiny.TinyContainer, tmp_path: Path) -> None:
    """Its image's files and what it wrote are found from inside the sandbox."""
    tiny.podman("cp", "-", f"{tiny_container.id}:/etc", data=tar([("requirements.txt", b"django==4.2.1\n")]))
    scanner = wiring.image_scanner(settings(tmp_path))
    result = scan_reference(scanner, f"container:{tiny_container.id}", scanners=frozenset({Scanner.PACKAGES}))
    assert result.inventory is not None
    assert [package.purl for package in result.inventory.packages] == ["pkg:pypi/django@4.2.1"]
    assert result.inventory.packages[0].layer == "container"
    assert len(result.inventory.layers) > 1


@pytest.mark.container
def test_an_image_of_containerd_is_scanned_behind_the_walls(daemon: Daemon, tmp_path: Path) -> None:
    """Layers are read from its content store."""
    saved = docker_archive(tmp_path / "image.tar", [base_layer()], tags=("docker.io/library/web:1",))
    daemon.ctr("images", "import", "--snapshotter", "overlayfs", str(saved))
    scanner = wiring.image_scanner(settings(tmp_path))
    sources = {**scanner.sources, "containerd": ContainerdImages(str(daemon.root), overlay_layer)}
    places = {**scanner.places, "containerd": lambda *_: Place((str(daemon.root),))}
    scanner = msgspec.structs.replace(scanner, sources=sources, places=places)
    result = scan_reference(scanner, "containerd:web:1", scanners=frozenset({Scanner.PACKAGES}))
    assert result.inventory is not None
    assert {package.name for package in result.inventory.packages} == {"bash", "libc6"}


def test_a_disk_is_read_behind_the_walls_and_kept(tmp_path: Path) -> None:
    """In the real sandbox, which lets it read that one file: the answer is there; an unchanged image is not read again."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n", encoding="utf-8")
    (root / "requirements.txt").write_text("django==4.2.1\n", encoding="utf-8")
    ext4(root, tmp_path / "disk", "-t", "ext4", size="8M")
    time.sleep(2.1)  # what was changed a moment ago is not kept
    scanner = wiring.image_scanner(settings(tmp_path))
    first = scan_reference(scanner, f"disk:{tmp_path / 'disk'}", scanners=frozenset({Scanner.PACKAGES}))
    assert first.inventory is not None
    assert first.inventory.os.id == "debian"
    assert [package.purl for package in first.inventory.packages] == ["pkg:pypi/django@4.2.1"]
    unread = msgspec.structs.replace(scanner, sources={"disk": Refusing()})
    again = scan_reference(unread, f"disk:{tmp_path / 'disk'}", scanners=frozenset({Scanner.PACKAGES}))
    assert again.inventory == first.inventory


class Refusing:
    """A source from which nothing may be opened."""

    def open(self, location: str, name: str) -> AbstractContextManager[OpenImage]:
        """Never."""
        raise AssertionError(f"{location} {name} was opened")
