"""Reads SPDX bills of materials of any generator into an inventory: 2.2 and 2.3 as JSON and tag-value, 3.0 as JSON-LD.

Source: SPDX 2.3 (sections 7 to 12), SPDX 3.0 model. RDF, YAML and spreadsheets are not read.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from periderm.algorithms.materials import CONFIGURATION, Told, entries, inventory_of, members, package_of, strings, text
from periderm.formats.spdx.linked import from_linked
from periderm.formats.spdx.tags import from_tags
from periderm.formats.spdx.writing import note_of
from periderm.model.errors import FormatError
from periderm.model.image import ImageInventory, OsRelease, Package

_WHERE = "the SPDX document"
_NOTHING = frozenset({"", "NOASSERTION", "NONE"})
_HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}
_WHOLE = frozenset({"CONTAINER", "OPERATING-SYSTEM", "OPERATING_SYSTEM", "FILE", "SOURCE"})


def read(data: bytes, name: str = "") -> ImageInventory:
    """The packages, operating system and target. `name` is what to call a target that the document does not name.
    Raises FormatError, LimitError."""
    document = _document(data)
    listed = entries(document.get("packages"))
    described = _described(document)
    names = {text(p.get("SPDXID")): _purl(p) or text(p.get("name")) for p in listed}
    wanted = _wanted(document)
    packages: list[Package] = []
    nameless = 0
    target: dict[str, Any] = {}
    os: OsRelease | None = None
    for entry in listed:
        identity = text(entry.get("SPDXID"))
        purpose = text(entry.get("primaryPackagePurpose")).upper()
        if identity in described and not target:
            target = entry
        if purpose.startswith("OPERATING") and identity not in described:
            os = os or _system(entry)
        elif not _purl(entry):
            nameless += purpose not in _WHOLE and identity not in described
        elif not (identity in described and _purl(entry).startswith(("pkg:oci/", "pkg:docker/"))):
            package = package_of(_told(entry, tuple(names[w] for w in wanted.get(identity, ()) if w in names)))
            packages += [package] if package else []
            nameless += package is None
    missed = text(document.get("comment")).splitlines() if text(target.get("SPDXID")) == "SPDXRef-Target" else []
    if nameless:
        missed.append(f"{nameless} packages have no package URL, so nothing could be looked up for them.")
    layers = [said[6:] for said in strings(target.get("attributionTexts")) if said.startswith("layer sha256:")]
    return inventory_of(
        packages,
        digest=_digest(target, data),
        reference=text(target.get("name")) or text(document.get("name")) or name,
        source=f"sbom:{name}",
        os=os,
        layers=tuple(layers),
        configuration=_notes(target).get(CONFIGURATION, ""),
        not_examined=tuple(missed),
    )


def _document(data: bytes) -> dict[str, Any]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] != b"{":
        return from_tags(data)
    try:
        document = members(msgspec.json.decode(data))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"it is not JSON: {error}.", where=_WHERE) from None
    if "@graph" in document:
        return from_linked(document)
    if not text(document.get("spdxVersion")).startswith("SPDX-2."):
        raise FormatError("it is not an SPDX document of version 2 or 3.", where=_WHERE)
    return document


def _described(document: dict[str, Any]) -> frozenset[str]:
    """What the document is about."""
    found = set(strings(document.get("documentDescribes")))
    for relation in entries(document.get("relationships")):
        kind = text(relation.get("relationshipType"))
        if kind == "DESCRIBES":
            found.add(text(relation.get("relatedSpdxElement")))
        elif kind == "DESCRIBED_BY":
            found.add(text(relation.get("spdxElementId")))
    return frozenset(found)


def _wanted(document: dict[str, Any]) -> dict[str, list[str]]:
    """Who depends on whom, by SPDX ids."""
    found: dict[str, list[str]] = {}
    for relation in entries(document.get("relationships")):
        one, other = text(relation.get("spdxElementId")), text(relation.get("relatedSpdxElement"))
        kind = text(relation.get("relationshipType"))
        if kind == "DEPENDS_ON":
            found.setdefault(one, []).append(other)
        elif kind in ("DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF"):
            found.setdefault(other, []).append(one)
    return found


def _references(entry: dict[str, Any], kind: str) -> list[str]:
    found = entries(entry.get("externalRefs"))
    return [text(ref.get("referenceLocator")) for ref in found if text(ref.get("referenceType")).rpartition("/")[2] == kind]


def _purl(entry: dict[str, Any]) -> str:
    return next(iter(_references(entry, "purl")), "")


def _notes(entry: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for annotation in entries(entry.get("annotations")):
        found.update(note_of(text(annotation.get("comment"))))
    return found


def _told(entry: dict[str, Any], dependencies: tuple[str, ...]) -> Told:
    properties = _notes(entry)
    for said in strings(entry.get("attributionTexts")):
        key, colon, value = said.partition(": ")
        if colon and key in ("LayerDiffID", "FilePath"):
            properties.setdefault(f"aquasecurity:trivy:{key}", value)
    built = text(entry.get("sourceInfo"))
    if built.startswith("built package from: "):
        # Trivy: 'built package from: glibc 2.36-9'
        source, _, version = built.removeprefix("built package from: ").partition(" ")
        properties.setdefault("periderm:source", source)
        properties.setdefault("periderm:source-version", version)
    licences = (text(entry.get("licenseDeclared")), text(entry.get("licenseConcluded")))
    return Told(
        name=text(entry.get("name")),
        version=text(entry.get("versionInfo")),
        purl=_purl(entry),
        licence=properties.pop("licence", "") or next((one for one in licences if one not in _NOTHING), ""),
        cpes=tuple(dict.fromkeys(_references(entry, "cpe23Type"))),
        hashes=tuple(
            f"{_HASHES[algorithm]}:{text(one.get('checksumValue'))}"
            for one in entries(entry.get("checksums"))
            if (algorithm := text(one.get("algorithm"))) in _HASHES
        ),
        dependencies=dependencies,
        properties=properties,
    )


def _system(entry: dict[str, Any]) -> OsRelease:
    said = strings(entry.get("attributionTexts"))
    told = {key: value for key, _, value in (one.partition("=") for one in said)}
    return OsRelease(
        id=text(entry.get("name")).lower(),
        version=text(entry.get("versionInfo")),
        pretty_name=text(entry.get("summary")),
        like=tuple(told.get("like", "").split()),
        codename=told.get("codename", ""),
        support_end=told.get("support-end", ""),
    )


def _digest(target: dict[str, Any], data: bytes) -> str:
    """The image's digest if the document tells it, else the document's own."""
    version = text(target.get("versionInfo"))
    if version.startswith("sha256:") and len(version) == 71:
        return version
    return "sha256:" + hashlib.sha256(data).hexdigest()
