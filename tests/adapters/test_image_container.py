"""Running containers as sources: a real one's changes lie on top of its image."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec
import pytest

from periderm.adapters.containers_podman import PodmanContainers, default_storages
from periderm.adapters.image_container import CHANGES, RunningContainers, choose
from periderm.adapters.image_folder import Tree, folder_layer, overlay_layer
from periderm.adapters.image_podman import PodmanImages, default_roots
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.model.asset import Container
from periderm.model.errors import NotFoundError
from periderm.ports.image_source import OpenImage, TreeLayer
from tests.ports import tiny


def container(name: str, identity: str, **changes: object) -> Container:
    """A container on paper."""
    plain = Container(id="c", name=name, container_id=identity, runtime="podman", node_id="n", running=True)
    return msgspec.structs.replace(plain, **changes)


WEB, WEB_2, DB = container("web", "ab12" + "0" * 60), container("web-2", "ab13" + "0" * 60), container("db", "cd" * 32)


def test_names_and_ids() -> None:
    """A whole name or id, or the beginning of one id; what could be two is said with both."""
    assert choose((WEB, WEB_2, DB), "web") is WEB
    assert choose((WEB, WEB_2, DB), "cdcd") is DB
    assert choose((WEB, WEB_2, DB), WEB_2.container_id) is WEB_2
    for wanted in ("nothing", "", "cd", "ab1"):
        with pytest.raises(NotFoundError):
            choose((WEB, WEB_2, DB), wanted)
    with pytest.raises(NotFoundError, match=r"web .*web-2 "):
        choose((WEB, container("web-2", "ab12" + "1" * 60)), "ab12")


def root_layer(path: str, diff_id: str) -> TreeLayer:
    """A root as one layer."""
    return folder_layer(Tree(path), diff_id)


def running() -> list[Container]:
    """podman's running containers."""
    records = LocalRecords()
    return list(PodmanContainers("n", LinuxProc(), records, default_storages(records)).containers())


@contextlib.contextmanager
def podman_image(found: Container) -> Iterator[OpenImage]:
    """Its image from podman's storage."""
    with PodmanImages(default_roots(), overlay_layer).open(found.image_digest, "") as image:
        yield image


@contextlib.contextmanager
def no_image(found: Container) -> Iterator[OpenImage]:
    """An image that was removed meanwhile."""
    raise NotFoundError(f"There is no image of {found.name}.", "Pull it.")
    yield


@pytest.mark.container
def test_changes_of_a_real_container_are_the_topmost_layer(tiny_container: tiny.TinyContainer) -> None:
    """The image's layers are there as in its own scan, and what the container wrote lies on top; without the image
    the whole root is read through the kernel."""
    (found,) = [c for c in running() if c.container_id == tiny_container.id]
    with RunningContainers(running, podman_image, overlay_layer, root_layer).open(found.container_id[:12], "") as opened:
        assert opened.digest == found.image_digest
        assert found.name in opened.reference
        *_, top = opened.layers
        assert isinstance(top, TreeLayer)
        assert top.diff_id == CHANGES
        assert len(opened.layers) > 1
        list(top.entries())
    with RunningContainers(running, no_image, overlay_layer, root_layer).open(found.name, "") as opened:
        (whole,) = opened.layers
        assert isinstance(whole, TreeLayer)
        assert "beat" in {item.entry.path for item in whole.entries()}
