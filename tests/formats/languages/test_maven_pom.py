"""Maven's project file."""

from __future__ import annotations

import pytest

from periderm.formats.languages import maven_pom
from periderm.formats.languages.java_manifest import Coordinates
from periderm.formats.languages.maven_pom import FORMAT
from periderm.model.errors import FormatError, LimitError
from tests.formats.languages.samples import POM, read


def test_dependencies_with_exact_versions() -> None:
    """Properties and managed versions are filled in; ranges and what only a parent knows are not told."""
    assert read(FORMAT, POM, "app/pom.xml") == [
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        "pkg:maven/g/managed@1.1",
        "pkg:maven/com.example/sister@3.0",
        "pkg:maven/junit/junit@4.13 development",
        "pkg:maven/g/api@1 optional",
    ]


def test_what_it_is_itself() -> None:
    """The group and version may be the parent's."""
    assert maven_pom.coordinates(POM, "pom.xml") == Coordinates("com.example", "demo", "3.0")
    assert maven_pom.coordinates("<project><artifactId>a</artifactId></project>", "pom.xml") is None


def test_licences() -> None:
    """By name, else by address; where one is not known, nothing is told."""
    for inside, told in (
        ("<license><name>MIT License</name></license>", "MIT"),
        ("<license><name>x</name><url>https://opensource.org/licenses/MIT</url></license>", "MIT"),
        ("<license><name>MIT</name></license><license><name>Other</name></license>", ""),
        ("<!-- <license><name>Other</name></license> --><license><name>MIT</name></license>", "MIT"),
        ("", ""),
    ):
        assert maven_pom.licence(f"<project><licenses>{inside}</licenses></project>") == told
    assert maven_pom.licence(POM) == ""
    assert maven_pom.licence("<!-- <licenses><license><name>MIT</name></license></licenses> -->") == ""


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<project><artifactId>&b;</artifactId></project>"""


def test_entities_are_refused() -> None:
    """No document type, so no bombs and no files of the machine."""
    for text in (BOMB, '<!DOCTYPE p SYSTEM "file:///etc/passwd"><project/>'):
        with pytest.raises(FormatError, match="document type"):
            read(FORMAT, text, "pom.xml")


def test_hostile_files() -> None:
    """Depth and loops of properties are bounded; no XML is an error."""
    with pytest.raises(LimitError):
        read(FORMAT, "<a>" * 100_000, "pom.xml")
    loop = POM.replace("2.14.1", "${log4j.version}${log4j.version}")
    assert not any("log4j" in purl for purl in read(FORMAT, loop, "pom.xml"))
    with pytest.raises(FormatError):
        read(FORMAT, "no xml", "pom.xml")
