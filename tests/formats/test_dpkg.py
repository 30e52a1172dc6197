"""Debian's package database."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import dpkg
from periderm.model.errors import FormatError
from periderm.model.image import Package
from tests.images import STATUS


def parse(data: bytes) -> tuple[Package, ...]:
    """The packages of a status file."""
    return dpkg.read(data, dpkg.STATUS).packages


words = st.from_regex(r"[a-z0-9][a-z0-9+.-]{0,12}", fullmatch=True)


def test_installed_packages() -> None:
    """What is installed, with its source package; what left only its configuration is not."""
    bash, libc = parse(STATUS)
    assert (bash.name, bash.version, bash.source, bash.source_version) == ("bash", "5.2.15-2+b2", "bash", "5.2.15-2+b2")
    assert (libc.source, libc.source_version) == ("glibc", "2.36-9")
    assert (bash.purl, bash.path) == ("", dpkg.STATUS)


def test_distroless_stanzas_have_no_status() -> None:
    """A file in status.d is one installed package."""
    (package,) = parse(b"Package: tzdata\nVersion: 2024a-0+deb12u1\nDescription: x\n Status: no\n")
    assert package.name == "tzdata"


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs dpkg")
def test_agrees_with_dpkg_itself() -> None:
    """On this machine's own database, dpkg-query says the same."""
    fields = ("db:Status-Status", "Package", "Version", "Architecture", "source:Package", "source:Version")
    form = "|".join(f"${{{field}}}" for field in fields) + "\n"
    told = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    truth = {tuple(line.split("|")[1:]) for line in told.splitlines() if line.startswith("installed|")}
    ours = parse(Path("/var/lib/dpkg/status").read_bytes())
    assert {(p.name, p.version, p.architecture, p.source, p.source_version) for p in ours} == truth


@given(st.lists(st.tuples(words, words), max_size=8), st.sampled_from([b"\n", b"\r\n"]))
def test_every_stanza_is_found(packages: list[tuple[str, str]], end: bytes) -> None:
    """As many packages as stanzas, in order, whatever the line ends."""
    stanzas = (f"Package: {n}\nStatus: install ok installed\nDescription: a\n b: c\nVersion: {v}\n" for n, v in packages)
    data = "\n".join(stanzas).encode().replace(b"\n", end)
    assert [(p.name, p.version) for p in parse(data)] == packages


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        parse(data)
    for path in ("var/lib/dpkg/info/x.list", "var/lib/dpkg/status.d/x.md5sums", "var/lib/dpkg/status.d/x"):
        dpkg.read(data, path)


def test_a_nameless_package() -> None:
    """A stanza without a version is damage, not a package."""
    with pytest.raises(FormatError):
        parse(b"Package: x\n")


def test_facts_of_a_database() -> None:
    """`read` gives the same packages without package URLs, and what they depend on (of alternatives the first)."""
    more = STATUS + b"Maintainer: A <a@b>\nPackage: x\nVersion: 1\nPre-Depends: libc6:any (>= 2)\nDepends: bash, a | b, bash\n"
    facts = dpkg.read(STATUS.rstrip() + b"\n\n" + more[len(STATUS) :], dpkg.STATUS)
    assert [(p.name, p.purl, p.path) for p in facts.packages][:2] == [("bash", "", dpkg.STATUS), ("libc6", "", dpkg.STATUS)]
    assert facts.packages[-1].dependencies == ("libc6", "bash", "a")
    assert facts.packages[-1].vendor == "A <a@b>"


def test_facts_of_a_list() -> None:
    """A list owns its files, for one architecture where its name tells one."""
    (owned,) = dpkg.read(b"/.\n/lib\n/lib/x\n", "var/lib/dpkg/info/libc6:amd64.list").owned
    assert (owned.owner, owned.paths) == ("deb:libc6:amd64", ("lib", "lib/x"))
    (owned,) = dpkg.read(b"d41d8cd98f00b204e9800998ecf8427e  usr/x\n", "var/lib/dpkg/status.d/base.md5sums").owned
    assert (owned.owner, owned.paths) == ("deb:base", ("usr/x",))


def test_one_damaged_stanza_hides_no_other() -> None:
    """It is told, and the others are read; a status file of nothing but damage is an error."""
    facts = dpkg.read(STATUS + b"\nPackage: nameless\n" * 5, dpkg.STATUS)
    assert [p.name for p in facts.packages] == ["bash", "libc6"]
    assert len(facts.missed) == 4
    with pytest.raises(FormatError):
        dpkg.read(b"Package: nameless\n", dpkg.STATUS)


def test_which_files_are_read() -> None:
    """The database and the lists, and nothing else that ends alike."""
    accept = dpkg.FORMAT.accept
    assert accept is not None
    good = ("var/lib/dpkg/status", "var/lib/dpkg/status.d/base", "var/lib/dpkg/status.d/b.md5sums", "var/lib/dpkg/info/x.list")
    assert all(accept(path) for path in good)
    assert not any(accept(path) for path in ("etc/apt/sources.list", "var/lib/dpkg/info/x.md5sums", "status"))
