"""Writes a report's packages as an SPDX 2.3 document in JSON. SPDX has no place for judgements, so none are in it.

Source: SPDX 2.3 (ISO/IEC 5962:2021 and its successor), JSON. What it has no field for is in one annotation of the
package, so that `reading` gives the same packages again.
"""

from __future__ import annotations

import re

import msgspec

from periderm.algorithms.documents import Json, sayable, to_json, without_empty
from periderm.algorithms.materials import CONFIGURATION, asked, configuration_text, licence_terms, properties_of
from periderm.model.ids import stable_id, stable_uuid
from periderm.model.image import ImageInventory, Package
from periderm.model.report import Report, TargetKind
from periderm.model.timestamps import rfc3339

DOCUMENT = "SPDXRef-DOCUMENT"
ROOT = "SPDXRef-Target"
SYSTEM = "SPDXRef-OperatingSystem"
NOTE = "periderm "  # begins the comment of the annotation that `reading` understands
_PURPOSES = {
    TargetKind.IMAGE: "CONTAINER",
    TargetKind.CONTAINER: "CONTAINER",
    TargetKind.FILESYSTEM: "FILE",
    TargetKind.SOURCE: "SOURCE",
    TargetKind.REPOSITORY: "SOURCE",
    TargetKind.SBOM: "CONTAINER",
    TargetKind.HOST: "OPERATING-SYSTEM",
    TargetKind.DISK: "OPERATING-SYSTEM",
    TargetKind.PIPELINE: "SOURCE",
}
_ALGORITHMS = {"md5": ("MD5", 32), "sha1": ("SHA1", 40), "sha256": ("SHA256", 64), "sha512": ("SHA512", 128)}
_NAMED = re.compile(r"[^A-Za-z0-9.-]+")


def write(report: Report, *, reproducible: bool = False) -> bytes:
    """The document. With `reproducible` its time is that of the image's build, or 1970, and its namespace is made of its
    content, so that the same image gives the same bytes."""
    inventory = report.inventory
    moment = inventory.config.created[:19] + "Z" if _is_time(inventory.config.created) else rfc3339(0)
    created = moment if reproducible else rfc3339(report.time)
    author = f"Tool: periderm-{report.version}"
    licences: dict[str, str] = {}
    packages = [_package(package, author, created, licences) for package in inventory.packages]
    content = [package.purl for package in inventory.packages]
    unique = stable_uuid(inventory.digest, report.target, *content, *(() if reproducible else (report.time,)))
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": _one_line(inventory.reference or report.target or "unnamed"),
        "documentNamespace": f"urn:uuid:{unique}",
        "creationInfo": {"created": created, "creators": [author]},
        "comment": "\n".join(inventory.not_examined),
        "packages": [_target(report, author, created), *_system(inventory), *packages],
        "relationships": _relationships(inventory, [package["SPDXID"] for package in packages]),
        "hasExtractedLicensingInfos": [{"licenseId": key, "extractedText": name} for key, name in sorted(licences.items())],
    }
    return to_json(without_empty(document))


