"""Reads CycloneDX bills of materials, JSON and XML, versions 1.2 to 1.6, of any generator, into an inventory.

Source: CycloneDX 1.2 to 1.6. Vulnerabilities inside are left to the reader of VEX statements.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from periderm.algorithms.materials import CONFIGURATION, PREFIX, Told, entries, inventory_of, members, package_of, strings, text
from periderm.formats.cyclonedx.markup import from_xml
from periderm.model.errors import FormatError
from periderm.model.image import ImageInventory, OsRelease, Package

_WHERE = "the CycloneDX document"
_NOT_PACKAGES = frozenset({"file", "data", "machine-learning-model", "cryptographic-asset", "device", "operating-system"})
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # only XML comes so
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}


def read(data: bytes, name: str = "") -> ImageInventory:
    """The packages, operating system and target. `name` is what to call a target that the document does not name.
    Raises FormatError, LimitError."""
    markup = data[:2] in _UTF_16 or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    document = from_xml(data) if markup else _from_json(data)
    if document.get("bomFormat") != "CycloneDX":
        raise FormatError("it is not a CycloneDX document.", where=name or _WHERE)
    components = list(_flat(document.get("components")))
    target = members(members(document.get("metadata")).get("component"))
    dependencies = _dependencies(document)
    names = {text(c.get("bom-ref")): text(c.get("purl")) or text(c.get("name")) for c in components}
    packages: list[Package] = []
    nameless = 0
    for component in components:
        if text(component.get("type")) in _NOT_PACKAGES:
            continue
        wanted = tuple(names[ref] for ref in dependencies.get(text(component.get("bom-ref")), ()) if ref in names)
        package = package_of(_told(component, wanted))
        if package is None:
            nameless += 1
        else:
            packages.append(package)
    told = [(text(p.get("name")), text(p.get("value"))) for p in entries(members(document.get("metadata")).get("properties"))]
    missed = [value for key, value in told if key == f"{PREFIX}not-examined"]
    if nameless:
        missed.append(f"{nameless} components have no package URL, so nothing could be looked up for them.")
    return inventory_of(
        packages,
        digest=_digest(target, data),
        reference=text(target.get("name")) or name,
        source=f"sbom:{name}",
        os=_system(components, target),
        layers=tuple(value for key, value in told if key.startswith(f"{PREFIX}layer:")),
        configuration=dict(told).get(CONFIGURATION, ""),
        not_examined=tuple(missed),
    )


def _from_json(data: bytes) -> dict[str, Any]:
    try:
        return members(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"it is not JSON: {error}.", where=_WHERE) from None


def _flat(components: Any) -> Iterator[dict[str, Any]]:
    """All components, those inside others too, in the order of the document."""
    stack = entries(components)[::-1]
    while stack:
        component = stack.pop()
        yield component
        stack.extend(entries(component.get("components"))[::-1])


def _told(component: dict[str, Any], dependencies: tuple[str, ...]) -> Told:
    properties: dict[str, str] = {}
    cpes = [text(component.get("cpe"))]
    for prop in entries(component.get("properties")):
        key, value = text(prop.get("name")), text(prop.get("value"))
        if key in (f"{PREFIX}cpe", "syft:cpe23"):
            cpes.append(value)
        else:
            properties.setdefault(key, value)
    return Told(
        name=text(component.get("name")),
        version=text(component.get("version")),
        purl=text(component.get("purl")),
        licence=properties.get(f"{PREFIX}licence", "") or _licence(component.get("licenses")),
        cpes=tuple(dict.fromkeys(cpe for cpe in cpes if cpe)),
        hashes=tuple(
            f"{_HASHES[algorithm]}:{text(one.get('content'))}"
            for one in entries(component.get("hashes"))
            if (algorithm := text(one.get("alg"))) in _HASHES
        ),
        dependencies=dependencies,
        properties=properties,
    )


def _licence(choices: Any) -> str:
    """One expression: several licences hold together."""
    found = []
    for choice in entries(choices):
        licence = members(choice.get("license"))
        found.append(text(choice.get("expression")) or text(licence.get("id")) or text(licence.get("name")))
    kept = [one for one in dict.fromkeys(found) if one]
    if len(kept) == 1:
        return kept[0]
    return " AND ".join(f"({one})" if " OR " in one else one for one in kept)


def _dependencies(document: dict[str, Any]) -> dict[str, list[str]]:
    return {text(one.get("ref")): strings(one.get("dependsOn")) for one in entries(document.get("dependencies"))}


def _system(components: list[dict[str, Any]], target: dict[str, Any]) -> OsRelease | None:
    for component in (*components, target):
        if text(component.get("type")) != "operating-system" or not text(component.get("name")):
            continue
        told = {text(p.get("name")): text(p.get("value")) for p in entries(component.get("properties"))}
        if component is target and "distro" not in "".join(told):
            continue  # a host is named by its own name and not by its system's
        return OsRelease(
            id=(told.get("syft:distro:id") or text(component.get("name"))).lower(),
            version=told.get("syft:distro:versionID") or text(component.get("version")),
            pretty_name=told.get(f"{PREFIX}os:pretty-name") or told.get("syft:distro:prettyName", ""),
            like=tuple(told.get(f"{PREFIX}os:like", "").split()),
            codename=told.get(f"{PREFIX}os:codename") or told.get("syft:distro:versionCodename", ""),
            support_end=told.get(f"{PREFIX}os:support-end", ""),
        )
    return None


def _digest(target: dict[str, Any], data: bytes) -> str:
    """The image's digest if the document tells it, else the document's own."""
    version = text(target.get("version"))
    if version.startswith("sha256:") and len(version) == 71:
        return version
    return "sha256:" + hashlib.sha256(data).hexdigest()
