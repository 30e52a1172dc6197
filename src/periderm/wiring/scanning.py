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
    from periderm.model.text import Text
    from periderm.ports.image_source import ImageSource, OpenImage
    from periderm.ports.sandbox import Sandbox


class _Later:
    """A source that is built when something is opened with it: a scan uses one of nine."""

    def __init__(self, make: Callable[[], ImageSource]) -> None:
        self._make = make

    def open(self, location: str, name: str) -> AbstractContextManager[OpenImage]:
        """See the port."""
        return self._make().open(location, name)


class Walls:
    """The sandbox, built when something is scanned in it and not taken from the cache."""

    def __init__(self) -> None:
        self._used = False

    def _real(self) -> Sandbox:
        from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox

        return LinuxSandbox()

    def lacks(self) -> tuple[Text, ...]:
        """See the port."""
        return self._real().lacks()

    @property
    def run(self) -> Callable[..., bytes]:
        """See the port."""
        self._used = True
        return self._real().run

    def gaps(self) -> tuple[Text, ...]:
        """What the kernel lacks, if the sandbox was needed at all."""
        return self.lacks() if self._used else ()


def image_scanner(settings: Settings, *, required: bool = False, cached: bool = True) -> ImageScanner:
    """What scans on this machine: archives, layouts, the storage of podman, docker and containerd, running containers,
    the host, folders, source code and repositories. Needs no root by itself. `required`: no scan without a whole sandbox.
    Without `cached` nothing that was kept is used, and nothing is kept."""
    from periderm.adapters import image_folder
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.scan_cache_files import FileCache
    from periderm.app.scan_image import ImageScanner

    folder = os.path.join(settings.cache, "scan")
    with contextlib.suppress(OSError):  # the sandbox allows writing below it, and could not make it
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return ImageScanner(
        sources=image_sources(settings),
        kind_of=image_folder.kind_of,
        clock=SystemClock(),
        sandbox=Walls(),
        cache=FileCache(folder) if cached else FileCache(folder, 0),
        cache_folder=folder,
        places=scan_places(settings),
        required=required,
    )


def scan_places(settings: Settings) -> dict[str, Callable[[str, str], Place]]:
    """What each kind of place reads, where it is more than the path that was named."""
    from periderm.app.scan_image import Place, itself

    def podman(_location: str, _name: str) -> Place:
        from periderm.adapters.image_podman import default_roots

        return Place(default_roots())

    def source(location: str, name: str) -> Place:
        from periderm.adapters.image_source_code import is_bare

        # An address is fetched by git before, and a branch or a repository without a working tree checked out.
        if os.path.isdir(location) and not name and not is_bare(location):
            return itself(location)
        return Place((os.path.join(settings.cache, "repositories"),), outside=True)

    return {
        "podman": podman,
        "docker": lambda *_: Place(("/var/lib/docker",)),
        "containerd": lambda *_: Place(("/var/lib/containerd",)),
        # Landlock keeps a child from looking at other processes, so the container is found outside. Its records and layers
        # lie where its runtime likes.
        "container": lambda *_: Place(("/",), outside=True),
        "host": lambda *_: Place(("/",)),
        "source": source,
    }


def image_sources(settings: Settings) -> dict[str, ImageSource]:
    """Every kind of place that holds something to scan, by the word before its colon."""

    def archive() -> ImageSource:
        from periderm.adapters.image_archive import ImageArchive

        return ImageArchive()

    def layout() -> ImageSource:
        from periderm.adapters.image_layout import ImageLayout

        return ImageLayout()

    def folder() -> ImageSource:
        from periderm.adapters.image_folder import ImageFolder

        return ImageFolder()

    sources: dict[str, ImageSource] = {
        "archive": _Later(archive),
        "layout": _Later(layout),
        "folder": _Later(folder),
        "podman": _Later(_podman),
        "docker": _Later(_docker),
        "containerd": _Later(_containerd),
        "host": _Later(_host),
        "source": _Later(lambda: _source(settings)),
    }
    sources["container"] = _Later(lambda: _container(sources))
    return sources


def _podman() -> ImageSource:
    from periderm.adapters.image_folder import overlay_layer
    from periderm.adapters.image_podman import PodmanImages, default_roots

    return PodmanImages(default_roots(), overlay_layer)


def _docker() -> ImageSource:
    from periderm.adapters.image_docker import DockerImages
    from periderm.adapters.image_folder import overlay_layer

    return DockerImages("/var/lib/docker", overlay_layer)


def _containerd() -> ImageSource:
    from periderm.adapters.image_containerd import ContainerdImages
    from periderm.adapters.image_folder import overlay_layer

    return ContainerdImages("/var/lib/containerd", overlay_layer)


def _host() -> ImageSource:
    from periderm.adapters.image_folder import Tree, folder_layer
    from periderm.adapters.image_host import HostRoot

    return HostRoot(lambda path, skip, enter: folder_layer(Tree(path, skip=skip, enter=enter), ""))


def _source(settings: Settings) -> ImageSource:
    from periderm.adapters.image_folder import Tree, folder_layer
    from periderm.adapters.image_source_code import SourceCode

    fetched = os.path.join(settings.cache, "repositories")
    return SourceCode(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), fetched)


def _container(sources: dict[str, ImageSource]) -> ImageSource:
    from periderm.adapters.image_container import RunningContainers
    from periderm.adapters.image_folder import Tree, folder_layer, overlay_layer

    return RunningContainers(
        running,
        lambda container: _image_of(sources, container),
        overlay_layer,
        lambda path, diff_id: folder_layer(Tree(path), diff_id),
    )


def running() -> list[Container]:
    """All containers that run on this machine."""
    from periderm.wiring.machine import runtimes

    return [container for runtime in runtimes("") for container in runtime.containers()]


def _image_of(sources: dict[str, ImageSource], container: Container) -> AbstractContextManager[OpenImage]:
    """The image of a container, opened in its runtime's storage."""
    from periderm.model.errors import NotFoundError

    # CRI-O keeps its images as podman does, in containers/storage.
    source = sources.get("podman" if container.runtime == "cri-o" else container.runtime)
    if source is None or not container.image_digest:
        raise NotFoundError(f"The image of {container.name} is not in a storage that is opened.", "Scan the image itself.")
    return source.open(container.image_digest, "")


def image_scan(settings: Settings) -> Scan:
    """How a worker scans what a request names."""
    import periderm.flow.catalogue  # noqa: F401 -- all formats, once; else the children of each scan would load theirs
    from periderm.adapters.image_podman import PodmanKnown, default_roots
    from periderm.app.judge_scan import scan_and_judge
    from periderm.wiring.advising import advisory_source

    scanner = image_scanner(settings)
    known = PodmanKnown(default_roots())
    return lambda request: scan_and_judge(scanner, request, lambda: advisory_source(settings), known)
