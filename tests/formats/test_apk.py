"""Alpine's package database."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import apk
from periderm.model.errors import FormatError
from periderm.model.image import OsRelease

ALPINE = OsRelease("alpine", "3.19.1", "")
INSTALLED = b"""C:Q1x
P:busybox
V:1.36.1-r15
A:x86_64
L:GPL-2.0-only
o:busybox
F:bin
R:busybox
a:0:0:755
F:
R:top
F:etc/init.d
M:0:0:755

P:ssl_client
V:1.36.1-r15
o:busybox
A:x86_64
"""


def test_packages() -> None:
    """Name, version, source, licence and purl."""
    busybox, client = apk.parse(INSTALLED, ALPINE)
    assert (busybox.name, busybox.version, busybox.licence) == ("busybox", "1.36.1-r15", "GPL-2.0-only")
    assert client.source == "busybox"
    assert busybox.purl == "pkg:apk/alpine/busybox@1.36.1-r15?arch=x86_64&distro=3.19.1"


def test_ownership() -> None:
    """Files follow the folder above them; an empty folder is the root."""
    assert list(apk.owned(INSTALLED)) == [("bin/busybox", "busybox"), ("top", "busybox")]


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    for read in (lambda: list(apk.parse(data, ALPINE)), lambda: list(apk.owned(data))):
        with contextlib.suppress(FormatError):
            read()


@pytest.mark.parametrize("data", [b"P:x\n\n", b"no colon\n", b"Package: x\n"])
def test_broken(data: bytes) -> None:
    """A package without a version, and lines that are none, are damage."""
    with pytest.raises(FormatError):
        list(apk.parse(data, ALPINE))
