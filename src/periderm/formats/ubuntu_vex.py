"""Canonical's OpenVEX feed: the state of each CVE in each source package and release, with what will not be fixed. It adds
to the OSV feed what that cannot say (not affected, ignored, deferred), under the same ids.

Source: documentation.ubuntu.com/security/security-updates/vex (statuses) and /security-features/vex-sbom (package URLs
with `arch=source` and `distro`). Products without a release are left out: nothing can be said about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

import msgspec

from periderm.model.advisory import Advisory, Affected, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import UBUNTU_CODENAMES
from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.version_range import Scheme, VersionRange


class _Vulnerability(msgspec.Struct, frozen=True):
    name: str = ""
    description: str | None = None


class _Product(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="@id", default="")


class _Statement(msgspec.Struct, frozen=True):
    vulnerability: _Vulnerability | None = None
    products: list[_Product] | None = None
    status: str = ""
    status_notes: str | None = None
    justification: str | None = None
    action_statement: str | None = None


class _Metadata(msgspec.Struct, frozen=True):
    author: str = ""
    timestamp: str = ""


class _Document(msgspec.Struct, frozen=True):
    statements: list[_Statement]
    metadata: _Metadata | None = None


_document = msgspec.json.Decoder(_Document)


def parse(data: bytes, *, where: str = "") -> Iterator[Advisory | Refused]:
    """One advisory for each vulnerability of the document ('UBUNTU-CVE-2024-1234'). Raises FormatError."""
    try:
        read = _document.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no OpenVEX document: {error}", where=where) from error
    found: dict[str, dict[PackageName, Affected]] = {}
    told: dict[str, str] = {}
    for statement in read.statements:
        vulnerability = statement.vulnerability
        if vulnerability is None or not vulnerability.name:
            continue
        told.setdefault(vulnerability.name, vulnerability.description or "")
        entries = found.setdefault(vulnerability.name, {})
        for product in statement.products or ():
            entry = _affected(product.id, statement)
            if entry is not None and _better(entry, entries.get(entry.package)):
                entries[entry.package] = entry
    if not found:
        yield Refused(where, "no statement names a vulnerability")
    metadata = read.metadata or _Metadata()
    for name, entries in found.items():
        if not entries:
            yield Refused(f"{where} ({name})", "no product names a source package and its release")
            continue
        yield Advisory(
            id=f"UBUNTU-{name}" if name.startswith("CVE-") else name,
            source="ubuntu",
            upstream=(name,),
            details=told[name][:20_000],
            references=(f"https://ubuntu.com/security/{name}",),
            modified=unix_nanoseconds(_zone(metadata.timestamp)),
            affected=tuple(entries.values()),
        )


def _zone(text: str) -> str:
    """Canonical writes its times without a zone."""
    return f"{text}Z" if text and text[-1].isdecimal() and "+" not in text[10:] else text


def _better(entry: Affected, known: Affected | None) -> bool:
    """A fix beats every other word on the same package."""
    return known is None or (bool(entry.ranges and entry.ranges[0].fixed) and not (known.ranges and known.ranges[0].fixed))


def _affected(purl: str, statement: _Statement) -> Affected | None:
    head, _, query = purl.partition("?")
    if not head.startswith("pkg:deb/ubuntu/") or statement.justification == "component_not_present":
        return None
    told = dict(parse_qsl(query))
    ecosystem = _ecosystem(told.get("distro", ""))
    name, _, version = head[15:].partition("@")
    if not ecosystem or told.get("arch", "source") != "source" or not name:
        return None
    verdict, ranges = _verdict(statement, unquote(version))
    note = statement.action_statement or statement.status_notes or ""
    return Affected(
        package=PackageName(ecosystem, unquote(name)),
        scheme=Scheme.DEB,
        ranges=ranges,
        verdict=verdict,
        note="" if verdict in (Verdict.AFFECTED, Verdict.NOT_AFFECTED) else note[:300],
    )


def _ecosystem(distro: str) -> str:
    """'jammy' or 'esm-infra/xenial' (Ubuntu Pro); '' for services whose packages are others (FIPS, real-time)."""
    service, slash, codename = distro.rpartition("/")
    release = UBUNTU_CODENAMES.get(codename.lower(), "")
    if not release or (slash and not service.startswith("esm-")):
        return ""
    return f"Ubuntu:Pro:{release}" if slash else f"Ubuntu:{release}"


def _verdict(statement: _Statement, version: str) -> tuple[Verdict, tuple[VersionRange, ...]]:
    words = f"{statement.action_statement or ''} {statement.status_notes or ''}".lower()
    every = (VersionRange(),)
    if statement.status == "not_affected":
        return Verdict.NOT_AFFECTED, ()
    if statement.status == "fixed":
        return Verdict.AFFECTED, (VersionRange(fixed=version),) if version else every
    if statement.status == "under_investigation":
        return (Verdict.FIX_DEFERRED if "deferred" in words else Verdict.UNDER_INVESTIGATION), every
    return (Verdict.WILL_NOT_FIX if "decided to not fix" in words else Verdict.AFFECTED), every
