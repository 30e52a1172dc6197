"""What a reader of one package format says of itself, and what it tells of one file. Reads nothing itself.

A format (a package database, a lock file, a binary's build information) is one file in `formats/` that ends in
`FORMAT = PackageFormat(…)`, and one line in `flow/catalogue.py`. Its `read` is pure: the same bytes give the same facts,
so that facts can be kept by layer digest. What needs two files is joined by flow, by the keys that are explained below.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from periderm.model.image import OsRelease, Package
from periderm.model.text import Text

MIB = 1 << 20


class Owned(msgspec.Struct, frozen=True, array_like=True):
    """Files that a package brought. `owner` is 'deb:NAME', 'apk:NAME', 'rpm:NAME' (also 'deb:NAME:ARCH'), or
    'path:FOLDER' for the package whose `Package.path` lies in that very folder (dist-info). `paths` are relative to the
    root."""

    owner: str
    paths: tuple[str, ...]


class Licensed(msgspec.Struct, frozen=True, array_like=True):
    """A licence that another file tells of a package; `owner` as in `Owned`. An SPDX expression where it is one."""

    owner: str
    licence: str


class Vouched(msgspec.Struct, frozen=True, array_like=True):
    """What a package (by its name) says of the content of programs that it brought: {path relative to the root: SHA-256 in
    hex}. Files that are meant to be changed are left out."""

    package: str
    sums: dict[str, str]


class FileFacts(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one file tells.

    `packages` of a distribution (deb, apk, rpm) leave `purl` empty: flow fills it, since only the final file system
    says which distribution this is. All others give a whole `purl`, and `path` = the file. `layer`, `created_by`,
    `owner` and `files` are left to flow. `missed` says what could not be read, and why.
    """

    packages: tuple[Package, ...] = ()
    owned: tuple[Owned, ...] = ()
    licensed: tuple[Licensed, ...] = ()
    os: OsRelease | None = None
    missed: tuple[Text, ...] = ()
    vouched: tuple[Vouched, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.packages or self.owned or self.licensed or self.os or self.missed or self.vouched)


class PackageFormat(msgspec.Struct, frozen=True):
    """One package format. A regular file is offered to `read` if its path is one of `paths` (whole, relative to the
    root), its base name is one of `names`, it lies in one of `folders` (whole, relative to the root, without a '/' at
    the end; not below them), or it ends with one of `suffixes` (each begins with '.' and has no other '.'), and then,
    if `accept` is given, `accept(path)` holds; or, with `executables`, if it begins as an ELF, PE or Mach-O file.
    `read(data, path)` raises FormatError for damage (told as 'not examined', the scan goes on).
    With `unless`, a file is not read where one of that base name lies in the same folder (go.sum beside go.mod).
    `most` is the largest file that is read (bytes); a format with `executables`, or with a `most` above 64 MiB, is given
    large files as a mapped file, which offers searching, slicing, `len`, `startswith`, and what takes a buffer.
    `source_only` formats speak of what a project declares (lock files): in an image they count as declared, not as
    installed."""

    id: str
    title: Text
    read: Callable[[bytes, str], FileFacts]
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    accept: Callable[[str], bool] | None = None
    unless: str = ""
    executables: bool = False
    source_only: bool = False
    most: int = 64 * MIB
