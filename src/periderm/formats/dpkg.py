"""Debian's package database: `status`, distroless `status.d`, and the file lists in `info`. Judges no version.

Sources: deb822(5), dpkg-query(1) for the states; package-url specification, type `deb`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import OsRelease, Package

STATUS = "var/lib/dpkg/status"
STATUS_FOLDER = "var/lib/dpkg/status.d/"
INFO_FOLDER = "var/lib/dpkg/info/"
LIST_SUFFIX = ".list"
SUMS_SUFFIX = ".md5sums"
MOST_PACKAGES = 200_000
_ABSENT = ("not-installed", "config-files")
_WANTED = (b"Package", b"Version", b"Status", b"Architecture", b"Source")


def parse(data: bytes, os: OsRelease, path: str = STATUS) -> Iterator[Package]:
    """Installed packages. Raises FormatError for a stanza without a name or a version, LimitError for too many."""
    count = 0
    for stanza in data.replace(b"\r\n", b"\n").split(b"\n\n"):
        fields = _fields(stanza)
        if not fields:
            continue
        name, version = fields.get(b"Package", ""), fields.get(b"Version", "")
        state = fields.get(b"Status", "install ok installed").rpartition(" ")[2]
        if state in _ABSENT:
            continue
        if not name or not version:
            raise FormatError("a package has no name or no version.", where=path)
        count += 1
        if count > MOST_PACKAGES:
            raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
        yield _package(name, version, fields, os, path)


def _fields(stanza: bytes) -> dict[bytes, str]:
    """The fields that are wanted; a line that begins with a space continues the one before."""
    found: dict[bytes, str] = {}
    for line in stanza.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            continue
        key, colon, value = line.partition(b":")
        if colon and key in _WANTED:
            found[key] = value.strip().decode("utf-8", "replace")
    return found


def _package(name: str, version: str, fields: dict[bytes, str], os: OsRelease, path: str) -> Package:
    source, _, told = fields.get(b"Source", "").partition(" ")
    architecture = fields.get(b"Architecture", "")
    return Package(
        name=name,
        version=version,
        type="deb",
        purl=purl(name, version, architecture, os),
        architecture=architecture,
        source=source or name,
        source_version=told.strip("()") or version,
        path=path,
    )


def purl(name: str, version: str, architecture: str, os: OsRelease) -> str:
    """pkg:deb/debian/bash@5.2.15-2?arch=amd64&distro=debian-12."""
    distribution = os.id or "debian"
    qualifiers = [f"arch={quote(architecture)}"] if architecture else []
    if os.version:
        qualifiers.append(f"distro={quote(distribution)}-{quote(os.version)}")
    tail = "?" + "&".join(qualifiers) if qualifiers else ""
    return f"pkg:deb/{quote(distribution.lower())}/{quote(name)}@{quote(version, safe=':')}{tail}"


def list_owner(path: str) -> str:
    """The package of a file list (`…/info/bash.list`, `…/info/libc6:amd64.list`, `…/status.d/base.md5sums`), else ''."""
    if path.startswith(INFO_FOLDER) and path.endswith(LIST_SUFFIX):
        return path[len(INFO_FOLDER) : -len(LIST_SUFFIX)].partition(":")[0]
    if path.startswith(STATUS_FOLDER) and path.endswith(SUMS_SUFFIX):
        return path[len(STATUS_FOLDER) : -len(SUMS_SUFFIX)]
    return ""


def is_database(path: str) -> bool:
    """Whether a file holds stanzas of packages."""
    return path == STATUS or (path.startswith(STATUS_FOLDER) and not path.endswith(SUMS_SUFFIX))


def listed(data: bytes) -> Iterator[str]:
    """The paths of a `.list` file, relative to the root."""
    for line in data.split(b"\n"):
        path = line.strip(b"/")
        if path and path != b".":
            yield path.decode("utf-8", "surrogateescape")


def summed(data: bytes) -> Iterator[str]:
    """The paths of a `.md5sums` file (`digest  path`), which is all that a distroless image has of file lists."""
    for line in data.split(b"\n"):
        path = line[32:].strip().strip(b"/")
        if path:
            yield path.decode("utf-8", "surrogateescape")
