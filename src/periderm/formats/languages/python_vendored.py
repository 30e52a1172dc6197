"""Copies that a Python package carries and writes down in `_vendor/vendor.txt`, as pip and others do.

Source: pip's own documentation, src/pip/_vendor/README.rst.
"""

from __future__ import annotations

from periderm.formats.languages import pip_lines, reading
from periderm.formats.languages.found import Found
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def accept(path: str) -> bool:
    """Whether it lies in a folder of carried copies."""
    return path.rpartition("/")[0].endswith("/_vendor")


def read(data: bytes, path: str) -> FileFacts:
    """The copies, as embedded."""
    found = Found(path, "pypi", Origin.EMBEDDED)
    for name, version in pip_lines.pins(reading.decoded(data)):
        found.add(name, version)
    return found.facts()


FORMAT = PackageFormat(
    id="python-vendored",
    title=Text("Copies that Python packages carry", "Python 软件包内置的副本"),
    read=read,
    names=("vendor.txt",),
    accept=accept,
    most=MIB,
)
