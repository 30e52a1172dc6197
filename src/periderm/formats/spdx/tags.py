"""Turns SPDX tag-value files into the shape of SPDX 2 JSON, as far as packages go, so that one reader serves both.

Source: SPDX 2.3, tag-value format: `Tag: value` lines, `<text>…</text>` over several lines, '#' comments.
"""

from __future__ import annotations

from typing import Any

from periderm.model.errors import FormatError

_WHERE = "the SPDX document"
_FIELDS = {
    "SPDXID": "SPDXID",
    "PackageVersion": "versionInfo",
    "PackageLicenseDeclared": "licenseDeclared",
    "PackageLicenseConcluded": "licenseConcluded",
    "PackageSourceInfo": "sourceInfo",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
    "PackageSummary": "summary",
}


def from_tags(data: bytes) -> dict[str, Any]:
    """The document as JSON would say it. Raises FormatError."""
    document: dict[str, Any] = {"packages": [], "relationships": []}
    package: dict[str, Any] | None = None
    for tag, value in _pairs(data.decode("utf-8", "replace")):
        match tag:
            case "SPDXVersion":
                document.setdefault("spdxVersion", value)
            case "DocumentName":
                document["name"] = value
            case "PackageName":
                package = {"name": value, "externalRefs": [], "checksums": [], "attributionTexts": []}
                document["packages"].append(package)
            case "FileName" | "SnippetSPDXID" | "LicenseID":
                package = None
            case "Relationship":
                document["relationships"].append(_relation(value))
            case _ if package is not None:
                _fill(package, tag, value)
            case _:
                pass
    if not document.get("spdxVersion", "").startswith("SPDX-2."):
        raise FormatError("it is not an SPDX document of version 2 or 3.", where=_WHERE)
    return document


def _pairs(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        tag, colon, value = line.partition(":")
        value = value.strip()
        if not colon or line.startswith("#"):
            continue
        if value.startswith("<text>"):
            parts = [value.removeprefix("<text>")]
            while not parts[-1].rstrip().endswith("</text>") and (more := next(lines, None)) is not None:
                parts.append(more)
            value = "\n".join(parts).rstrip().removesuffix("</text>")
        found.append((tag.strip(), value))
    return found


def _relation(value: str) -> dict[str, str]:
    one, kind, other = [*value.split(), "", "", ""][:3]
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def _fill(package: dict[str, Any], tag: str, value: str) -> None:
    if tag in _FIELDS:
        package.setdefault(_FIELDS[tag], value)
    elif tag == "ExternalRef":
        category, kind, locator = [*value.split(), "", "", ""][:3]
        package["externalRefs"].append({"referenceCategory": category, "referenceType": kind, "referenceLocator": locator})
    elif tag == "PackageChecksum":
        algorithm, _, content = value.partition(":")
        package["checksums"].append({"algorithm": algorithm.strip(), "checksumValue": content.strip()})
    elif tag == "PackageAttributionText":
        package["attributionTexts"].append(value)
