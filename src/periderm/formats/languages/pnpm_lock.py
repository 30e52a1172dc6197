"""pnpm's lock file, pnpm-lock.yaml, of versions 5, 6, 7 and 9. Resolves nothing.

Versions up to 7 write which packages are for development; from 9 on that is followed from what the importers ask for.
Links and workspaces are the project's own and no packages. Source: github.com/pnpm/spec, lockfile/.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import node_names, reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_ASKED = ("dependencies", "optionalDependencies")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "npm")
    lock = reading.table(reading.yaml_of(data, path))
    old = reading.text(lock.get("lockfileVersion")).startswith("5")
    snapshots = lock.get("snapshots")
    entries = reading.table(lock.get("packages"))
    scopes = _scopes(lock, snapshots) if isinstance(snapshots, dict) else None
    for key, value in (snapshots if isinstance(snapshots, dict) else entries).items():
        entry = reading.table(value)
        base = entry if scopes is None else reading.table(entries.get(_bare(key)))
        name, version = _named(key, base, old=old)
        if not node_names.is_version(version):
            continue
        scope = scopes.get(key, "") if scopes is not None else _told(entry)
        node_names.add(found, name, version, scope=scope, dependencies=tuple(_dependencies(entry)))
    return found.facts()


def _bare(key: str) -> str:
    """Without the peers that it was resolved with: 'react-dom@17.0.2(react@17.0.2)'."""
    return key.partition("(")[0]


def _named(key: str, entry: dict[str, object], *, old: bool) -> tuple[str, str]:
    """Name and version: told (addresses), or in the key '/a/1.0.0_peers', '/a@1.0.0(peers)', 'a@1.0.0(peers)'."""
    name, version = _keyed(_bare(key), old=old)
    return reading.text(entry.get("name")) or name, reading.text(entry.get("version")) or version


def _keyed(bare: str, *, old: bool) -> tuple[str, str]:
    if old:
        place, _, version = bare.rpartition("/")
        if place.count("/") > 1 and "@" not in place:
            return "", ""  # an address: host/owner/repository/commit
        parts = place.split("/")
        name = "/".join(parts[-2:]) if len(parts) > 1 and parts[-2].startswith("@") else parts[-1]
        return name, version.partition("_")[0]
    return node_names.split(bare.removeprefix("/"))


def _told(entry: dict[str, object]) -> str:
    if entry.get("dev") == "true":
        return DEVELOPMENT
    return OPTIONAL if entry.get("optional") == "true" else ""


def _dependencies(entry: dict[str, object]) -> Iterator[str]:
    for field in _ASKED:
        yield from reading.table(entry.get(field))


def _scopes(lock: dict[str, object], snapshots: dict[str, object]) -> dict[str, str]:
    """The scope of each snapshot: run time before optional before development."""
    scopes: dict[str, str] = {}
    importers = [reading.table(one) for one in reading.table(lock.get("importers")).values()]
    for field, scope in (("dependencies", ""), ("optionalDependencies", OPTIONAL), ("devDependencies", DEVELOPMENT)):
        waiting = [key for importer in importers for key in _asked(importer.get(field))]
        while waiting:
            key = waiting.pop()
            if key in scopes or key not in snapshots:
                continue
            entry = reading.table(snapshots[key])
            scopes[key] = scope or (OPTIONAL if entry.get("optional") == "true" else "")
            for asked in _ASKED:
                waiting.extend(_asked(entry.get(asked)))
    return scopes


def _asked(value: object) -> Iterator[str]:
    """The keys of snapshots that a table of dependencies means."""
    for name, told in reading.table(value).items():
        version = reading.text(told) or reading.text(reading.table(told).get("version"))
        yield version if "@" in version.partition("(")[0] else f"{name}@{version}"


FORMAT = PackageFormat(
    id="pnpm-lock",
    title=Text("pnpm lock files", "pnpm 锁文件"),
    read=read,
    names=("pnpm-lock.yaml",),
    source_only=True,
    most=16 * MIB,
)
