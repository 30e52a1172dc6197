"""Scans an image or a folder that is named: finds out where it lies, and has it opened and read behind the sandbox's
walls, or takes the kept result of a file that has not changed since."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.app.application import require
from periderm.flow.progress import Progress, quiet
from periderm.formats.image_reference import names_registry
from periderm.model.contents import ScanExtras
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.errors import FormatError, NotFoundError, SandboxError, UsageError
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.report import ALL_SCANNERS, Scanner
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.image_source import ImageSource, OpenImage

if TYPE_CHECKING:
    from periderm.ports.compiled_words import CompiledWords
    from periderm.ports.sandbox import Help, Mate, Sandbox, Work
    from periderm.ports.scan_cache import ScanCache

Kind = Callable[[str], str]  # a path to 'archive', 'layout', 'folder' or '' if there is nothing
KINDS = (
    "podman",
    "docker",
    "containerd",
    "archive",
    "layout",
    "folder",
    "container",
    "host",
    "source",
    "staged",
    "pipeline",
    "registry",
    "disk",
)
_FILES = ("archive", "disk")  # kinds whose whole result is kept as long as their file does not change


REGISTRY = "registry"


class Place(msgspec.Struct, frozen=True):
    """What opening something reads. `outside` is for what must be fetched first, by a program or over a network: then it
    is opened outside the sandbox, and only read inside."""

    readable: Sequence[str]
    outside: bool = False


def itself(location: str, _name: str = "") -> Place:
    """The place of what lies at a path: that path and nothing else."""
    return Place((os.path.abspath(location),))


class ImageScanner(msgspec.Struct, frozen=True):
    """What `scan_reference` works with: a source for each kind ('archive', 'layout', 'podman', 'folder', …), and what
    each reads of a location and a name (the location, where `places` does not tell). Without `sandbox` it scans in this
    process; `required` says that a sandbox with gaps is an error. `extras` are rules and services that users bring.
    `compiled` keeps compiled words; it lies outside of all that the sandbox may write."""

    sources: Mapping[str, ImageSource]
    kind_of: Kind
    clock: Clock
    limits: ScanLimits = DEFAULT_LIMITS
    sandbox: Sandbox | None = None
    cache: ScanCache | None = None
    cache_folder: str = ""
    places: Mapping[str, Callable[[str, str], Place]] = {}
    required: bool = False
    extras: ScanExtras = ScanExtras()
    compiled: CompiledWords | None = None
    still: Callable[[], None] | None = None  # called about once a second while children read; ends the scan by raising

    def lacks(self) -> tuple[Text, ...]:
        """What this machine's kernel cannot keep from the scan, to be said once; empty where all of it holds."""
        return self.sandbox.lacks() if self.sandbox is not None else ()


def split(reference: str, kind_of: Kind) -> tuple[str, str]:
    """(kind, location) of a reference: `podman:NAME`, `archive:PATH`, `layout:PATH`, `folder:PATH`, a path of an
    archive or a layout, or the bare name of an image in podman's storage. Raises UsageError, NotFoundError."""
    if not reference:
        raise UsageError("No image was named.", "Give podman:NAME, an archive made by `podman save`, or an OCI layout folder.")
    kind, colon, rest = reference.partition(":")
    if colon and kind in KINDS and rest:
        return kind, rest
    kind = kind_of(reference)
    if kind == "folder":
        raise UsageError(f"{reference} is a folder and not an image.", f"Look into it with `periderm scan fs {reference}`.")
    if kind:
        return kind, reference
    if reference.startswith(("/", "./", "../")) or reference.endswith((".tar", ".oci")):
        raise NotFoundError(f"There is no {reference}.", "Check the path; `podman save -o FILE NAME` makes an archive.")
    return "podman", reference


