"""Alpine's package database `lib/apk/db/installed`: packages and the files they own. Judges no version.

Source: Alpine wiki, "Apk spec", section "Installed Database V2".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, Owned, PackageFormat
from periderm.model.text import Text

PATHS = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
MOST_PACKAGES = 200_000
_CONSTRAINT = re.compile("[=<>~]")
_FIELDS = frozenset(b"PVAoLmDp")
_FOLDER, _FILE = b"FR"


class _Record(msgspec.Struct):
    """The lines of one package: fields by their letter, and files relative to the root."""

    fields: dict[int, bytes]
    files: list[str]

    def text(self, letter: str) -> str:
        """A field as text, '' if there is none."""
        return self.fields.get(ord(letter), b"").decode("utf-8", "replace")


def _records(data: bytes, path: str) -> Iterator[_Record | FormatError]:
    """Lines `K:value` of one package after the other; a blank line ends a package. A line of another form is told.

    Files `R:` lie in the folder `F:` above them."""
    record, folder, count = _Record({}, []), "", 0
    for line in [*data.split(b"\n"), b""]:
        if not line:
            if record.fields or record.files:
                count += 1
                if count > MOST_PACKAGES:
                    yield LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
                    return
                yield record
                record, folder = _Record({}, []), ""
        elif line[1:2] != b":":
            yield FormatError(f"a line begins with {line[:16]!r} and not with a letter and a colon.", where=path)
        elif line[0] == _FILE:
            record.files.append(folder + line[2:].decode("utf-8", "surrogateescape"))
        elif line[0] == _FOLDER:
            folder = line[2:].strip(b"/").decode("utf-8", "surrogateescape")
            folder = folder + "/" if folder else ""
        elif line[0] in _FIELDS:
            record.fields[line[0]] = line[2:]


def _package(record: _Record, path: str, providers: dict[str, str]) -> Package | FormatError:
    """The package of a record; `providers` names the package for each thing that is provided."""
    name, version = record.text("P"), record.text("V")
    if not name or not version:
        return FormatError("a package has no name or no version.", where=path)
    needed = (_bare(word) for word in record.text("D").split() if not word.startswith("!"))
    dependencies = dict.fromkeys(providers.get(word, word) for word in needed)
    dependencies.pop(name, None)
    return Package(
        name=name,
        version=version,
        type="apk",
        purl="",
        architecture=record.text("A"),
        source=record.text("o") or name,
        source_version=version,
        licence=record.text("L"),
        vendor=record.text("m"),
        dependencies=tuple(dependencies),
        path=path,
    )


def _bare(word: str) -> str:
    """'so:libc.so.1' of 'so:libc.so.1=1.2', 'busybox' of 'busybox>=1.36'."""
    return _CONSTRAINT.split(word, maxsplit=1)[0]


def _providers(records: list[_Record]) -> dict[str, str]:
    """Which package provides a name ('so:libcrypto.so.3' is 'libcrypto3'); its own name is not told."""
    found: dict[str, str] = {}
    for record in records:
        for word in record.text("p").split():
            found.setdefault(_bare(word), record.text("P"))
    return found


def read(data: bytes, path: str) -> FileFacts:
    """All packages with their files. What is damaged is told, and the others are still read."""
    packages: list[Package] = []
    owners: list[Owned] = []
    damages: list[FormatError] = []
    records: list[_Record] = []
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
        if record.files:
            owners.append(Owned(f"apk:{one.name}", tuple(record.files)))
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
