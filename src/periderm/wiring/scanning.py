"""What scans on this machine: every kind of place that holds something to scan.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import functools
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from periderm.model.contents import ScanExtras
from periderm.model.settings import Settings
from periderm.wiring.looking import own_work
from periderm.wiring.told import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from periderm.app.scan_image import ImageScanner, Place
    from periderm.flow.progress import Progress
    from periderm.flow.work import Scan
    from periderm.model.asset import Container
    from periderm.model.envelope import ScanRequest, ScanResult
    from periderm.model.service import RiskyService
    from periderm.model.text import Text
    from periderm.ports.image_source import ImageSource, OpenImage
    from periderm.ports.registry import Registry
    from periderm.ports.sandbox import Sandbox, Tell, Work


class Bring(NamedTuple):
    """What a person names for one scan: a folder of YARA rules, a file of services; '' for none."""

    yara: str = ""
    services: str = ""


NOTHING = Bring()


class _Later:
    """A source that is built when something is opened with it: a scan uses one of nine."""

    def __init__(self, make: Callable[[], ImageSource]) -> None:
        self._make = make

    def open(self, location: str, name: str) -> AbstractContextManager[OpenImage]:
        """See the port."""
        return self._make().open(location, name)


class Walls:
    """The sandbox, built when something is scanned in it and not taken from the cache."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._used = False

    def _real(self) -> Sandbox:
        from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox

        return LinuxSandbox()

    def lacks(self) -> tuple[Text, ...]:
        """See the port."""
        return self._real().lacks()

    def run(self, work: Work, tell: Tell, **more: Any) -> bytes:  # the port's own words, handed on as they are
        """See the port. The agent of this machine is told that it is us who read."""
        self._used = True
        with own_work(self._settings):
            return self._real().run(work, tell, **more)

    def gaps(self) -> tuple[Text, ...]:
        """What the kernel lacks, if the sandbox was needed at all."""
        return self.lacks() if self._used else ()


def image_scanner(
    settings: Settings,
    *,
    required: bool = False,
    cached: bool = True,
    asking: Callable[[], Registry] | None = None,
    bring: Bring = NOTHING,
) -> ImageScanner:
    """What scans on this machine: archives, layouts, the storage of podman, docker and containerd, running containers,
    the host, folders, source code and repositories. Needs no root by itself. `required`: no scan without a whole sandbox.
    Without `cached` nothing that was kept is used, and nothing is kept. `asking` makes the client of registries, where it is
    not the usual one; `bring` names what a person brings besides what lies in the state's folder."""
    from periderm.adapters import image_folder
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.pattern_files import CompiledFiles
    from periderm.adapters.scan_cache_files import FileCache
    from periderm.app.scan_image import ImageScanner

    folder = os.path.join(settings.cache, "scan")
    with contextlib.suppress(OSError):  # the sandbox allows writing below it, and could not make it
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return ImageScanner(
        sources=image_sources(settings, asking),
        kind_of=image_folder.kind_of,
        clock=SystemClock(),
        sandbox=Walls(settings),
        cache=FileCache(folder) if cached else FileCache(folder, 0),
        cache_folder=folder,
        compiled=CompiledFiles(os.path.join(settings.cache, "compiled")) if cached else None,
        places=scan_places(settings),
        required=required,
        extras=scan_extras(settings, bring),
    )