def scan_reference(
    scanner: ImageScanner,
    reference: str,
    *,
    name: str = "",
    node_id: str = "",
    progress: Progress = quiet,
    scanners: frozenset[Scanner] = ALL_SCANNERS,
    meanwhile: Callable[[], object] | None = None,
    who: Principal = LOCAL_ADMIN,
    remote: bool = True,
) -> ScanResult:
    """Scans what the reference names. `name` chooses an image in an archive of several, or the platform in a registry;
    `meanwhile` is called while other processes read it, and not always. A bare name with a host in it that is not in podman's
    storage is looked for in its registry, if `remote` allows to ask one. Raises PeridermError."""
    require(who, Permission.READ)
    kind, location = split(reference, scanner.kind_of)
    if kind == REGISTRY and not remote:
        raise UsageError(f"{location} lies behind a network, and --offline was given.", "Save it before, and scan the archive.")

    def scanned(kind: str) -> ScanResult:
        return _scan(
            scanner,
            kind,
            location,
            name,
            node_id=node_id,
            progress=progress,
            scanners=scanners,
            meanwhile=meanwhile,
        )

    if not (kind == "podman" and location == reference and names_registry(reference) and REGISTRY in scanner.sources):
        return scanned(kind)
    try:
        return scanned(kind)
    except NotFoundError as error:
        if not remote:
            raise NotFoundError(error.what, "Without --offline its registry would be asked.") from None
    return scanned(REGISTRY)


def _scan(
    scanner: ImageScanner,
    kind: str,
    location: str,
    name: str,
    *,
    node_id: str,
    progress: Progress,
    scanners: frozenset[Scanner],
    meanwhile: Callable[[], object] | None,
) -> ScanResult:
    """What lies at a location of a kind, scanned or kept."""
    if kind not in scanner.sources:
        raise UsageError(f"{kind}: is not opened here.", f"What can be opened: {', '.join(sorted(scanner.sources))}.")
    began, now = scanner.clock.monotonic(), scanner.clock.now()
    key = _key(scanner, kind, location, name, scanners)
    data = scanner.cache.get("result", key) if scanner.cache is not None and key else None
    kept = _decoded(data) if data is not None else None
    if kept is None:
        data = _walled(scanner, kind, location, name, scanners=scanners, progress=progress, meanwhile=meanwhile)
        kept = _decoded(data)
        if kept is None:
            raise SandboxError("The scan's process gave no result that can be read.", "Scan it again.")
        if scanner.cache is not None and key and key == _key(scanner, kind, location, name, scanners):
            scanner.cache.put("result", key, data)
    findings = tuple(msgspec.structs.replace(f, first_seen=now, last_seen=now) for f in kept.findings)
    seconds = (scanner.clock.monotonic() - began) / 1e9
    return msgspec.structs.replace(kept, node_id=node_id, time=now, seconds=seconds, findings=findings)


def _key(scanner: ImageScanner, kind: str, location: str, name: str, scanners: frozenset[Scanner]) -> str:
    """By what a whole result is kept: the unchanged file, and all that the result depends on; '' if it is none."""
    cache = scanner.cache
    identity = cache.identity(location) if cache is not None and kind in _FILES else ""
    if cache is None or not identity:
        return ""
    return "\0".join((identity, name, ",".join(sorted(scanners)), repr(scanner.limits), scanner.extras.word, cache.engine))


def _pinned(scanner: ImageScanner, image: OpenImage, scanners: frozenset[Scanner]) -> str:
    """By what the result of an image is kept whose bytes are all named by digests: its manifest's, and all that the result
    depends on besides; '' if it is none."""
    if scanner.cache is None or image.fetch is None or not image.manifests:
        return ""
    parts = (image.source, image.reference, image.digest, *image.manifests, *image.left_out, *image.missed)
    depends = (",".join(sorted(scanners)), repr(scanner.limits), scanner.extras.word, scanner.cache.engine)
    return "\0".join((*parts, *depends))


