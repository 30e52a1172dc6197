"""Package databases of an image."""

from __future__ import annotations

from periderm.flow.packages import PackageDatabases
from periderm.model.limits import ScanLimits
from tests.images import OS_RELEASE, STATUS


def everything(_path: str) -> bool:
    """All files are there."""
    return True


def test_which_layer_brought_what() -> None:
    """A package belongs to the first layer with that version; an upgrade to the layer that made it."""
    bases = PackageDatabases(ScanLimits())
    assert bases.wants("var/lib/dpkg/status", 10)
    assert not bases.wants("var/lib/dpkg/statusx", 10)
    bases.take("var/lib/dpkg/status", STATUS)
    bases.end_layer("sha256:1", everything)
    bases.take("var/lib/dpkg/status", STATUS.replace(b"deb12u7", b"deb12u8") + b"\nPackage: new\nVersion: 1\n")
    bases.end_layer("sha256:2", everything)
    bases.end_layer("sha256:3", everything)
    found = {p.name: p.layer for p in bases.packages(bases.release(everything), everything)}
    assert found == {"bash": "sha256:1", "libc6": "sha256:2", "new": "sha256:2"}


def test_only_what_is_still_there() -> None:
    """A database that a later layer removed counts no more."""
    bases = PackageDatabases(ScanLimits())
    bases.take("usr/lib/os-release", OS_RELEASE)
    bases.take("var/lib/dpkg/status.d/base", b"Package: base\nVersion: 12\n")
    bases.take("var/lib/dpkg/status.d/base.md5sums", b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/x\n")
    bases.end_layer("sha256:1", everything)
    release = bases.release(everything)
    assert release.id == "debian"
    assert [p.name for p in bases.packages(release, everything)] == ["base"]
    assert list(bases.owners(everything)) == [("usr/bin/x", "base")]
    assert bases.packages(release, lambda _: False) == ()
    assert list(bases.owners(lambda _: False)) == []


def test_alpine() -> None:
    """apk's one file says both what is installed and who owns what."""
    bases = PackageDatabases(ScanLimits())
    assert bases.wants("lib/apk/db/installed", 5)
    bases.take("lib/apk/db/installed", b"P:busybox\nV:1\nF:bin\nR:busybox\n")
    bases.end_layer("sha256:1", everything)
    assert [p.type for p in bases.packages(bases.release(everything), everything)] == ["apk"]
    assert list(bases.owners(everything)) == [("bin/busybox", "busybox")]


def test_damage_and_size_are_said() -> None:
    """A broken or too large database is not fatal, and not silent."""
    bases = PackageDatabases(ScanLimits(database_file=100, databases=150))
    assert not bases.wants("var/lib/dpkg/status", 101)
    bases.take("var/lib/dpkg/info/a.list", b"x" * 100)
    assert not bases.wants("var/lib/dpkg/info/b.list", 60)
    bases.take("lib/apk/db/installed", b"nonsense\n")
    bases.end_layer("sha256:1", everything)
    assert bases.packages(bases.release(everything), everything) == ()
    assert [package for _, package in bases.owners(everything)] == ["a"]
    assert len([m for m in bases.missed if "apk" in m.en]) >= 1
    assert len([m for m in bases.missed if "too large" in m.en]) == 2
