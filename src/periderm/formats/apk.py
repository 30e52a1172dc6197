"""Alpine's package database `lib/apk/db/installed`: packages and the files they own. Judges no version.

Source: Alpine wiki, "Apk spec", section "Installed Database V2"; package-url specification, type `apk`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import OsRelease, Package

PATHS = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
MOST_PACKAGES = 200_000


def _records(data: bytes) -> Iterator[list[tuple[str, str]]]:
    """Lines `K:value` of one package after the other; a blank line ends a package."""
    record: list[tuple[str, str]] = []
    for line in data.split(b"\n"):
        if line:
            key, colon, value = line.partition(b":")
            if not colon or len(key) != 1:
                raise FormatError(f"a line begins with {line[:16]!r} and not with a letter and a colon.", where=PATHS[0])
            record.append((key.decode("ascii", "replace"), value.decode("utf-8", "surrogateescape")))
        elif record:
            yield record
            record = []
    if record:
        yield record


def parse(data: bytes, os: OsRelease, path: str = PATHS[0]) -> Iterator[Package]:
    """Installed packages. Raises FormatError for one without a name or a version, LimitError for too many."""
    for count, record in enumerate(_records(data)):
        if count >= MOST_PACKAGES:
            raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
        fields = {k: v.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for k, v in record if k in "PVAoL"}
        name, version = fields.get("P", ""), fields.get("V", "")
        if not name or not version:
            raise FormatError("a package has no name or no version.", where=path)
        yield Package(
            name=name,
            version=version,
            type="apk",
            purl=purl(name, version, fields.get("A", ""), os),
            architecture=fields.get("A", ""),
            source=fields.get("o", "") or name,
            source_version=version,
            licence=fields.get("L", ""),
            path=path,
        )


def purl(name: str, version: str, architecture: str, os: OsRelease) -> str:
    """pkg:apk/alpine/busybox@1.36.1-r15?arch=x86_64&distro=3.19.1."""
    qualifiers = [f"arch={quote(architecture)}"] if architecture else []
    if os.version:
        qualifiers.append(f"distro={quote(os.version)}")
    tail = "?" + "&".join(qualifiers) if qualifiers else ""
    return f"pkg:apk/{quote((os.id or 'alpine').lower())}/{quote(name)}@{quote(version, safe=':')}{tail}"


def owned(data: bytes) -> Iterator[tuple[str, str]]:
    """(path relative to the root, package) of every file that a package brought."""
    for record in _records(data):
        name = folder = ""
        for key, value in record:
            if key == "P":
                name = value
            elif key == "F":
                folder = value.strip("/")
            elif key == "R":
                yield (f"{folder}/{value}" if folder else value), name
