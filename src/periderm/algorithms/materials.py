"""Bills of materials, whatever their format: what a package's fields are called there, and back to packages and a whole
inventory. Shared by the formats that read and write them; parses no document itself.

Sources: package-url type definitions (qualifiers `arch`, `distro`, `epoch`, `upstream`); property names of the two most
used generators are read as they write them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from periderm.algorithms.documents import sayable, to_json
from periderm.algorithms.licences import expression
from periderm.model import purl as purls
from periderm.model.errors import LimitError
from periderm.model.ids import stable_id
from periderm.model.image import History, ImageConfig, ImageInventory, Origin, OsRelease, Package
from periderm.model.purl import PackageUrl

MOST_PACKAGES = 200_000
PREFIX = "periderm:"
CONFIGURATION = PREFIX + "configuration"
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9.-]+")
_STEP = re.compile(r"(?:/bin/sh -c #\(nop\) +)?([A-Z]{2,20}) ")  # as `docker history` shows a build step
# Fields of a package that no standard has a place for, by the name of their property.
_FIELDS = {
    "layer": "layer",
    "path": "path",
    "created-by": "created_by",
    "source": "source",
    "source-version": "source_version",
    "owner": "owner",
    "scope": "scope",
    "vendor": "vendor",
    "module": "module",
}
# What others call the same, best first.
_FOREIGN = {
    "layer": ("aquasecurity:trivy:LayerDiffID", "syft:location:0:layerID"),
    "path": ("aquasecurity:trivy:FilePath", "syft:location:0:path"),
    "source": ("aquasecurity:trivy:SrcName", "syft:metadata:source"),
    "module": ("aquasecurity:trivy:Modularitylabel", "syft:metadata:modularityLabel"),
}
_DISTRIBUTIONS = frozenset({"deb", "apk", "rpm", "alpm"})
_SYSTEM_IDS = {"redhat": "rhel", "oracle": "ol", "amazon": "amzn", "rockylinux": "rocky", "suse": "sles"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one entry of a bill of materials tells; `properties` by their whole names."""

    name: str
    version: str = ""
    purl: str = ""
    licence: str = ""
    cpes: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    properties: Mapping[str, str] = {}


def properties_of(package: Package) -> dict[str, str]:
    """What a bill of materials says of a package beyond the standard fields, by property name."""
    found = {PREFIX + name: value for name, field in _FIELDS.items() if (value := getattr(package, field))}
    if package.origin is not Origin.INSTALLED:
        found[PREFIX + "origin"] = package.origin.value
    if not package.on_disk:
        found[PREFIX + "on-disk"] = "false"
    return found


def package_of(told: Told) -> Package | None:
    """The package; None if it names no package URL, since nothing can be looked up for it."""
    parts = purls.parse(told.purl)
    if parts is None:
        return None
    own = {field: told.properties.get(PREFIX + name, "") for name, field in _FIELDS.items()}
    version = told.version or parts.version
    if parts.type == "rpm" and ":" not in version and parts.qualifier("epoch") not in ("", "0"):
        version = f"{parts.qualifier('epoch')}:{version}"
    for field, names in _FOREIGN.items():
        own[field] = own[field] or next((value for name in names if (value := told.properties.get(name, ""))), "")
    if parts.type in _DISTRIBUTIONS:
        own["source"], own["source_version"] = _source(parts, own, told, version)
    origin = told.properties.get(PREFIX + "origin", "")
    return Package(
        name=_name(parts, told.name),
        version=version,
        type=parts.type,
        purl=told.purl,
        architecture=parts.qualifier("arch"),
        licence=told.licence,
        origin=Origin(origin) if origin in frozenset(Origin) else Origin.INSTALLED,
        on_disk=told.properties.get(PREFIX + "on-disk") != "false",
        cpes=told.cpes,
        hashes=told.hashes,
        dependencies=told.dependencies,
        layer=own["layer"],
        path=own["path"].removeprefix("/"),
        created_by=own["created_by"],
        source=own["source"],
        source_version=own["source_version"],
        owner=own["owner"],
        scope=own["scope"],
        vendor=own["vendor"],
        module=own["module"],
    )


def _name(parts: PackageUrl, told: str) -> str:
    """The name as that ecosystem writes it, in the spelling that was told if it is the same name."""
    name = parts.name
    if parts.namespace and parts.type not in _DISTRIBUTIONS and parts.type not in ("generic", "oci", "docker"):
        name = f"{parts.namespace}{':' if parts.type == 'maven' else '/'}{parts.name}"
    return told if told.lower().replace("_", "-").replace(".", "-") == name.lower().replace(".", "-") else name


def _source(parts: PackageUrl, own: Mapping[str, str], told: Told, version: str) -> tuple[str, str]:
    """Name and version of the source package: told outright, by the other generator's properties, or by `upstream`."""
    name, source_version = own["source"], own["source_version"]
    properties = told.properties
    if not source_version and (plain := properties.get("aquasecurity:trivy:SrcVersion", "")):
        epoch, release = (properties.get(f"aquasecurity:trivy:Src{part}", "") for part in ("Epoch", "Release"))
        source_version = (f"{epoch}:" if epoch not in ("", "0") else "") + plain + (f"-{release}" if release else "")
    upstream = parts.qualifier("upstream")
    if upstream and not name:
        if upstream.endswith(".src.rpm"):
            name, _, rest = upstream.removesuffix(".src.rpm").rpartition("-")[0].rpartition("-")
            name = name or rest
        else:
            name, _, given = upstream.partition("@")
            source_version = source_version or given
    source_version = source_version or properties.get("syft:metadata:sourceVersion", "")
    return name or parts.name, source_version or version


