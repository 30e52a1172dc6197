"""Debian's package database: `status`, distroless `status.d`, and the file lists in `info`. Judges no version.

Sources: deb822(5), dpkg-query(1) for the states, deb-control(5) for the fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, Owned, PackageFormat
from periderm.model.text import Text

STATUS = "var/lib/dpkg/status"
STATUS_FOLDER = "var/lib/dpkg/status.d/"
INFO_FOLDER = "var/lib/dpkg/info/"
LIST_SUFFIX = ".list"
SUMS_SUFFIX = ".md5sums"
MOST_PACKAGES = 200_000
_ABSENT = ("not-installed", "config-files")
_WANTED = frozenset((b"Package", b"Version", b"Status", b"Architecture", b"Source", b"Maintainer", b"Depends", b"Pre-Depends"))


def _stanzas(data: bytes, path: str) -> Iterator[Package | FormatError]:
    """Installed packages without package URLs, and what is wrong with the stanzas that tell of none."""
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
            yield FormatError("a package has no name or no version.", where=path)
            continue
        count += 1
        if count > MOST_PACKAGES:
            yield LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
            return
        yield _package(name, version, fields, path)


def _fields(stanza: bytes) -> dict[bytes, str]:
    """The fields that are wanted; a line that begins with a space continues the one before (no wanted field has any)."""
    found: dict[bytes, str] = {}
    for line in stanza.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon and key in _WANTED:
            found[key] = value.strip().decode("utf-8", "replace")
    return found


def _package(name: str, version: str, fields: dict[bytes, str], path: str) -> Package:
    source, _, told = fields.get(b"Source", "").partition(" ")
    return Package(
        name=name,
        version=version,
        type="deb",
        purl="",
        architecture=fields.get(b"Architecture", ""),
        source=source or name,
        source_version=told.strip("()") or version,
        vendor=fields.get(b"Maintainer", ""),
        dependencies=_dependencies(fields.get(b"Pre-Depends", "") + "," + fields.get(b"Depends", "")),
        path=path,
    )


def _dependencies(told: str) -> tuple[str, ...]:
    """Names of 'libc6 (>= 2.36), debconf:any | cdebconf': of alternatives the first."""
    names = (item.split("|")[0].split("(")[0].strip().partition(":")[0] for item in told.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _owner(path: str) -> str:
    """Whose file list this is ('bash', 'libc6:amd64'): `…/info/bash.list`, `…/status.d/base.md5sums`; else ''."""
    if path.startswith(INFO_FOLDER) and path.endswith(LIST_SUFFIX):
        return path[len(INFO_FOLDER) : -len(LIST_SUFFIX)]
    if path.startswith(STATUS_FOLDER) and path.endswith(SUMS_SUFFIX):
        return path[len(STATUS_FOLDER) : -len(SUMS_SUFFIX)]
    return ""


def _is_database(path: str) -> bool:
    """Whether a file holds stanzas of packages."""
    return path == STATUS or (path.startswith(STATUS_FOLDER) and not path.endswith(SUMS_SUFFIX))


def _listed(data: bytes) -> Iterator[str]:
    """The paths of a `.list` file, relative to the root."""
    for line in data.split(b"\n"):
        path = line.strip(b"/")
        if path and path != b".":
            yield path.decode("utf-8", "surrogateescape")


def _summed(data: bytes) -> Iterator[str]:
    """The paths of a `.md5sums` file (`digest  path`), which is all that a distroless image has of file lists."""
    for line in data.split(b"\n"):
        path = line[32:].strip().strip(b"/")
        if path:
            yield path.decode("utf-8", "surrogateescape")


def read(data: bytes, path: str) -> FileFacts:
    """The packages of a database, or the files of a list. A damaged stanza is told, and the others are still read."""
    owner = _owner(path)
    if owner:
        paths = tuple(_listed(data) if path.endswith(LIST_SUFFIX) else _summed(data))
        return FileFacts(owned=(Owned(f"deb:{owner}", paths),)) if paths else FileFacts()
    packages: list[Package] = []
    damages: list[FormatError] = []
    for one in _stanzas(data, path):
        if isinstance(one, FormatError):
            damages.append(one)
        else:
            packages.append(one)
    if damages and not packages and path == STATUS:
        raise damages[0]
    missed = [Text(error.what, error.what) for error in damages[:3]] if packages else []
    if len(damages) > 3:
        missed.append(Text(f"{path}: {len(damages)} stanzas are damaged.", f"{path}：{len(damages)} 个条目已损坏。"))
    return FileFacts(packages=tuple(packages), missed=tuple(missed))


def _accept(path: str) -> bool:
    return bool(_owner(path)) or _is_database(path)


FORMAT = PackageFormat(
    id="dpkg",
    title=Text("Debian package database (dpkg)", "Debian 软件包数据库（dpkg）"),
    read=read,
    paths=(STATUS,),
    folders=(STATUS_FOLDER.rstrip("/"),),
    suffixes=(LIST_SUFFIX,),
    accept=_accept,
)
