"""Every package format that the scanner reads, in one visible list. One more format is one file and one line here."""

from __future__ import annotations

from periderm.formats import apk, debian_copyright, dpkg, os_release
from periderm.formats.rpm import bdb, ndb, sqlite
from periderm.model.package_format import PackageFormat

FORMATS: tuple[PackageFormat, ...] = (
    os_release.FORMAT,
    dpkg.FORMAT,
    debian_copyright.FORMAT,
    apk.FORMAT,
    sqlite.FORMAT,
    ndb.FORMAT,
    bdb.FORMAT,
)
