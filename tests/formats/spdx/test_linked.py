"""SPDX 3."""

from __future__ import annotations

import json

from periderm.formats.spdx.linked import from_linked
from periderm.formats.spdx.reading import read

GRAPH = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "SpdxDocument", "spdxId": "urn:d", "name": "shop", "rootElement": ["urn:root"]},
        {"type": "software_Package", "spdxId": "urn:root", "name": "shop:1", "software_primaryPurpose": "container"},
        {
            "type": "software_Package",
            "spdxId": "urn:os",
            "name": "alpine",
            "software_packageVersion": "3.19.1",
            "software_primaryPurpose": "operatingSystem",
        },
        {
            "type": "software_Package",
            "spdxId": "urn:a",
            "name": "musl",
            "software_packageVersion": "1.2.4-r2",
            "software_packageUrl": "pkg:apk/alpine/musl@1.2.4-r2",
            "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "b" * 64}],
        },
        {
            "type": "software_Package",
            "spdxId": "urn:b",
            "name": "x",
            "externalIdentifier": [
                {"externalIdentifierType": "packageUrl", "identifier": "pkg:npm/x@1"},
                {"externalIdentifierType": "cpe23", "identifier": "cpe:2.3:a:x:x:1:*:*:*:*:*:*:*"},
            ],
        },
        {"type": "Relationship", "from": "urn:a", "relationshipType": "dependsOn", "to": ["urn:b"]},
        {"type": "Relationship", "from": "urn:a", "relationshipType": "hasDeclaredLicense", "to": ["urn:l"]},
        {"type": "simplelicensing_LicenseExpression", "spdxId": "urn:l", "simplelicensing_licenseExpression": "MIT"},
        "odd",
    ],
}


def test_packages_of_a_graph() -> None:
    """Packages, system, target, licences and dependencies come out of the graph."""
    made = read(json.dumps(GRAPH).encode())
    assert (made.os.id, made.os.version, made.reference) == ("alpine", "3.19.1", "shop:1")
    musl, x = made.packages
    assert (musl.name, musl.licence, musl.dependencies) == ("musl", "MIT", ("pkg:npm/x@1",))
    assert musl.hashes == ("sha256:" + "b" * 64,)
    assert (x.purl, x.cpes) == ("pkg:npm/x@1", ("cpe:2.3:a:x:x:1:*:*:*:*:*:*:*",))


def test_odd_graphs() -> None:
    """A graph of wrong types has no packages."""
    assert from_linked({"@graph": [{"type": "software_Package", "spdxId": 1}, {"type": []}]})["packages"][0]["name"] == ""
    assert from_linked({"@graph": 3})["packages"] == []
