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
    `packages` count distinct ones. Times are Unix nanoseconds."""

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
