"""What a Java archive says of itself."""

from __future__ import annotations

import pytest

from periderm.formats.languages import java_manifest
from periderm.formats.languages.java_manifest import Coordinates
from tests.formats.languages.samples import pom_properties


def test_continued_lines() -> None:
    """Lines are cut at 72 bytes and go on behind a blank; the sections of single files are not read."""
    text = "Created-By: x\r\nBundle-SymbolicName: org.acme.lo\r\n ng;singleton:=true\r\n\r\nName: x\r\nBundle-Version: 9\r\n"
    section = java_manifest.main_section(text)
    assert java_manifest.symbolic(section) == "org.acme.long"
    assert java_manifest.version_of(section) == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("commons-io-2.11.0.jar", ("commons-io", "2.11.0")),
        ("guava-31.1-jre.jar", ("guava", "31.1-jre")),
        ("log4j-core-2.14.1-sources.jar", ("log4j-core", "2.14.1")),
        ("log4j-1.2-api-2.17.0.jar", ("log4j-1.2-api", "2.17.0")),
        ("netty-tcnative-2.0.48.Final-linux-x86_64.jar", ("netty-tcnative", "2.0.48.Final")),
        ("tool-1.0-20210101.123456-1.jar", ("tool", "1.0-20210101.123456-1")),
        ("tool-1.0-hadoop2.jar", ("tool", "1.0-hadoop2")),
        ("tool-1.0-SNAPSHOT.war", ("tool", "1.0-SNAPSHOT")),
        ("a/b.jar!/lib/x-1.jar", ("x", "1")),
        ("app.jar", ("app", "")),
        ("-" * 70_000 + "1.jar", ("-" * 70_000 + "1", "")),
    ],
)
def test_file_names(name: str, told: tuple[str, str]) -> None:
    """What Maven's names mean; endless names end."""
    assert java_manifest.from_name(name) == told


def test_pom_properties() -> None:
    """Comments are passed over; a placeholder is no version."""
    assert java_manifest.properties(pom_properties("g", "a", "1")) == Coordinates("g", "a", "1")
    assert java_manifest.properties(pom_properties("g", "a", "${revision}")) is None
    assert java_manifest.properties("artifactId = a") is None


def test_versions_and_licences() -> None:
    """The most exact version; a licence only where its address means one."""
    assert java_manifest.version_of({"bundle-version": "1.2", "implementation-version": "Apache Tomcat"}) == "1.2"
    assert java_manifest.licence_of({"bundle-license": "https://www.apache.org/licenses/LICENSE-2.0.txt"}) == "Apache-2.0"
    assert java_manifest.licence_of({"bundle-license": "https://example.com/licence, MIT"}) == ""
    assert java_manifest.vendor_of({"bundle-vendor": "Acme"}) == "Acme"
