"""Alpine's package database `lib/apk/db/installed`: packages and the files they own. Judges no version.

Source: Alpine wiki, "Apk spec", section "Installed Database V2".
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, Owned, PackageFormat
from periderm.model.text import Text

PATHS = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
MOST_PACKAGES = 200_000
Record = list[tuple[bytes, bytes]]


def _records(data: bytes, path: str) -> Iterator[Record | FormatError]:
    """Lines `K:value` of one package after the other; a blank line ends a package. A line of another form is told."""
    record: Record = []
    count = 0
    for line in data.split(b"\n"):
        if line:
            if line[1:2] == b":":
                record.append((line[:1], line[2:]))
            else:
                yield FormatError(f"a line begins with {line[:16]!r} and not with a letter and a colon.", where=path)
        elif record:
            count += 1
            if count > MOST_PACKAGES:
                yield LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
                return
            yield record
            record = []
    if record:
        yield record


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _package(record: Record, path: str, providers: dict[str, str]) -> Package | FormatError:
    """The package of a record; `providers` names the package for each thing that is provided."""
    fields = {key: _text(value) for key, value in record if key in b"PVAoLmD"}
    name, version = fields.get(b"P", ""), fields.get(b"V", "")
    if not name or not version:
        return FormatError("a package has no name or no version.", where=path)
    needed = (_bare(word) for word in fields.get(b"D", "").split() if not word.startswith("!"))
    dependencies = dict.fromkeys(providers.get(word, word) for word in needed)
    dependencies.pop(name, None)
    return Package(
        name=name,
        version=version,
        type="apk",
        purl="",
        architecture=fields.get(b"A", ""),
        source=fields.get(b"o", "") or name,
        source_version=version,
        licence=fields.get(b"L", ""),
        vendor=fields.get(b"m", ""),
        dependencies=tuple(dependencies),
        path=path,
    )


def _bare(word: str) -> str:
    """'so:libc.so.1' of 'so:libc.so.1=1.2', 'busybox' of 'busybox>=1.36'."""
    for index, letter in enumerate(word):
        if letter in "=<>~":
            return word[:index]
    return word


def _providers(records: list[Record]) -> dict[str, str]:
    """Which package provides a name ('so:libcrypto.so.3' is 'libcrypto3'); its own name is not told."""
    found: dict[str, str] = {}
    for record in records:
        name = next((_text(value) for key, value in record if key == b"P"), "")
        for key, value in record:
            if key == b"p":
                for word in _text(value).split():
                    found.setdefault(_bare(word), name)
    return found


def _files(record: Record) -> Iterator[str]:
    """Files `R:` lie in the folder `F:` above them."""
    folder = ""
    for key, value in record:
        if key == b"F":
            folder = value.strip(b"/").decode("utf-8", "surrogateescape")
        elif key == b"R":
            file = value.decode("utf-8", "surrogateescape")
            yield f"{folder}/{file}" if folder else file


def read(data: bytes, path: str) -> FileFacts:
    """All packages with their files. What is damaged is told, and the others are still read."""
    packages: list[Package] = []
    owners: list[Owned] = []
    damages: list[FormatError] = []
    records: list[Record] = []
    for record in _records(data, path):
        if isinstance(record, FormatError):
            damages.append(record)
        else:
            records.append(record)
    providers = _providers(records)
    for record in records:
        one = _package(record, path, providers)
        if isinstance(one, FormatError):
            damages.append(one)
            continue
        packages.append(one)
        files = tuple(_files(record))
        if files:
            owners.append(Owned(f"apk:{one.name}", files))
    if damages and not packages:
        raise damages[0]
    missed = [Text(error.what, error.what) for error in damages[:3]]
    if len(damages) > 3:
        missed.append(Text(f"{path}: {len(damages)} places are damaged.", f"{path}：{len(damages)} 处已损坏。"))
    return FileFacts(packages=tuple(packages), owned=tuple(owners), missed=tuple(missed))


FORMAT = PackageFormat(
    id="apk",
    title=Text("Alpine package database (apk)", "Alpine 软件包数据库（apk）"),
    read=read,
    paths=PATHS,
)
