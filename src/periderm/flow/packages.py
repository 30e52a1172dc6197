"""Collects the package databases of an image while its layers stream by, and reads them at the end.

Composes the formats (dpkg, apk, os-release) and knows which layer brought which package. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from periderm.formats import apk, dpkg, os_release
from periderm.model.errors import FormatError
from periderm.model.image import OsRelease, Package
from periderm.model.limits import ScanLimits
from periderm.model.text import Text

_FIXED = frozenset((dpkg.STATUS, *os_release.PATHS, *apk.PATHS))
Key = tuple[str, str, str, str]  # type, name, architecture, version


class PackageDatabases:
    """`missed` holds what could not be read."""

    def __init__(self, limits: ScanLimits) -> None:
        self._limits = limits
        self._files: dict[str, bytes] = {}
        self._held = 0
        self._changed = False
        self._brought: dict[Key, str] = {}
        self.missed: list[Text] = []

    def wants(self, path: str, size: int) -> bool:
        """Whether a regular file is part of a database; one that is too large is refused and said."""
        if path not in _FIXED and not (path.startswith("var/lib/dpkg/") and (dpkg.list_owner(path) or dpkg.is_database(path))):
            return False
        if size > self._limits.database_file or self._held + size > self._limits.databases:
            self._miss(path, f"it is too large ({size} bytes)")
            return False
        return True

    def take(self, path: str, data: bytes) -> None:
        """The content of a file that was wanted; a later layer's replaces an earlier one's."""
        self._held += len(data) - len(self._files.get(path, b""))
        self._files[path] = data
        self._changed = self._changed or path in apk.PATHS or dpkg.is_database(path)

    def end_layer(self, digest: str, present: Callable[[str], bool]) -> None:
        """Finds what this layer installed: what its databases name and those before did not."""
        if not self._changed:
            return
        self._changed = False
        keys = (_key(package) for package in self._parse(OsRelease(), present, lambda *_: None))
        self._brought = {key: self._brought.get(key, digest) for key in keys}

    def _miss(self, path: str, why: str) -> None:
        self.missed.append(Text(f"{path} was not read: {why}", f"未读取 {path}：{why}"))

    def release(self, present: Callable[[str], bool]) -> OsRelease:
        """The distribution that the final file system names."""
        for path in os_release.PATHS:
            if path in self._files and present(path):
                try:
                    return os_release.parse(self._files[path])
                except FormatError as error:
                    self._miss(path, error.what)
        return OsRelease()

    def packages(self, os: OsRelease, present: Callable[[str], bool]) -> tuple[Package, ...]:
        """All packages of the final file system, by name, each with the layer that brought it."""
        found = {_key(package): package for package in self._parse(os, present, self._miss)}
        placed = (msgspec.structs.replace(p, layer=self._brought.get(key, "")) for key, p in found.items())
        return tuple(sorted(placed, key=lambda p: (p.type, p.name, p.architecture, p.version)))

    def _parse(self, os: OsRelease, present: Callable[[str], bool], miss: Callable[[str, str], None]) -> Iterator[Package]:
        for path, data in self._files.items():
            if not present(path):
                continue
            try:
                if dpkg.is_database(path):
                    yield from dpkg.parse(data, os, path)
                elif path in apk.PATHS:
                    yield from apk.parse(data, os, path)
            except FormatError as error:
                miss(path, error.what)

    def owners(self, present: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
        """(path, package) of every file that a database says a package brought."""
        for path, data in self._files.items():
            if not present(path):
                continue
            owner = dpkg.list_owner(path)
            if owner:
                listed = dpkg.listed(data) if path.endswith(dpkg.LIST_SUFFIX) else dpkg.summed(data)
                for file in listed:
                    yield file, owner
            elif path in apk.PATHS:
                try:
                    yield from apk.owned(data)
                except FormatError as error:
                    self._miss(path, error.what)


def _key(package: Package) -> Key:
    return package.type, package.name, package.architecture, package.version
