"""npm's lock files, package-lock.json and npm-shrinkwrap.json, of versions 1, 2 and 3. Resolves nothing.

Links and workspaces are the project's own and no packages; an alias is told by its real name; what is bundled in
another package is told too. An entry whose version is an address or a path (version 1) has no version to tell.
`node_modules/.package-lock.json` has another name and is not read: what it lists lies beside it.
Source: npm documentation, package-lock.json.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import node_names, reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "npm")
    told = reading.table(reading.json_of(data, path))
    packages = told.get("packages")
    if isinstance(packages, dict):
        _places(found, packages)
    else:
        _trees(found, reading.table(told.get("dependencies")))
    return found.facts()


def _places(found: Found, packages: dict[str, object]) -> None:
    """Versions 2 and 3: 'node_modules/a/node_modules/b' to what lies there."""
    for place, value in packages.items():
        entry = reading.table(value)
        _, marker, name = place.rpartition("node_modules/")
        version = reading.text(entry.get("version"))
        if not marker or entry.get("link") is True or not version:
            continue
        licence = entry.get("license")
        node_names.add(
            found,
            reading.text(entry.get("name")) or name,
            version,
            scope=_scope(entry),
            licence=licence if isinstance(licence, str) else "",
            qualifiers=_origin(reading.text(entry.get("resolved"))),
            dependencies=_asked(entry, "dependencies", "optionalDependencies"),
        )


def _trees(found: Found, dependencies: dict[str, object]) -> None:
    """Version 1: dependencies in dependencies."""
    stack = [dependencies]
    while stack:
        for place, value in stack.pop().items():
            entry = reading.table(value)
            name, version = node_names.unalias(place, reading.text(entry.get("version")))
            if node_names.is_version(version):
                node_names.add(found, name, version, scope=_scope(entry), dependencies=_asked(entry, "requires"))
            inner = reading.table(entry.get("dependencies"))
            if inner:
                stack.append(inner)


def _scope(entry: dict[str, object]) -> str:
    if entry.get("dev") is True:
        return DEVELOPMENT
    return OPTIONAL if entry.get("optional") is True or entry.get("devOptional") is True else ""


def _origin(resolved: str) -> dict[str, str]:
    """A package out of a repository says so: it may be a fork."""
    return {"vcs_url": resolved} if resolved.startswith(("git+", "git:")) else {}


def _asked(entry: dict[str, object], *fields: str) -> Iterator[str]:
    for field in fields:
        yield from reading.table(entry.get(field))


FORMAT = PackageFormat(
    id="npm-lock",
    title=Text("npm lock files", "npm 锁文件"),
    read=read,
    names=("package-lock.json", "npm-shrinkwrap.json"),
    source_only=True,
)
