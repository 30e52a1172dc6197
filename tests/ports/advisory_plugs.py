"""The plugs that hold advisories, each filled with the same values, for the conformance suite."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from periderm.adapters.advisories_memory import MemoryAdvisories
from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.adapters.advisories_sqlite.writer import SqliteWriter
from periderm.flow.advisory_merge import merge
from periderm.model.advisory import Advisory, AdvisoryInfo, Affected, Exploitation, PackageName, Score
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange
from periderm.ports.advisories import AdvisorySource

Fill = Callable[[Path, Sequence[Advisory], Sequence[Exploitation]], AdvisorySource]


@dataclasses.dataclass(frozen=True)
class AdvisoryPlug:
    """`filled` gives a source over these values, below this folder."""

    name: str
    filled: Fill


def _memory(_: Path, advisories: Sequence[Advisory], exploitations: Sequence[Exploitation]) -> AdvisorySource:
    return MemoryAdvisories(AdvisoryInfo(built=5, digest="d"), advisories, exploitations)


def _sqlite(folder: Path, advisories: Sequence[Advisory], exploitations: Sequence[Exploitation]) -> AdvisorySource:
    path = str(folder / "advisories.sqlite")
    with SqliteWriter().writing(path) as writing:
        for advisory in advisories:
            writing.put(advisory, 1)
        for exploitation in exploitations:
            writing.put_exploitation(exploitation)
        writing.finish(merge, (), 5)
    return SqliteAdvisories(path)


PLUGS = [AdvisoryPlug("memory", _memory), AdvisoryPlug("sqlite", _sqlite)]

OPENSSL = PackageName("Debian:12", "openssl")
DJANGO = PackageName("PyPI", "django")


def affected(package: PackageName = DJANGO, fixed: str = "2.0", **more: object) -> Affected:
    """What is said of a package."""
    scheme = Scheme.DEB if package.ecosystem.startswith("Debian") else Scheme.PEP440
    return msgspec.structs.replace(Affected(package=package, scheme=scheme, ranges=(VersionRange(fixed=fixed),)), **more)


def advisory(number: int = 1, **more: object) -> Advisory:
    """An advisory of Django."""
    made = Advisory(
        id=f"PYSEC-2024-{number}",
        source="osv",
        aliases=(f"CVE-2024-{number:04}",),
        summary=f"Number {number}",
        severity=Severity.HIGH,
        scores=(Score("nvd", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),),
        published=10,
        modified=20,
        affected=(affected(fixed=f"{number}.0"),),
    )
    return msgspec.structs.replace(made, **more)
