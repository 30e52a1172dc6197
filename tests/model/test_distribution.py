"""Package URLs of distributions' packages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.model.distribution import distribution_purl, distro
from periderm.model.image import OsRelease, Package
from periderm.model.purl import parse

DEBIAN, RHEL = OsRelease("debian", "12"), OsRelease("rhel", "9.4")


def package(kind: str, name: str, version: str, **fields: str) -> Package:
    """A package without a package URL."""
    return Package(name=name, version=version, type=kind, purl="", **fields)  # type: ignore[arg-type]  # all are strings


def test_deb() -> None:
    """The epoch is part of the version; the source package is told where it has another name or version."""
    one = package(
        "deb", "libssl3", "1:3.0.11-1~deb12u2", architecture="amd64", source="openssl", source_version="1:3.0.11-1~deb12u2"
    )
    told = "pkg:deb/debian/libssl3@1:3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"
    assert distribution_purl(one, DEBIAN) == told
    same = package("deb", "bash", "5.2", source="bash", source_version="5.2")
    assert distribution_purl(same, OsRelease("ubuntu", "22.04")) == "pkg:deb/ubuntu/bash@5.2?distro=ubuntu-22.04"
    rebuilt = package("deb", "bash", "5.2+b1", source="bash", source_version="5.2")
    assert distribution_purl(rebuilt, OsRelease()) == "pkg:deb/debian/bash@5.2%2Bb1?upstream=bash%405.2"


def test_rpm() -> None:
    """The epoch and the module stream are qualifiers, the source is the name of its file, and rhel's vendor is redhat."""
    one = package(
        "rpm", "npm", "1:8.19-1.el9", architecture="x86_64", source="nodejs", source_version="1:18.2-1.el9", module="nodejs:18"
    )
    assert distribution_purl(one, RHEL) == (
        "pkg:rpm/redhat/npm@8.19-1.el9?arch=x86_64&distro=rhel-9.4&epoch=1&rpmmod=nodejs:18&upstream=nodejs-18.2-1.el9.src.rpm"
    )
    plain = package("rpm", "bash", "5.1-6", source="bash", source_version="5.1-6")
    leap = OsRelease("opensuse-leap", "15.5")
    assert distribution_purl(plain, leap) == "pkg:rpm/opensuse/bash@5.1-6?distro=opensuse-leap-15.5&upstream=bash-5.1-6.src.rpm"


def test_apk() -> None:
    """The origin is told where it is another package."""
    one = package("apk", "ssl_client", "1.36.1-r15", architecture="x86_64", source="busybox", source_version="1.36.1-r15")
    assert distribution_purl(one, OsRelease("alpine", "3.19.1")) == (
        "pkg:apk/alpine/ssl_client@1.36.1-r15?arch=x86_64&distro=alpine-3.19.1&upstream=busybox"
    )


def test_releases_without_a_number() -> None:
    """Debian's testing and unstable have only a code name, some have nothing."""
    assert distro(OsRelease("debian", codename="trixie")) == "debian-trixie"
    assert distro(OsRelease("arch")) == "arch"
    assert distro(OsRelease()) == ""


TEXT = st.text(min_size=1, max_size=12)


@given(st.sampled_from(["deb", "apk", "rpm"]), TEXT, TEXT, TEXT, TEXT)
def test_what_is_written_can_be_read(kind: str, name: str, version: str, source: str, release: str) -> None:
    """Whatever hostile names a database holds, the package URL is one, and gives back its parts."""
    name, version = name.replace("/", "-").strip() or "n", version.replace("/", "-") or "1"
    one = package(kind, name, version, source=source, source_version=version)
    read = parse(distribution_purl(one, OsRelease("debian", release)))
    assert read is not None
    assert read.type == kind
    assert read.qualifier("distro") == f"debian-{release}"
    if kind != "rpm":
        assert read.version == version
