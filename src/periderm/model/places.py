"""Where a package or a vulnerability is: rows of the searches across everything that was scanned."""

from __future__ import annotations

import msgspec

from periderm.model.severity import Severity


class PackagePlace(msgspec.Struct, frozen=True, kw_only=True):
    """One package in one image (or host). `running` counts containers of that image that run now."""

    name: str
    version: str
    type: str
    purl: str
    licence: str = ""
    image_digest: str
    reference: str = ""
    layer: str = ""
    path: str = ""
    running: int = 0


class VulnerabilityPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability over everything: how bad, and where. `priority` is the greatest of its findings. `images` and
    `packages` count distinct ones (`images` also hosts), `running` containers of those images that run now.
    `package_names` are the first of those packages. Times are Unix nanoseconds."""

    id: str
    title: str = ""
    severity: Severity
    priority: float = 0.0
    exploited: bool = False
    probability: float = -1.0
    fixed: bool = False
    images: int = 0
    packages: int = 0
    findings: int = 0
    running: int = 0
    first_seen: int = 0
    aliases: tuple[str, ...] = ()
    package_names: tuple[str, ...] = ()


class ImageState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one image, in one row. `asset_id` is '' for an image that was scanned but is not known to be
    anywhere. `scanned_at` 0 means that nobody has looked into it: a gap; `failure` says why the last try failed,
    `waiting` that it is in the queue. `findings` counts them by severity ('critical' … 'informational'). `fixable` and
    `exploited` count vulnerabilities; `priority` is the greatest of them. `base` is the base image as its builder wrote
    it down, '' if not. `not_examined` counts what a limit left out. Bytes, and times in Unix nanoseconds."""

    digest: str
    name: str = ""
    references: tuple[str, ...] = ()
    asset_id: str = ""
    os_name: str = ""
    base: str = ""
    size: int = 0
    created: int = 0
    first_seen: int = 0
    last_seen: int = 0
    scanned_at: int = 0
    failure: str = ""
    waiting: bool = False
    packages: int = 0
    layers: int = 0
    not_examined: int = 0
    findings: dict[str, int] = {}
    vulnerabilities: int = 0
    fixable: int = 0
    exploited: int = 0
    priority: float = 0.0
    running: int = 0
