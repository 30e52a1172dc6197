"""Every package format that the scanner reads, in one visible list. One more format is one file and one line here."""

from __future__ import annotations

from periderm.model.package_format import PackageFormat

FORMATS: tuple[PackageFormat, ...] = ()