def _decoded(data: bytes) -> ScanResult | None:
    try:
        return msgspec.msgpack.decode(data, type=ScanResult)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _walled(
    scanner: ImageScanner,
    kind: str,
    location: str,
    name: str,
    *,
    scanners: frozenset[Scanner],
    progress: Progress,
    meanwhile: Callable[[], object] | None,
) -> bytes:
    """The result as bytes, made in the sandbox if there is one."""
    source, sandbox = scanner.sources[kind], scanner.sandbox
    if sandbox is None:
        with source.open(location, name) as image:
            _bring(scanner, image, scanners, progress)
            return _scanned(scanner, image, scanners, progress)
    if scanner.required and (gaps := sandbox.lacks()):
        raise SandboxError(gaps[0].en, "Scan on a newer kernel, or without requiring a sandbox.")
    place = scanner.places.get(kind, itself)(location, name)
    limits = scanner.limits

    def walled(work: Work, helper: Help) -> bytes:
        return sandbox.run(
            work,
            progress,
            helper=helper,
            meanwhile=meanwhile,
            still=scanner.still,
            readable=place.readable,
            writable=(scanner.cache_folder,) if scanner.cache_folder else (),
            memory=limits.memory,
            file=limits.file,
            answer=limits.answer,
            seconds=limits.seconds,
        )

    if place.outside:
        with source.open(location, name) as image:
            key = _pinned(scanner, image, scanners)
            kept = scanner.cache.get("result", key) if scanner.cache is not None and key else None
            if kept is not None and _decoded(kept) is not None:
                return kept
            _bring(scanner, image, scanners, progress)
            from periderm.flow.scan import assist  # loaded before the fork: a worker does it once for all its scans

            _compile(scanner, scanners)
            data = walled(
                lambda tell, mate: _scanned(scanner, image, scanners, tell, mate),
                lambda mate: assist(image, mate, scanners=scanners, limits=limits, cache=scanner.cache, extras=scanner.extras),
            )
            if scanner.cache is not None and key:
                scanner.cache.put("result", key, data)
            return data

    from periderm.flow.scan import assist  # as above

    _compile(scanner, scanners)

    def inside(tell: Progress, mate: Mate | None) -> bytes:
        with source.open(location, name) as opened:
            return _scanned(scanner, opened, scanners, tell, mate)

    def beside(mate: Mate) -> None:
        with source.open(location, name) as opened:
            assist(opened, mate, scanners=scanners, limits=limits, cache=scanner.cache, extras=scanner.extras)

    return walled(inside, beside)


def _compile(scanner: ImageScanner, scanners: frozenset[Scanner]) -> None:
    """Words are compiled before the fork: what a process writes that reads images is never loaded as a database."""
    if scanner.compiled is not None:
        from periderm.flow.compiled import compile_words

        compile_words(scanners, scanner.compiled)


def _bring(scanner: ImageScanner, image: OpenImage, scanners: frozenset[Scanner], tell: Progress) -> None:
    """Has the layers fetched that nobody has read before: what the others hold is known by their digests."""
    if image.fetch is not None:
        from periderm.flow.scan import unread

        missing = unread(image, scanners=scanners, limits=scanner.limits, cache=scanner.cache, extras=scanner.extras)
        image.fetch(missing, tell)


def _scanned(
    scanner: ImageScanner, image: OpenImage, scanners: frozenset[Scanner], tell: Progress, mate: Mate | None = None
) -> bytes:
    """The result of an open image, without times: whoever asks puts in its own."""
    from periderm.flow.scan import examine

    inventory, findings = examine(
        image,
        scanners=scanners,
        limits=scanner.limits,
        cache=scanner.cache,
        progress=tell,
        mate=mate,
        extras=scanner.extras,
    )
    result = ScanResult(image_digest=image.digest, node_id="", time=0, seconds=0.0, findings=findings, inventory=inventory)
    return msgspec.msgpack.encode(result)


def scan_request(scanner: ImageScanner, request: ScanRequest, progress: Progress = quiet) -> ScanResult:
    """Scans what waits in the queue. Raises PeridermError; FormatError too if the image is not the one asked for."""
    result = scan_reference(scanner, request.source, node_id=request.node_id, progress=progress)
    if request.image_digest and result.image_digest != request.image_digest:
        raise FormatError(
            f"{request.source} is now {result.image_digest[:19]}… and not {request.image_digest[:19]}….",
            "Scan it by its new digest.",
        )
    return result


def scan_folder(
    scanner: ImageScanner,
    path: str,
    *,
    node_id: str = "",
    progress: Progress = quiet,
    scanners: frozenset[Scanner] = ALL_SCANNERS,
    who: Principal = LOCAL_ADMIN,
) -> ScanResult:
    """Scans a folder that holds a root file system. Raises PeridermError."""
    reference = "folder:" + os.path.abspath(path)
    return scan_reference(scanner, reference, node_id=node_id, progress=progress, scanners=scanners, who=who)
