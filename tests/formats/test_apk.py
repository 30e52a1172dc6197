"""Alpine's package database."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import apk
from periderm.model.errors import FormatError

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
    busybox, client = apk.read(INSTALLED, apk.PATHS[0]).packages
    assert (busybox.name, busybox.version, busybox.licence) == ("busybox", "1.36.1-r15", "GPL-2.0-only")
    assert client.source == "busybox"
    assert (busybox.purl, busybox.architecture) == ("", "x86_64")


def test_ownership() -> None:
    """Files follow the folder above them; an empty folder is the root."""
    (owned,) = apk.read(INSTALLED, apk.PATHS[0]).owned
    assert (owned.owner, owned.paths) == ("apk:busybox", ("bin/busybox", "top"))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        apk.read(data, apk.PATHS[0])


@pytest.mark.parametrize("data", [b"P:x\n\n", b"no colon\n", b"Package: x\n"])
def test_broken(data: bytes) -> None:
    """A package without a version, and lines that are none, are damage."""
    with pytest.raises(FormatError):
        apk.read(data, apk.PATHS[0])


def test_facts() -> None:
    """`read` gives packages without package URLs, the files of each, and dependencies by the package that provides them."""
    data = (
        INSTALLED + b"m:A <a@b>\nD:so:libc.so.1 busybox>=1 !bad /bin/sh so:libz.so.1\n\nP:musl\nV:1.2\np:so:libc.so.1=1 cmd:x\n"
    )
    facts = apk.read(data, apk.PATHS[0])
    busybox, client, musl = facts.packages
    assert (busybox.purl, busybox.path, client.vendor) == ("", apk.PATHS[0], "A <a@b>")
    assert client.dependencies == ("musl", "busybox", "/bin/sh", "so:libz.so.1")
    assert [(o.owner, o.paths) for o in facts.owned] == [("apk:busybox", ("bin/busybox", "top"))]
    assert musl.source == "musl"


def test_damage_hides_no_other_package() -> None:
    """A line that is none and a package without a version are told, and the others are read."""
    facts = apk.read(b"nonsense\nP:a\nV:1\n\nP:b\n\n" + b"bad\n" * 5 + INSTALLED, apk.PATHS[0])
    assert [p.name for p in facts.packages] == ["a", "busybox", "ssl_client"]
    assert len(facts.missed) == 4
    with pytest.raises(FormatError):
        apk.read(b"P:b\n", apk.PATHS[0])
    assert not apk.read(b"", apk.PATHS[0])


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z0-9+.-]{1,12}", fullmatch=True), st.from_regex(r"[0-9.]{1,6}-r[0-9]", fullmatch=True))
    )
)
def test_every_record_is_found(packages: list[tuple[str, str]]) -> None:
    """As many packages as records, in order."""
    data = "\n".join(f"C:Q1\nP:{name}\nV:{version}\nF:usr\nR:f\n" for name, version in packages).encode()
    facts = apk.read(data, apk.PATHS[0])
    assert [(p.name, p.version) for p in facts.packages] == packages