def asked(packages: Sequence[Package], references: Sequence[str]) -> list[list[str]]:
    """For each package the references of those that it asks for, as far as its dependencies (names of its own ecosystem,
    or package URLs with or without a version) name packages of the same bill."""
    known: dict[tuple[str, str], str] = {}
    for package, reference in zip(packages, references, strict=True):
        plain = package.purl.partition("?")[0]
        for key in ((package.type, package.name), ("", plain), ("", plain.rpartition("@")[0])):
            known.setdefault(key, reference)
    return [
        sorted(
            {
                found
                for name in package.dependencies
                if (found := known.get((package.type, name)) or known.get(("", name.partition("?")[0]))) and found != reference
            }
        )
        for package, reference in zip(packages, references, strict=True)
    ]


def inventory_of(
    packages: Iterable[Package],
    *,
    digest: str,
    reference: str,
    source: str,
    os: OsRelease | None = None,
    layers: tuple[str, ...] = (),
    configuration: str = "",
    not_examined: tuple[str, ...] = (),
) -> ImageInventory:
    """The inventory that a bill of materials tells of. An operating system that it does not name is the one that most
    packages' `distro` qualifiers name. Raises LimitError for too many packages."""
    kept: list[Package] = []
    for package in packages:
        kept.append(package)
        if len(kept) > MOST_PACKAGES:
            raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=reference)
    return ImageInventory(
        digest=digest,
        reference=reference,
        source=source,
        config=configuration_of(configuration),
        os=os if os is not None and os.id else distribution(kept),
        packages=tuple(sorted(kept, key=lambda p: (p.type, p.name, p.architecture, p.version, p.path))),
        executables=(),
        layers=layers,
        not_examined=not_examined,
    )


def licence_terms(text: str) -> tuple[str, dict[str, str]]:
    """(a valid SPDX expression, the texts behind its `LicenseRef-` names): what names no licence of SPDX becomes such a
    reference. ('', {}) if nothing is told."""
    found = expression.parse(text)
    kept: dict[str, str] = {}
    return (_terms(found, kept, text), kept) if found is not None else ("", {})


def _terms(found: expression.Expression, kept: dict[str, str], text: str) -> str:
    if isinstance(found, expression.Licence):
        if found.known and not found.id.startswith("LicenseRef-"):
            return str(found)
        readable = _NOT_IN_IDS.sub("-", found.id.removeprefix("LicenseRef-"))[:40].strip("-.") or "text"
        name = found.id if found.known else f"LicenseRef-{readable}-{stable_id('l', found.id)[2:10]}"
        kept[name] = sayable(found.id.removeprefix("LicenseRef-") if found.known else found.id) or text
        return name
    joined = " AND " if isinstance(found, expression.All) else " OR "
    return joined.join(
        f"({_terms(each, kept, text)})" if not isinstance(each, expression.Licence) else _terms(each, kept, text)
        for each in found.of
    )


class _Configuration(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of an image's configuration decides how much a vulnerability matters. No environment, no commands: a bill goes
    to more people than its image."""

    user: str = ""
    ports: tuple[str, ...] = ()
    diff_ids: tuple[str, ...] = ()
    steps: tuple[tuple[str, bool], ...] = ()  # the instruction alone ('CMD'), and whether it made no layer


def configuration_text(config: ImageConfig) -> str:
    """What `configuration_of` reads again; '' for what has no configuration."""
    steps = tuple((found.group(1) if (found := _STEP.match(s.created_by)) else "", s.empty_layer) for s in config.history)
    told = _Configuration(config.user, config.exposed_ports, config.diff_ids, steps)
    return "" if told == _Configuration() else to_json(told, indent=0).decode().strip()


def configuration_of(told: str) -> ImageConfig:
    """The configuration as far as it was told; an empty one for anything else."""
    try:
        found = msgspec.json.decode(told, type=_Configuration)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return ImageConfig()
    history = tuple(History(created_by=f"{word} ", empty_layer=empty) for word, empty in found.steps)
    return ImageConfig(user=found.user, exposed_ports=found.ports, diff_ids=found.diff_ids, history=history)


def distribution(packages: Iterable[Package]) -> OsRelease:
    """The operating system that most distribution packages are of; an empty one if none tells."""
    votes: Counter[tuple[str, str]] = Counter()
    for package in packages:
        if package.type in _DISTRIBUTIONS and (parts := purls.parse(package.purl)):
            votes[(parts.namespace, parts.qualifier("distro"))] += 1
    if not votes:
        return OsRelease()
    (namespace, told), _ = max(votes.items(), key=lambda item: (bool(item[0][1]), item[1], item[0]))
    system, _, version = told.rpartition("-")
    if not system:
        # A code name alone ('bookworm'), or nothing.
        known = version if version and not version[0].isdigit() and version.lower() != namespace else ""
        return OsRelease(id=_SYSTEM_IDS.get(namespace, namespace), codename=known)
    return OsRelease(id=_SYSTEM_IDS.get(system.lower(), system.lower()), version=version)


def text(value: Any) -> str:
    """A foreign value if it is text, else ''."""
    return value if isinstance(value, str) else ""


def entries(value: Any) -> list[dict[str, Any]]:
    """A foreign value's objects if it is a list; whatever else is in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """A foreign value's texts if it is a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def members(value: Any) -> dict[str, Any]:
    """A foreign value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
