"""What scans on this machine: every kind of place that holds something to scan.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from periderm.app.scan_image import ImageScanner
    from periderm.flow.work import Scan
    from periderm.model.asset import Container
    from periderm.ports.image_source import ImageSource, OpenImage


def image_scanner(settings: Settings) -> ImageScanner:
    """What scans on this machine: archives, layouts, the storage of podman, docker and containerd, running containers,
    the host, folders, source code and repositories. Needs no root by itself."""
    from periderm.adapters import image_folder
    from periderm.adapters.clock_system import SystemClock
    from periderm.app.scan_image import ImageScanner

    return ImageScanner(sources=image_sources(settings), kind_of=image_folder.kind_of, clock=SystemClock())


def image_sources(settings: Settings) -> dict[str, ImageSource]:
    """Every kind of place that holds something to scan, by the word before its colon."""
    from periderm.adapters import image_folder, image_podman
    from periderm.adapters.image_archive import ImageArchive
    from periderm.adapters.image_container import RunningContainers
    from periderm.adapters.image_containerd import ContainerdImages
    from periderm.adapters.image_docker import DockerImages
    from periderm.adapters.image_folder import Tree, folder_layer
    from periderm.adapters.image_host import HostRoot
    from periderm.adapters.image_layout import ImageLayout
    from periderm.adapters.image_source_code import SourceCode

    sources: dict[str, ImageSource] = {
        "archive": ImageArchive(),
        "layout": ImageLayout(),
        "folder": image_folder.ImageFolder(),
        "podman": image_podman.PodmanImages(image_podman.default_roots(), image_folder.overlay_layer),
        "docker": DockerImages("/var/lib/docker", image_folder.overlay_layer),
        "containerd": ContainerdImages("/var/lib/containerd", image_folder.overlay_layer),
        "host": HostRoot(lambda path, skip, enter: folder_layer(Tree(path, skip=skip, enter=enter), "")),
        "source": SourceCode(
            lambda path, names: folder_layer(Tree(path, skip_names=names), ""), os.path.join(settings.cache, "repositories")
        ),
    }
    sources["container"] = RunningContainers(
        _running,
        lambda container: _image_of(sources, container),
        image_folder.overlay_layer,
        lambda path, diff_id: folder_layer(Tree(path), diff_id),
    )
    return sources


def _running() -> list[Container]:
    """All containers that run on this machine."""
    from periderm.wiring.machine import runtimes

    return [container for runtime in runtimes("") for container in runtime.containers()]


def _image_of(sources: dict[str, ImageSource], container: Container) -> AbstractContextManager[OpenImage]:
    """The image of a container, opened in its runtime's storage."""
    from periderm.model.errors import NotFoundError

    source = sources.get(container.runtime)
    if source is None or not container.image_digest:
        raise NotFoundError(f"The image of {container.name} is not in a storage that is opened.", "Scan the image itself.")
    return source.open(container.image_digest, "")


def image_scan(settings: Settings) -> Scan:
    """How a worker scans what a request names."""
    from periderm.app.scan_image import scan_request

    scanner = image_scanner(settings)
    return lambda request: scan_request(scanner, request)
