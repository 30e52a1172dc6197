"""The whole answer of one scan: what every output form is written from, and the product's own stable JSON."""

from __future__ import annotations

import enum
import re

import msgspec

from periderm.model.advisory import AdvisoryInfo
from periderm.model.base_image import BaseImage
from periderm.model.exception import Excepted
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageInventory
from periderm.model.trust import TrustVerdict
from periderm.model.vulnerability import PlannedChange

SCHEMA = "periderm.report/1"  # grows when a field changes its meaning or goes; new fields do not change it


class TargetKind(enum.StrEnum):
    """What was scanned."""

    IMAGE = "image"
    FILESYSTEM = "filesystem"  # a root file system
    SOURCE = "source"  # a folder of source code
    REPOSITORY = "repository"
    SBOM = "sbom"
    CONTAINER = "container"
    HOST = "host"
    DISK = "disk"  # a disk image or block device, read only
    PIPELINE = "pipeline"  # the build and deployment definitions of a source folder, and nothing else of it


class Scanner(enum.StrEnum):
    """What is looked for."""

    PACKAGES = "packages"
    VULNERABILITIES = "vulnerabilities"
    SECRETS = "secrets"
    CONFIGURATION = "configuration"
    LICENCES = "licences"
    MALWARE = "malware"


ALL_SCANNERS = frozenset(Scanner)
_LINE = re.compile(r"line (\d{1,9})\b")  # as the image engine's secret detectors begin their evidence


class Place(msgspec.Struct, frozen=True):
    """Where a finding stands: a path, and a line of it (0: not known)."""

    path: str
    line: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`findings` count; those that an exception or a VEX statement takes away are in `excepted` and `not_affected`,
    whole, so that nothing is hidden silently. `plan` is what to change, most risk first. `time` is Unix nanoseconds,
    `seconds` the whole duration. `version` is the product's. `unfixed` counts the vulnerabilities without a fix that were
    left out because that was asked for; `base` is the image that this one was built on, as far as it can be told. `trust` is
    what a trust policy says (None: there is none)."""

    kind: TargetKind
    target: str
    time: int
    seconds: float
    version: str
    inventory: ImageInventory
    findings: tuple[Finding, ...] = ()
    not_affected: tuple[Finding, ...] = ()
    excepted: tuple[Finding, ...] = ()
    exceptions: tuple[Excepted, ...] = ()
    plan: tuple[PlannedChange, ...] = ()
    advisories: AdvisoryInfo = AdvisoryInfo()
    scanners: tuple[Scanner, ...] = ()
    unfixed: int = 0
    base: BaseImage = BaseImage()
    trust: TrustVerdict | None = None
    schema: str = SCHEMA

    def places(self) -> dict[str, Place]:
        """Where each finding stands, by its id: a package's line in its manifest, any other's in its file."""
        lines = {(p.purl, p.path): p.line for p in self.inventory.packages if p.line}
        found: dict[str, Place] = {}
        for finding in (*self.findings, *self.excepted, *self.not_affected):
            known = finding.vulnerability
            path = (known.path if known else "") or finding.location
            line = finding.line or lines.get((known.purl if known else finding.purl, path), 0)
            told = _LINE.match(finding.evidence) if finding.kind is FindingKind.SECRET else None
            found[finding.id] = Place(path, int(told[1]) if told else line)
        return found