def scan_extras(settings: Settings, bring: Bring = NOTHING) -> ScanExtras:
    """Rules and services of the state's folder (`yara/`, which the runtime uses too, and `services.yaml`), and those that
    are named."""
    from periderm.adapters.yara_files import read_rules

    rules = read_rules(settings.yara)
    if bring.yara:
        rules += read_rules(bring.yara, must=True)
    services: list[RiskyService] = []
    for path, must in ((os.path.join(settings.state, "services.yaml"), False), (bring.services, True)):
        if path and (must or os.path.exists(path)):
            from periderm.adapters.documents_local import LocalDocuments
            from periderm.formats.policy_files.services import MOST, read_services

            services += read_services(LocalDocuments().read(path, MOST), path)
    return ScanExtras(rules=rules, services=tuple(services))


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
        "registry": lambda *_: Place((blob_folder(settings),), outside=True),
        # Landlock keeps a child from looking at other processes, so the container is found outside. Its records and layers
        # lie where its runtime likes.
        "container": lambda *_: Place(("/",), outside=True),
        "host": lambda *_: Place(("/",)),
        "source": source,
        # Git is asked before, and puts what is staged there.
        "staged": lambda *_: Place((os.path.join(settings.cache, "staged"),), outside=True),
        "pipeline": source,
    }


def image_sources(settings: Settings, asking: Callable[[], Registry] | None = None) -> dict[str, ImageSource]:
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

    def disk() -> ImageSource:
        from periderm.adapters.image_disk import DiskImages

        return DiskImages()

    sources: dict[str, ImageSource] = {
        "archive": _Later(archive),
        "disk": _Later(disk),
        "layout": _Later(layout),
        "folder": _Later(folder),
        "podman": _Later(_podman),
        "docker": _Later(_docker),
        "containerd": _Later(_containerd),
        "registry": _Later(lambda: _registry(settings, asking)),
        "host": _Later(_host),
        "source": _Later(lambda: _source(settings)),
        "staged": _Later(lambda: _staged(settings)),
        "pipeline": _Later(lambda: _source(settings, pipeline=True)),
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


def blob_folder(settings: Settings) -> str:
    """Where layers of registries lie."""
    return os.path.join(settings.cache, "blobs")


def _registry(settings: Settings, asking: Callable[[], Registry] | None) -> ImageSource:
    from periderm.adapters.image_registry.blob_cache import BlobCache
    from periderm.adapters.image_registry.source import RegistryImages
    from periderm.wiring.registering import blob_bytes, registry_client

    cache = BlobCache(blob_folder(settings), blob_bytes(environment()))
    return RegistryImages(asking or (lambda: registry_client(settings)), cache)


def _host() -> ImageSource:
    from periderm.adapters.image_folder import Tree, folder_layer
    from periderm.adapters.image_host import HostRoot

    return HostRoot(lambda path, skip, enter: folder_layer(Tree(path, skip=skip, enter=enter), ""))


def _staged(settings: Settings) -> ImageSource:
    from periderm.adapters.git_local.staged import StagedFiles
    from periderm.adapters.image_folder import Tree, folder_layer

    aside = os.path.join(settings.cache, "staged")
    return StagedFiles(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), aside)


def _source(settings: Settings, *, pipeline: bool = False) -> ImageSource:
    from periderm.adapters.image_folder import Tree, folder_layer
    from periderm.adapters.image_source_code import SKIPPED, SourceCode

    fetched = os.path.join(settings.cache, "repositories")
    kind, skipped = ("pipeline", (*SKIPPED, "node_modules")) if pipeline else ("source", SKIPPED)
    return SourceCode(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), fetched, kind, skipped)


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
    from periderm.app.trust import standing_trust
    from periderm.flow.progress import quiet
    from periderm.wiring.advising import advisory_source
    from periderm.wiring.trusting import trust_parts
    from periderm.wiring.watching import watched_client

    scanner = image_scanner(settings)
    known = PodmanKnown(default_roots())

    def scan(request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None) -> ScanResult:
        here, asking = scanner, None
        if request.credentials:
            asking = functools.partial(watched_client, settings, request.credentials)
            here = image_scanner(settings, asking=asking)
        here = msgspec.structs.replace(here, still=still)
        trust = standing_trust(trust_parts(settings, here, asking), os.path.join(settings.state, "trust.yaml"), known)
        return scan_and_judge(here, request, lambda: advisory_source(settings), known, progress=progress, trust=trust)

    return scan
