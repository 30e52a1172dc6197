"""Swift's lock file, Package.resolved, of versions 1, 2 and 3. Branches and folders have no version and are not told.

A package is named by its repository's address, as its advisories are. Source: github.com/swiftlang/swift-package-manager,
Documentation, and the files that it writes.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_ADDRESS = re.compile(r"(?:[a-z+]+://(?:[^/@]*@)?|[\w.-]+@)([\w.-]+)(?::\d+)?[/:](.+)")


def read(data: bytes, path: str) -> FileFacts:
    """All packages with a version."""
    found = Found(path, "swift")
    told = reading.table(reading.json_of(data, path))
    pins = told.get("pins", reading.table(told.get("object")).get("pins"))
    for pin in reading.tables(pins):
        version = reading.text(reading.table(pin.get("state")).get("version"))
        address = reading.text(pin.get("location")) or reading.text(pin.get("repositoryURL"))
        if not version:
            continue
        match = _ADDRESS.fullmatch(address)
        if match:
            place = f"{match[1].lower()}/{match[2].strip('/').removesuffix('.git')}"
            namespace, _, name = place.rpartition("/")
            found.add(name, version, namespace=namespace)
        elif pin.get("kind") == "registry":  # 'scope.name' of a registry has no address
            scope, _, name = reading.text(pin.get("identity")).rpartition(".")
            found.add(name, version, namespace=scope)
    return found.facts()


FORMAT = PackageFormat(
    id="swift-resolved",
    title=Text("Swift lock files", "Swift 锁文件"),
    read=read,
    names=("Package.resolved",),
    source_only=True,
)
