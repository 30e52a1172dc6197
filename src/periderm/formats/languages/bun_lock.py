"""Bun's lock file in its text form, bun.lock. The binary form, bun.lockb, is not read. Resolves nothing.

Workspaces, links, folders and addresses have no version of a registry and are not told. What is for development is
followed from what the workspaces ask for. Source: bun.sh/docs/install/lockfile.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import node_names, reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_ASKED = ("dependencies", "optionalDependencies", "peerDependencies")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "npm")
    lock = reading.table(reading.json_with_comments(data, path))
    entries = {key: parts for key, value in reading.table(lock.get("packages")).items() if (parts := reading.items(value))}
    scopes = _scopes(reading.table(lock.get("workspaces")), entries)
    for key, parts in entries.items():
        name, version = node_names.split(reading.text(parts[0]))
        if node_names.is_version(version):
            asked = tuple(_asked(_details(parts), _ASKED[:2]))
            node_names.add(found, name, version, scope=scopes.get(key, ""), dependencies=asked)
    return found.facts()


def _details(parts: list[object]) -> dict[str, object]:
    return next((part for part in parts[1:] if isinstance(part, dict)), {})


def _asked(told: dict[str, object], fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        yield from reading.table(told.get(field))


def _scopes(workspaces: dict[str, object], entries: dict[str, list[object]]) -> dict[str, str]:
    """The scope of each entry: run time before optional before development."""
    scopes: dict[str, str] = {}
    asking = [reading.table(one) for one in workspaces.values()]
    for field, scope in (("dependencies", ""), ("optionalDependencies", OPTIONAL), ("devDependencies", DEVELOPMENT)):
        waiting = [key for one in asking for name in reading.table(one.get(field)) if (key := _nearest("", name, entries))]
        while waiting:
            key = waiting.pop()
            if key in scopes:
                continue
            scopes[key] = scope
            names = _asked(_details(entries[key]), _ASKED)
            waiting.extend(near for name in names if (near := _nearest(key, name, entries)))
    return scopes


def _nearest(key: str, name: str, entries: dict[str, list[object]]) -> str:
    """Where an entry finds a package: 'a/b/name', 'a/name', 'name'; '' if nowhere."""
    while key:
        if f"{key}/{name}" in entries:
            return f"{key}/{name}"
        key = key.rpartition("/")[0]
    return name if name in entries else ""


FORMAT = PackageFormat(
    id="bun-lock",
    title=Text("Bun lock files", "Bun 锁文件"),
    read=read,
    names=("bun.lock",),
    source_only=True,
    most=8 * MIB,
)
