"""Writes a report as a CycloneDX 1.6 bill of materials in JSON, with its vulnerabilities. Reads nothing.

Source: CycloneDX 1.6 (ECMA-424), JSON. What it has no field for (layer, file, source package) is in properties that
begin with `periderm:`, so that `reading` gives the same packages again.
"""

from __future__ import annotations

from collections.abc import Iterable

from periderm.algorithms.documents import Json, to_json, without_empty
from periderm.algorithms.materials import CONFIGURATION, PREFIX, asked, configuration_text, licence_terms, properties_of
from periderm.formats.cyclonedx.vulnerabilities import entries
from periderm.model.ids import stable_uuid
from periderm.model.image import ImageInventory, OsRelease, Package
from periderm.model.report import Report, TargetKind
from periderm.model.timestamps import rfc3339

ROOT = "periderm-target"
SYSTEM = "periderm-operating-system"
_TYPES = {
    TargetKind.IMAGE: "container",
    TargetKind.CONTAINER: "container",
    TargetKind.FILESYSTEM: "file",
    TargetKind.SOURCE: "application",
    TargetKind.REPOSITORY: "application",
    TargetKind.SBOM: "container",
    TargetKind.HOST: "operating-system",
    TargetKind.DISK: "operating-system",
    TargetKind.PIPELINE: "application",
}
_ALGORITHMS = {"md5": ("MD5", 32), "sha1": ("SHA-1", 40), "sha256": ("SHA-256", 64), "sha512": ("SHA-512", 128)}
_SCOPES = {"development": "excluded", "test": "excluded", "optional": "optional"}


def write(report: Report, *, reproducible: bool = False) -> bytes:
    """The document. With `reproducible` it has no time and its serial number is made of its content, so that the same
    image and the same advisories give the same bytes."""
    inventory = report.inventory
    references = _references(inventory.packages)
    content = [package.purl for package in inventory.packages]
    found = entries(report, references, ROOT)
    moment = () if reproducible else (report.time,)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:" + stable_uuid(inventory.digest, report.target, *content, *moment),
        "version": 1,
        "metadata": _metadata(report, reproducible=reproducible),
        "components": [
            *_system(inventory.os),
            *(_component(package, ref) for package, ref in zip(inventory.packages, references, strict=True)),
        ],
        "dependencies": _dependencies(inventory.packages, references, system=bool(inventory.os.id)),
        "vulnerabilities": found,
    }
    if inventory.not_examined:
        document["compositions"] = [{"aggregate": "incomplete", "assemblies": [ROOT]}]
    return to_json(document)


def _metadata(report: Report, *, reproducible: bool) -> Json:
    tool = {"type": "application", "name": "periderm", "version": report.version}
    return without_empty(
        {
            "timestamp": None if reproducible else rfc3339(report.time),
            "tools": {"components": [tool]},
            "component": _target(report),
            "properties": _target_properties(report.inventory),
        }
    )


def _target(report: Report) -> Json:
    inventory = report.inventory
    digest = inventory.digest.removeprefix("sha256:")
    hashes = [{"alg": "SHA-256", "content": digest}] if _is_hex(digest, 64) and inventory.digest.startswith("sha256:") else []
    return without_empty(
        {
            "type": _TYPES[report.kind],
            "bom-ref": ROOT,
            "name": inventory.reference or report.target or "unnamed",
            "version": inventory.digest,
            "hashes": hashes,
        }
    )


def _target_properties(inventory: ImageInventory) -> list[Json]:
    told = [(f"{PREFIX}layer:{number}", layer) for number, layer in enumerate(inventory.layers)]
    told += [(f"{PREFIX}not-examined", what) for what in inventory.not_examined]
    if configuration := configuration_text(inventory.config):
        told.append((CONFIGURATION, configuration))
    return [{"name": name, "value": value} for name, value in told]


def _system(os: OsRelease) -> list[Json]:
    if not os.id:
        return []
    told = {
        "pretty-name": os.pretty_name,
        "codename": os.codename,
        "like": " ".join(os.like),
        "support-end": os.support_end,
    }
    properties = [{"name": f"{PREFIX}os:{name}", "value": value} for name, value in told.items() if value]
    system = {"type": "operating-system", "bom-ref": SYSTEM, "name": os.id, "version": os.version, "properties": properties}
    return [without_empty(system)]


def _references(packages: Iterable[Package]) -> list[str]:
    """A `bom-ref` for each package: its URL, and where several share one, the file behind it."""
    used: dict[str, int] = {}
    made = []
    for package in packages:
        name = package.purl or f"{package.type}/{package.name}@{package.version}"
        count = used.get(name, 0)
        used[name] = count + 1
        made.append(name if count == 0 else f"{name}#periderm-{count}")
    return made


def _component(package: Package, reference: str) -> Json:
    properties = dict(properties_of(package))
    told = [{"name": name, "value": value} for name, value in properties.items()]
    licences = _licences(package.licence)
    if licences and licences[0].get("expression", package.licence) != package.licence:
        told.append({"name": f"{PREFIX}licence", "value": package.licence})
    told += [{"name": f"{PREFIX}cpe", "value": cpe} for cpe in package.cpes[1:]]
    return without_empty(
        {
            "type": "application" if package.origin == "recognised" else "library",
            "bom-ref": reference,
            "name": package.name or "unnamed",
            "version": package.version,
            "scope": _SCOPES.get(package.scope),
            "hashes": [hash_ for told_hash in package.hashes if (hash_ := _hash(told_hash))],
            "licenses": licences,
            "cpe": package.cpes[0] if package.cpes else None,
            "purl": package.purl,
            "properties": told,
        }
    )


def _hash(told: str) -> Json | None:
    name, _, content = told.partition(":")
    algorithm, length = _ALGORITHMS.get(name, ("", 0))
    return {"alg": algorithm, "content": content} if algorithm and _is_hex(content, length) else None


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and not set(text) - set("0123456789abcdefABCDEF")


def _licences(licence: str) -> list[Json]:
    """An SPDX expression if every name in it is SPDX's, else a licence by its name."""
    if not licence:
        return []
    terms, texts = licence_terms(licence)
    return [{"expression": terms}] if terms and not texts else [{"license": {"name": licence}}]


def _dependencies(packages: tuple[Package, ...], references: list[str], *, system: bool) -> list[Json]:
    """Who asks for whom, as far as the packages say. The target asks for all that nobody else asks for."""
    wanted = dict(zip(references, asked(packages, references), strict=True))
    needed = {reference for found in wanted.values() for reference in found}
    roots = [reference for reference in references if reference not in needed]
    made = [{"ref": ROOT, "dependsOn": [*([SYSTEM] if system else []), *roots]}]
    made += [without_empty({"ref": reference, "dependsOn": found}) for reference, found in wanted.items()]
    return made
