"""Installed Python packages."""

from __future__ import annotations

import importlib.metadata

import pytest

from periderm.formats.languages.python_metadata import FORMAT, accept
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from tests.formats.languages.samples import METADATA, RECORD, only

PLACE = "usr/lib/python3/site-packages/thing-2.2.0.dist-info"


def test_metadata() -> None:
    """Headers only: the description cannot rename the package. Requirements of extras are not told."""
    package = only(FORMAT.read(METADATA.encode(), f"{PLACE}/METADATA"))
    assert (package.name, package.purl) == ("Flask_Thing.Extra", "pkg:pypi/flask-thing-extra@2.2.0")
    assert (package.licence, package.vendor, package.origin) == ("MIT", "A. Person", Origin.INSTALLED)
    assert package.dependencies == ("Werkzeug", "click")


def test_files() -> None:
    """RECORD's paths are relative to the folder above; quotes and commas are part of names; nothing climbs out."""
    (owned,) = FORMAT.read(RECORD.encode(), f"{PLACE}/RECORD").owned
    assert owned.owner == f"path:{PLACE}"
    assert owned.paths == (
        "usr/bin/thing",
        "usr/lib/python3/site-packages/thing/__init__.py",
        'usr/lib/python3/site-packages/thing/a,b "c".py',
        "usr/lib/python3/site-packages/thing-2.2.0.dist-info/RECORD",
        "etc/thing.conf",
    )
    (owned,) = FORMAT.read(b"../../../../../../../../etc/shadow,,\n", f"{PLACE}/RECORD").owned
    assert owned.paths == ("etc/shadow",)
    (owned,) = FORMAT.read(b"../thing.py\nPKG-INFO\n", "opt/thing.egg-info/installed-files.txt").owned
    assert owned.paths == ("opt/thing.py", "opt/thing.egg-info/PKG-INFO")


def test_carried_copies() -> None:
    """What lies in another package's `_vendor` is embedded there."""
    path = "usr/lib/python3/site-packages/setuptools/_vendor/thing-2.2.0.dist-info/METADATA"
    assert only(FORMAT.read(METADATA.encode(), path)).origin is Origin.EMBEDDED


def test_agrees_with_the_library() -> None:
    """Every distribution of this very environment has the name, version and files that importlib tells."""
    seen = 0
    for distribution in importlib.metadata.distributions():
        text = distribution.read_text("METADATA")
        record = distribution.read_text("RECORD")
        if not text or not record:
            continue
        seen += 1
        package = only(FORMAT.read(text.encode(), f"{PLACE}/METADATA"))
        assert (package.name, package.version) == (distribution.metadata["Name"], distribution.version)
        (owned,) = FORMAT.read(record.encode(), f"{PLACE}/RECORD").owned
        assert len(owned.paths) == len(distribution.files or ())
    assert seen > 10


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (f"{PLACE}/METADATA", True),
        ("usr/lib/python3/dist-packages/PyGObject-3.42.2.egg-info", True),
        ("usr/lib/python3/dist-packages/x.egg-info/PKG-INFO", True),
        ("opt/x.egg/EGG-INFO/PKG-INFO", True),
        ("app/METADATA", False),
        ("usr/lib/python3/site-packages/~ip-23.0.dist-info/METADATA", False),
        ("app/PKG-INFO", False),
        ("app/RECORD", False),
    ],
)
def test_which_files(path: str, wanted: bool) -> None:
    """Only where installers write them."""
    assert accept(path) is wanted


def test_damage() -> None:
    """Metadata without a version is an error."""
    with pytest.raises(FormatError):
        FORMAT.read(b"Name: x\n\nVersion: 1\n", f"{PLACE}/METADATA")