def _is_time(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*Z", text[:64]) is not None


def _one_line(text: str) -> str:
    return " ".join(sayable(text).split()) or "unnamed"


def _target(report: Report, author: str, created: str) -> Json:
    configuration = configuration_text(report.inventory.config)
    digest = report.inventory.digest
    layers = [f"layer {layer}" for layer in report.inventory.layers]
    sums = [{"algorithm": "SHA256", "checksumValue": digest[7:]}] if re.fullmatch(r"sha256:[0-9a-f]{64}", digest) else []
    return without_empty(
        {
            "SPDXID": ROOT,
            "name": _one_line(report.inventory.reference or report.target),
            "versionInfo": digest,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "checksums": sums,
            "primaryPackagePurpose": _PURPOSES[report.kind],
            "attributionTexts": layers,
            "annotations": _notes({CONFIGURATION: configuration} if configuration else {}, author, created),
        }
    )


def _system(inventory: ImageInventory) -> list[Json]:
    os = inventory.os
    if not os.id:
        return []
    told = {"codename": os.codename, "like": " ".join(os.like), "support-end": os.support_end}
    return [
        without_empty(
            {
                "SPDXID": SYSTEM,
                "name": _one_line(os.id),
                "versionInfo": os.version,
                "summary": os.pretty_name,
                "downloadLocation": "NOASSERTION",
                "filesAnalyzed": False,
                "primaryPackagePurpose": "OPERATING-SYSTEM",
                "attributionTexts": [f"{key}={value}" for key, value in told.items() if value],
            }
        )
    ]


def _identity(package: Package) -> str:
    """An SPDX id that stays the same from scan to scan."""
    readable = _NAMED.sub("-", f"{package.type}-{package.name}")[:80].strip("-.") or "unnamed"
    return f"SPDXRef-Package-{readable}-{stable_id('p', package.purl, package.path, package.version)[2:18]}"


def _package(package: Package, author: str, created: str, licences: dict[str, str]) -> Json:
    references = [
        {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": cpe}
        for cpe in package.cpes
        if cpe.startswith("cpe:2.3:")
    ]
    if package.purl:
        place = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": package.purl}
        references.insert(0, place)
    return without_empty(
        {
            "SPDXID": _identity(package),
            "name": _one_line(package.name),
            "versionInfo": package.version,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "sourceInfo": f"built from {package.source} {package.source_version}".strip() if package.source else "",
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": _licence(package.licence, licences),
            "copyrightText": "NOASSERTION",
            "checksums": [sum_ for told in package.hashes if (sum_ := _sum(told))],
            "externalRefs": references,
            "primaryPackagePurpose": "APPLICATION" if package.origin == "recognised" else "LIBRARY",
            "annotations": _annotations(package, author, created),
        }
    )


def _annotations(package: Package, author: str, created: str) -> list[Json]:
    told = dict(properties_of(package))
    if package.licence:
        told["licence"] = package.licence
    return _notes(told, author, created)


def _notes(told: dict[str, str], author: str, created: str) -> list[Json]:
    if not told:
        return []
    said = NOTE + to_json(told, indent=0).decode().strip()
    return [{"annotationDate": created, "annotationType": "OTHER", "annotator": author, "comment": said}]


def _sum(told: str) -> Json | None:
    name, _, content = told.partition(":")
    algorithm, length = _ALGORITHMS.get(name, ("", 0))
    if not algorithm or len(content) != length or set(content) - set("0123456789abcdef"):
        return None
    return {"algorithm": algorithm, "checksumValue": content}


def _licence(licence: str, kept: dict[str, str]) -> str:
    """An SPDX expression. Names that SPDX does not know become `LicenseRef-` ids with their text."""
    terms, texts = licence_terms(licence)
    kept.update(texts)
    return terms or "NOASSERTION"


def _relationships(inventory: ImageInventory, identities: list[str]) -> list[Json]:
    def one(origin: str, kind: str, other: str) -> Json:
        return {"spdxElementId": origin, "relationshipType": kind, "relatedSpdxElement": other}

    made = [one(DOCUMENT, "DESCRIBES", ROOT)]
    if inventory.os.id:
        made.append(one(ROOT, "CONTAINS", SYSTEM))
    made += [one(ROOT, "CONTAINS", identity) for identity in identities]
    for identity, wanted in zip(identities, asked(inventory.packages, identities), strict=True):
        made += [one(identity, "DEPENDS_ON", other) for other in wanted]
    return made


def note_of(comment: str) -> dict[str, str]:
    """What an annotation of ours says; {} for anybody else's."""
    if not comment.startswith(NOTE):
        return {}
    try:
        return msgspec.json.decode(comment[len(NOTE) :], type=dict[str, str])
    except (msgspec.DecodeError, RecursionError):
        return {}
