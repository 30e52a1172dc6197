"""Scans an image or a folder that is named: finds out where it lies, opens it there, hands it to the scan."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping

from periderm.app.application import require
from periderm.flow.scan import Progress, quiet, scan
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.ports.clock import Clock
from periderm.ports.image_source import ImageSource

Kind = Callable[[str], str]  # a path to 'archive', 'layout', 'folder' or '' if there is nothing


@dataclasses.dataclass(frozen=True, slots=True)
class ImageScanner:
    """What `scan_reference` works with: a source for each kind ('archive', 'layout', 'podman', 'folder')."""

    sources: Mapping[str, ImageSource]
    kind_of: Kind
    clock: Clock
    limits: ScanLimits = DEFAULT_LIMITS


def split(reference: str, kind_of: Kind) -> tuple[str, str]:
    """(kind, location) of a reference: `podman:NAME`, `archive:PATH`, `layout:PATH`, `folder:PATH`, a path of an
    archive or a layout, or the bare name of an image in podman's storage. Raises UsageError, NotFoundError."""
    if not reference:
        raise UsageError("No image was named.", "Give podman:NAME, an archive made by `podman save`, or an OCI layout folder.")
    kind, colon, rest = reference.partition(":")
    if colon and kind in ("podman", "archive", "layout", "folder") and rest:
        return kind, rest
    if colon and kind in ("docker", "containerd") and rest:
        raise UsageError(
            f"Images in {kind}'s own storage are not opened yet.",
            "Save it (`docker save -o FILE NAME`, `ctr images export FILE NAME`) and scan the file.",
        )
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
    who: Principal = LOCAL_ADMIN,
) -> ScanResult:
    """Scans what the reference names. `name` chooses an image in an archive of several. Raises PeridermError."""
    require(who, Permission.READ)
    kind, location = split(reference, scanner.kind_of)
    with scanner.sources[kind].open(location, name) as image:
        return scan(image, scanner.clock, node_id=node_id, limits=scanner.limits, progress=progress)


def scan_request(scanner: ImageScanner, request: ScanRequest) -> ScanResult:
    """Scans what waits in the queue. Raises PeridermError; FormatError too if the image is not the one asked for."""
    result = scan_reference(scanner, request.source, node_id=request.node_id)
    if request.image_digest and result.image_digest != request.image_digest:
        raise FormatError(
            f"{request.source} is now {result.image_digest[:19]}… and not {request.image_digest[:19]}….",
            "Scan it by its new digest.",
        )
    return result


def scan_folder(
    scanner: ImageScanner, path: str, *, node_id: str = "", progress: Progress = quiet, who: Principal = LOCAL_ADMIN
) -> ScanResult:
    """Scans a folder that holds a root file system. Raises PeridermError."""
    return scan_reference(scanner, "folder:" + os.path.abspath(path), node_id=node_id, progress=progress, who=who)
