"""What package managers say of contents, and what is told of changes."""

from __future__ import annotations

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image.checksums import changed, readers
from periderm.engines.image.facts import ImageFacts, Summed
from periderm.model.file_note import NotedFile
from periderm.model.image import ExecutableFile, ImageConfig

DPKG, CONFFILES, DIVERSIONS, APK = readers("T")


def facts(notes: list[NotedFile], sums: dict[str, Summed]) -> ImageFacts:
    """An image with only these."""
    return ImageFacts(config=ImageConfig(), noted=tuple(notes), sums=sums)


def noted(reader: str, note: object) -> NotedFile:
    """A note of the final file system."""
    return NotedFile(reader=reader, path="x", layer="l", note=note)  # type: ignore[arg-type] # notes come from readers here


def test_only_programs_and_libraries_are_listed() -> None:
    """Of a package's list what is compared, and the package's name without its architecture."""
    data = b"a" * 32 + b"  usr/bin/x\n" + b"b" * 32 + b"  usr/share/x\n" + b"short\n"
    (note,) = DPKG.read(data, "var/lib/dpkg/info/libx:amd64.md5sums")
    assert (note.values, note.evidence) == ({"usr/bin/x": "md5:" + "a" * 32}, "libx")
    assert DPKG.read(b"", "var/lib/dpkg/info/x.md5sums") == ()


def test_files_of_dpkg_that_root_starts() -> None:
    """Of the configuration files only those, as the package brought them; not what it gave up, or has not brought yet."""
    data = (
        b"Package: cron\nConffiles:\n /etc/cron.daily/x " + b"A" * 32 + b"\n /etc/default/cron " + b"b" * 32 + b"\n"
        b" /etc/init.d/old " + b"c" * 32 + b" obsolete\n /etc/init.d/new newconffile\nDescription: x\n"
        b" /etc/init.d/y " + b"d" * 32 + b"\n\nPackage: b\n\n"
    )
    (note,) = CONFFILES.read(data, "var/lib/dpkg/status")
    assert (note.evidence, note.values) == ("cron", {"etc/cron.daily/x": "md5:" + "a" * 32})


def test_alpine() -> None:
    """Z: belongs to the file above it; another kind of sum is left out."""
    digest = hashlib.sha1(b"x", usedforsecurity=False).digest()
    data = b"P:a\nF:bin\nR:x\na:0:0:755\nZ:Q1" + base64.b64encode(digest) + b"\nR:y\nZ:Q1%%%\n\nP:b\nF:etc\nR:z\nZ:Q1aa\n\n"
    (note,) = APK.read(data, "lib/apk/db/installed")
    assert (note.evidence, note.values) == ("a", {"bin/x": "sha1:" + digest.hex()})


def test_changed() -> None:
    """Another sum is a change; the same, one of another kind, and what dpkg moved aside are none."""
    (note,) = DPKG.read(b"a" * 32 + b"  bin/x\n", "var/lib/dpkg/info/p.md5sums")
    told = [noted("T-dpkg", note)]
    assert list(changed(facts(told, {"usr/bin/x": Summed("md5:" + "b" * 32, "sha256:l")}))) == [("usr/bin/x", "p", "sha256:l")]
    assert list(changed(facts(told, {"bin/x": Summed("md5:" + "a" * 32 + " sha1:0", "l")}))) == []
    assert list(changed(facts(told, {"bin/x": Summed("sha1:00", "l")}))) == []
    aside = [noted("T-diversions", n) for n in DIVERSIONS.read(b"/bin/x\n/bin/x.real\nq\n", "var/lib/dpkg/diversions")]
    assert list(changed(facts(told + aside, {"bin/x": Summed("md5:" + "b" * 32, "l")}))) == []


def test_programs_of_rpm() -> None:
    """A program with another SHA-256 than any package tells is a change; one that was not read, or that lies where nothing
    is compared, is none."""
    programs = (
        ExecutableFile("usr/bin/same", 1, 0o755, "a" * 64, "p", "l"),
        ExecutableFile("usr/bin/other", 1, 0o755, "b" * 64, "p", "l"),
        ExecutableFile("usr/bin/unread", 1, 0o755, "", "p", "l"),
        ExecutableFile("usr/bin/nobodys", 1, 0o755, "b" * 64, "", "l"),
        ExecutableFile("opt/other", 1, 0o755, "b" * 64, "p", "l"),
    )
    told = {file.path: {"a" * 64: "p", "c" * 64: "p"} for file in programs if file.package}
    image = ImageFacts(config=ImageConfig(), executables=programs, vouched=told)
    assert list(changed(image)) == [("usr/bin/other", "p", "l")]


@given(st.binary(max_size=400))
def test_anything_is_read(data: bytes) -> None:
    """Damaged databases give what can be read, and no error."""
    for reader in (DPKG, CONFFILES, DIVERSIONS, APK):
        assert isinstance(list(reader.read(data, "var/lib/dpkg/info/x.md5sums")), list)
