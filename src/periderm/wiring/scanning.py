"""What scans on this machine: every kind of place that holds something to scan.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from periderm.app.scan_image import ImageScanner, Place
    from periderm.flow.work import Scan
    from periderm.model.asset import Container
    from periderm.ports.image_source import ImageSource, OpenImage


def image_scanner(settings: Settings, *, required: bool = False) -> ImageScanner:
    """What scans on this machine: archives, layouts, the storage of podman, docker and containerd, running containers,
    the host, folders, source code and repositories. Needs no root by itself. `required`: no scan without a whole sandbox."""
    from periderm.adapters import image_folder
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
    from periderm.adapters.scan_cache_files import FileCache
    from periderm.app.scan_image import ImageScanner

    folder = os.path.join(settings.cache, "scan")
    with contextlib.suppress(OSError):  # the sandbox allows writing below it, and could not make it
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return ImageScanner(
        sources=image_sources(settings),
        kind_of=image_folder.kind_of,
        clock=SystemClock(),
        sandbox=LinuxSandbox(),
        cache=FileCache(folder),
        cache_folder=folder,
        places=scan_places(settings),
        required=required,
    )


def scan_places(settings: Settings) -> dict[str, Callable[[str], Place]]:
    """What each kind of place reads, where it is more than the path that was named."""
    from periderm.app.scan_image import Place, itself

    def podman(_: str) -> Place:
        from periderm.adapters.image_podman import default_roots

        return Place(default_roots())

    def source(location: str) -> Place:
        # An address is fetched by git before; a path may be a repository that git must check out first.
        fetched = os.path.join(settings.cache, "repositories")
        return itself(location) if os.path.isdir(location) and not _bare(location) else Place((fetched, location), outside=True)

    return {
        "podman": podman,
        "docker": lambda _: Place(("/var/lib/docker",)),
        "containerd": lambda _: Place(("/var/lib/containerd",)),
        "container": lambda _: Place(("/",)),  # its root is reached through /proc, its records lie where its runtime likes
        "host": lambda _: Place(("/",)),
        "source": source,
    }


def _bare(location: str) -> bool:
    from periderm.adapters.image_source_code import is_bare

    return is_bare(location)


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
