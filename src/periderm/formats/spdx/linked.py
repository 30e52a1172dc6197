"""Turns SPDX 3.0 JSON-LD into the shape of SPDX 2 JSON, as far as packages go, so that one reader serves both.

Source: SPDX 3.0.1 model (Core, Software profiles) in its JSON-LD serialisation with the compact names of its context.
"""

from __future__ import annotations

from typing import Any

from periderm.algorithms.materials import entries, strings, text

_PURPOSES = {
    "container": "CONTAINER",
    "operatingSystem": "OPERATING-SYSTEM",
    "application": "APPLICATION",
    "library": "LIBRARY",
}
_HASHES = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "sha512": "SHA512"}


def from_linked(document: dict[str, Any]) -> dict[str, Any]:
    """The graph's packages and relationships as SPDX 2 would say them."""
    made: dict[str, Any] = {"spdxVersion": "SPDX-2.3", "packages": [], "relationships": [], "documentDescribes": []}
    licences = {}
    for element in entries(document.get("@graph")):
        kind = text(element.get("type"))
        identity = _identity(element)
        if kind == "software_Package":
            made["packages"].append(_package(element, identity))
        elif kind in ("SpdxDocument", "software_Sbom"):
            made["documentDescribes"] += strings(element.get("rootElement"))
            made.setdefault("name", text(element.get("name")))
        elif kind in ("Relationship", "LifecycleScopedRelationship"):
            made["relationships"] += _relations(element)
        elif kind == "simplelicensing_LicenseExpression":
            licences[identity] = text(element.get("simplelicensing_licenseExpression"))
    declared = {
        r["spdxElementId"]: r["relatedSpdxElement"] for r in made["relationships"] if r["relationshipType"] == "LICENCE"
    }
    for package in made["packages"]:
        package["licenseDeclared"] = licences.get(declared.get(package["SPDXID"], ""), "")
    return made


def _identity(element: dict[str, Any]) -> str:
    return text(element.get("spdxId")) or text(element.get("@id"))


def _package(element: dict[str, Any], identity: str) -> dict[str, Any]:
    references = []
    purl = text(element.get("software_packageUrl"))
    for external in entries(element.get("externalIdentifier")):
        kind, value = text(external.get("externalIdentifierType")), text(external.get("identifier"))
        if kind.lower() == "packageurl":
            purl = purl or value
        elif kind == "cpe23":
            references.append({"referenceType": "cpe23Type", "referenceLocator": value})
    if purl:
        references.insert(0, {"referenceType": "purl", "referenceLocator": purl})
    return {
        "SPDXID": identity,
        "name": text(element.get("name")),
        "versionInfo": text(element.get("software_packageVersion")),
        "primaryPackagePurpose": _PURPOSES.get(text(element.get("software_primaryPurpose")), ""),
        "sourceInfo": text(element.get("software_sourceInfo")),
        "externalRefs": references,
        "checksums": [
            {"algorithm": _HASHES[algorithm], "checksumValue": text(one.get("hashValue"))}
            for one in entries(element.get("verifiedUsing"))
            if (algorithm := text(one.get("algorithm"))) in _HASHES
        ],
    }


def _relations(element: dict[str, Any]) -> list[dict[str, str]]:
    names = {"dependsOn": "DEPENDS_ON", "hasDeclaredLicense": "LICENCE", "describes": "DESCRIBES"}
    kind = names.get(text(element.get("relationshipType")))
    if kind is None:
        return []
    one = text(element.get("from"))
    return [
        {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other} for other in strings(element.get("to"))
    ]
