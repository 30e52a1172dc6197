"""Yarn's lock files: version 1 in its own notation, later ones (berry) in YAML. Resolves nothing.

Workspaces, links and portals are the project's own and no packages; an alias is told by its real name; a patched
package is the package it patches. Yarn does not write what is for development only: no scope is told.
Sources: classic.yarnpkg.com/lang/en/docs/yarn-lock, yarnpkg.com/advanced/lexicon (resolutions, protocols).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.languages import node_names, reading
from periderm.formats.languages.found import Found
from periderm.model.errors import FormatError
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_FIELD = re.compile(r'("?)([^"\s]+)\1:?\s*+"?([^"]*)"?')
_GIT = ("git+", "git:", "git@", "ssh:")
_OWN = ("workspace:", "link:", "portal:")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "npm")
    if b"__metadata:" in data:
        _berry(found, reading.table(reading.yaml_of(data, path)))
    else:
        _classic(found, reading.decoded(data), path)
    return found.facts()


def _berry(found: Found, entries: dict[str, object]) -> None:
    for key, value in entries.items():
        entry = reading.table(value)
        name, protocol = node_names.split(reading.text(entry.get("resolution")))
        if key == "__metadata" or not name or protocol.startswith(_OWN):
            continue
        dependencies = reading.table(entry.get("dependencies"))
        address = protocol if protocol.startswith(_GIT) or ".git#" in protocol else ""
        version = reading.text(entry.get("version"))
        node_names.add(found, name, version, dependencies=dependencies, qualifiers={"vcs_url": address})


def _classic(found: Found, text: str, path: str) -> None:
    """An entry begins at the margin with what asked for it, its fields are two blanks in, its dependencies four."""
    name = version = section = address = ""
    dependencies: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            _put(found, name, version, address, dependencies)
            name, version, section, address, dependencies = _name(line, path), "", "", "", []
        elif line.startswith("    "):
            if section in ("dependencies", "optionalDependencies"):
                dependencies.extend(_key(line))
        else:
            match = _FIELD.fullmatch(line.strip())
            section = match[2].rstrip(":") if match else ""
            if match and section == "version":
                version = match[3]
            elif match and section == "resolved" and match[3].startswith(_GIT):
                address = match[3]
    _put(found, name, version, address, dependencies)


def _key(line: str) -> Iterator[str]:
    match = _FIELD.match(line.strip())
    if match:
        yield match[2]


def _put(found: Found, name: str, version: str, address: str, dependencies: list[str]) -> None:
    if name and version:
        node_names.add(found, name, version, dependencies=tuple(dependencies), qualifiers={"vcs_url": address})


def _name(line: str, path: str) -> str:
    """The name in '"a@^1", "a@npm:b@^2":', what it stands for if it is an alias."""
    first = line.split(",", 1)[0].rstrip().rstrip(":").strip('"')
    name, asked = node_names.split(first)
    if not asked:
        raise FormatError(f"{line[:80]!r} names no package.", where=path)
    return node_names.unalias(name, asked)[0] if asked.startswith("npm:") else name


FORMAT = PackageFormat(
    id="yarn-lock",
    title=Text("Yarn lock files", "Yarn 锁文件"),
    read=read,
    names=("yarn.lock",),
    source_only=True,
    most=16 * MIB,
)
