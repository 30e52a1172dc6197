"""Packages to and from bills of materials."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms import materials
from periderm.algorithms.materials import Told, distribution, inventory_of, package_of, properties_of
from periderm.model.errors import LimitError
from periderm.model.image import History, ImageConfig, OsRelease, Package
from tests.reports import packages
from tests.strategies import hostile_text


def told(purl: str, version: str = "", **properties: str) -> Package:
    """The package that an entry tells of."""
    found = package_of(Told(name="x", version=version, purl=purl, properties=properties))
    assert found is not None
    return found


@pytest.mark.parametrize("package", packages()[:-1], ids=lambda p: f"{p.name}-{p.path}")
def test_nothing_is_lost(package: Package) -> None:
    """What the standard fields and our properties tell is the whole package."""
    again = package_of(
        Told(
            name=package.name,
            version=package.version,
            purl=package.purl,
            licence=package.licence,
            cpes=package.cpes,
            hashes=package.hashes,
            dependencies=package.dependencies,
            properties=properties_of(package),
        )
    )
    expected = package if package.source or package.type not in ("deb", "rpm", "apk") else None
    assert again == expected


@pytest.mark.parametrize(
    ("purl", "name"),
    [
        ("pkg:maven/org.apache/log4j@1", "org.apache:log4j"),
        ("pkg:npm/%40babel/core@7", "@babel/core"),
        ("pkg:golang/github.com/gin-gonic/gin@v1.2", "github.com/gin-gonic/gin"),
        ("pkg:composer/symfony/console@6", "symfony/console"),
        ("pkg:deb/debian/bash@5", "bash"),
        ("pkg:pypi/zope-interface@1", "zope-interface"),
    ],
)
def test_names_are_as_their_ecosystem_writes_them(purl: str, name: str) -> None:
    """Advisories are looked up by that name."""
    assert told(purl).name == name


def test_a_name_keeps_its_spelling() -> None:
    """What a package calls itself is shown, if it is the name in the package URL."""
    spelled = package_of(Told(name="Zope.Interface", purl="pkg:pypi/zope-interface@1"))
    assert spelled is not None
    assert spelled.name == "Zope.Interface"


def test_source_packages_of_others() -> None:
    """Both generators' ways to name a source package, and the package URL's own, are understood."""
    deb = "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12"
    assert (told(deb).source, told(deb).source_version) == ("libssl3", "3.0.11-1")
    assert told(deb + "&upstream=openssl%403.0.11-0").source_version == "3.0.11-0"
    assert told(deb + "&upstream=openssl").source == "openssl"
    trivy = {"SrcName": "openssl", "SrcVersion": "3.0", "SrcRelease": "1", "SrcEpoch": "2"}
    found = told(deb, **{f"aquasecurity:trivy:{key}": value for key, value in trivy.items()})
    assert (found.source, found.source_version) == ("openssl", "2:3.0-1")
    rpm = told("pkg:rpm/redhat/bash-doc@5.1-6.el9?epoch=1&upstream=bash-5.1-6.el9.src.rpm")
    assert (rpm.source, rpm.version) == ("bash", "1:5.1-6.el9")


@pytest.mark.parametrize(
    ("purls", "expected"),
    [
        (["pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/debian/b@1"], OsRelease(id="debian", version="12")),
        (["pkg:rpm/opensuse/a@1?distro=opensuse-leap-15.5"], OsRelease(id="opensuse-leap", version="15.5")),
        (["pkg:rpm/redhat/a@1"], OsRelease(id="rhel")),
        (["pkg:deb/debian/a@1?distro=bookworm"], OsRelease(id="debian", codename="bookworm")),
        (["pkg:apk/alpine/a@1?distro=alpine-3.19.1"], OsRelease(id="alpine", version="3.19.1")),
        (["pkg:pypi/a@1?distro=debian-12"], OsRelease()),
        ([], OsRelease()),
    ],
)
def test_distribution(purls: list[str], expected: OsRelease) -> None:
    """A document that names no operating system still says by its packages which one it is."""
    assert distribution([told(purl) for purl in purls]) == expected


def test_no_package_url_no_package() -> None:
    """What cannot be looked up is not a package."""
    assert package_of(Told(name="x", purl="")) is None
    assert package_of(Told(name="x", purl="https://example.invalid")) is None


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of packages is bounded."""
    monkeypatch.setattr(materials, "MOST_PACKAGES", 3)
    many = [msgspec.structs.replace(packages()[0], path=str(n)) for n in range(4)]
    with pytest.raises(LimitError):
        inventory_of(many, digest="d", reference="r", source="s")


@given(st.builds(Told, name=hostile_text, version=hostile_text, purl=hostile_text.map("pkg:deb/".__add__)))
def test_hostile_entries(entry: Told) -> None:
    """Any text gives a package or none."""
    found = package_of(entry)
    assert found is None or found.type == "deb"


def test_what_is_not_what_it_should_be() -> None:
    """Foreign values of a wrong type are as if they were not there."""
    assert materials.text(3) == ""
    assert materials.entries({"a": 1}) == []
    assert materials.entries([1, {"a": 1}]) == [{"a": 1}]
    assert materials.strings(["a", 1]) == ["a"]
    assert materials.members([]) == {}


def test_configuration_tells_no_commands() -> None:
    """What decides how much a vulnerability matters comes back; commands and their secrets never leave."""
    config = ImageConfig(
        user="1000",
        exposed_ports=("80/tcp",),
        diff_ids=("sha256:1", "sha256:2"),
        environment=("TOKEN=secret",),
        history=(
            History("ADD file:1 in /"),
            History('/bin/sh -c #(nop)  CMD ["bash"]', empty_layer=True),
            History("RUN curl -H 'token: secret' x"),
        ),
    )
    told = materials.configuration_text(config)
    assert "secret" not in told
    again = materials.configuration_of(told)
    assert (again.user, again.exposed_ports, again.diff_ids) == ("1000", ("80/tcp",), config.diff_ids)
    assert [(h.created_by, h.empty_layer) for h in again.history] == [("ADD ", False), ("CMD ", True), ("RUN ", False)]
    assert materials.configuration_text(ImageConfig()) == ""


@pytest.mark.parametrize("told", ["", "{", "[]", '{"steps":3}', "\udcff", "[" * 5000])
def test_odd_configurations(told: str) -> None:
    """Anything else tells nothing."""
    assert materials.configuration_of(told) == ImageConfig()


@pytest.mark.parametrize(
    ("text", "terms", "texts"),
    [
        ("MIT", "MIT", []),
        ("apache-2.0 or MIT", "Apache-2.0 OR MIT", []),
        ("(MIT OR ISC) AND Zlib", "(MIT OR ISC) AND Zlib", []),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", []),
        ("LicenseRef-mine", "LicenseRef-mine", ["mine"]),
        ("My own words of 1999", "LicenseRef-My-own-words-of-1999-", ["My own words of 1999"]),
        ("", "", []),
        ("NOASSERTION", "", []),
    ],
)
def test_licences_are_terms_of_spdx(text: str, terms: str, texts: list[str]) -> None:
    """What SPDX knows is said in its words; all else becomes a reference that holds the text."""
    said, kept = materials.licence_terms(text)
    assert said.startswith(terms)
    assert bool(said) == bool(terms)
    assert list(kept.values()) == texts
    assert materials.licence_terms(text) == (said, kept)
