"""Java archives."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import java_archive
from periderm.formats.languages.java_archive import FORMAT, accept
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from tests.formats.languages.samples import FAT_JAR, INNER, POM, jar, maven_jar, nested, only, overlapping, pom_properties, read

words = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
LOG4J = maven_jar("org.apache.logging.log4j", "log4j-core", "2.14.1")
SPRING = jar({"META-INF/MANIFEST.MF": "Implementation-Title: spring-core\r\nImplementation-Version: 5.3.17\r\n\r\n"})


def test_a_jar_by_its_pom_properties() -> None:
    """Group, artifact, version and the checksum, whatever the file is called."""
    for name in ("log4j-core-2.14.1.jar", "renamed.jar", "lib.jar"):
        package = only(FORMAT.read(LOG4J, f"app/lib/{name}"))
        assert package.purl == "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
        assert (package.name, package.origin) == ("org.apache.logging.log4j:log4j-core", Origin.INSTALLED)
        assert package.hashes == (f"sha1:{hashlib.sha1(LOG4J).hexdigest()}",)  # noqa: S324 -- it names, it does not protect


def test_a_jar_by_its_manifest_or_name() -> None:
    """Jars of Gradle and Ant have no pom: the well-known ones still get their group, also renamed."""
    assert read(FORMAT, SPRING, "app/spring-core-5.3.17.jar") == ["pkg:maven/org.springframework/spring-core@5.3.17"]
    assert read(FORMAT, SPRING, "app/renamed.jar") == ["pkg:maven/org.springframework/spring-core@5.3.17"]
    bare = jar({"x.class": b""})
    assert read(FORMAT, bare, "lib/okhttp-4.9.0.jar") == ["pkg:maven/com.squareup.okhttp3/okhttp@4.9.0"]
    assert read(FORMAT, bare, "lib/nobody-knows.jar") == []
    bundle = jar({"META-INF/MANIFEST.MF": "Bundle-SymbolicName: org.acme.tool;singleton:=true\nBundle-Version: 2.0\n"})
    assert read(FORMAT, bundle, "lib/tool.jar") == ["pkg:maven/org.acme/tool@2.0"]


def test_a_name_with_a_version_in_its_middle() -> None:
    """The pom says where the version begins."""
    data = maven_jar("org.apache.logging.log4j", "log4j-1.2-api", "2.17.0")
    assert read(FORMAT, data, "lib/log4j-1.2-api-2.17.0.jar") == ["pkg:maven/org.apache.logging.log4j/log4j-1.2-api@2.17.0"]


def test_one_copy_in_another_archive() -> None:
    """A jar of Gradle that carries one artifact of Maven is not that artifact; without classes of its own it is, whatever
    version its name pretends."""
    carrier = maven_jar("org.apache.logging.log4j", "log4j-core", "2.14.1", **{"org/springframework/X.class": b""})
    told = FORMAT.read(carrier, "lib/spring-core-5.3.17.jar").packages
    assert read(FORMAT, LOG4J, "lib/harmless-9.9.jar") == ["pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"]
    assert [(p.name, p.origin) for p in told] == [
        ("org.springframework:spring-core", Origin.INSTALLED),
        ("org.apache.logging.log4j:log4j-core", Origin.EMBEDDED),
    ]


def test_tomcat() -> None:
    """Its catalina.jar has neither pom nor version in the name."""
    catalina = jar({"META-INF/MANIFEST.MF": "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.30\n"})
    assert read(FORMAT, catalina, "usr/local/tomcat/lib/catalina.jar") == ["pkg:maven/org.apache.tomcat/tomcat-catalina@9.0.30"]


def test_shaded_copies() -> None:
    """Each pom.properties of another artifact is a copy that lies inside."""
    shaded = jar(
        {
            f"META-INF/maven/{g}/{a}/pom.properties": pom_properties(g, a, v)
            for g, a, v in (("com.acme", "tool", "1.0"), ("com.google.guava", "guava", "19.0"), ("org.ow2.asm", "asm", "5.0"))
        }
    )
    told = FORMAT.read(shaded, "opt/tool-1.0.jar").packages
    assert [(p.name, p.origin) for p in told] == [
        ("com.acme:tool", Origin.INSTALLED),
        ("com.google.guava:guava", Origin.EMBEDDED),
        ("org.ow2.asm:asm", Origin.EMBEDDED),
    ]


def test_licences() -> None:
    """Of the manifest, else of the archive's own pom."""
    pom = "<project><licenses><license><name>Apache-2.0</name></license></licenses></project>"
    place = "META-INF/maven/g/a"
    files = {f"{place}/pom.properties": pom_properties("g", "a", "1"), f"{place}/pom.xml": pom}
    assert only(FORMAT.read(jar(files), "a.jar")).licence == "Apache-2.0"
    manifest = {"META-INF/MANIFEST.MF": "Bundle-License: https://opensource.org/licenses/MIT;description=x\n"}
    assert only(FORMAT.read(jar(files | manifest), "a.jar")).licence == "MIT"


def test_a_pom_without_properties() -> None:
    """The pom.xml inside is enough; its group may be its parent's."""
    data = jar({"META-INF/maven/com.example/demo/pom.xml": POM})
    assert read(FORMAT, data, "lib/demo.jar") == ["pkg:maven/com.example/demo@3.0"]


@pytest.mark.parametrize("suffix", ["jar", "war", "ear", "hpi", "aar"])
def test_archives_in_archives(suffix: str) -> None:
    """What lies inside is told at its place, stored or packed."""
    for stored in ((".jar",), ()):
        data = jar({"WEB-INF/lib/b.jar": INNER}, stored)
        package = only(FORMAT.read(data, f"app/a.{suffix}"))
        assert (package.path, package.origin) == (f"app/a.{suffix}!/WEB-INF/lib/b.jar", Origin.EMBEDDED)
        assert package.name == "com.fasterxml.jackson.core:jackson-databind"


def test_spring_boot() -> None:
    """The fat jar's libraries."""
    assert read(FORMAT, FAT_JAR, "app.jar") == ["pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.9.8"]


def test_depth_is_bounded_and_said() -> None:
    """Seven archives around are read; of forty, eight, and that is said."""
    assert len(FORMAT.read(nested(7), "a.jar").packages) == 1
    facts = FORMAT.read(nested(40), "a.jar")
    assert facts.packages == ()
    assert "more than 8 deep" in facts.missed[0].en


def test_what_is_damaged_inside_is_said() -> None:
    """The rest of the archive is still told."""
    data = jar({"lib/broken.jar": b"PK\x03\x04 no archive", "lib/good.jar": INNER, "META-INF/maven/g/a/pom.xml": "<x"})
    facts = FORMAT.read(data, "a.war")
    assert [p.path for p in facts.packages] == ["a.war!/lib/good.jar"]
    assert [m.en.partition(":")[0] for m in facts.missed] == ["a.war", "a.war!/lib/broken.jar"]


def test_overlapping_members_are_refused() -> None:
    """A small archive that unfolds without end."""
    with pytest.raises(FormatError, match="overlap"):
        FORMAT.read(overlapping(jar({f"{n}.jar": INNER for n in range(50)})), "bomb.jar")


def test_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inflated bytes, held bytes, archives, entries: each ends the work and says so."""
    packed = jar({f"{n}.jar": jar({"x": bytes(4000)}, stored=("x",)) for n in range(4)}, stored=())
    monkeypatch.setattr(java_archive, "MOST_INFLATED", 9_000)
    assert len(FORMAT.read(packed, "a.jar").missed) == 2
    monkeypatch.setattr(java_archive, "MOST_INFLATED", 1 << 20)
    monkeypatch.setattr(java_archive, "MOST_ARCHIVES", 3)
    assert "beyond 3" in FORMAT.read(packed, "a.jar").missed[0].en
    monkeypatch.setattr(java_archive, "MOST_ENTRIES", 4)
    assert FORMAT.read(packed, "a.jar").missed
    monkeypatch.setattr(java_archive, "MOST_HELD", 100)
    assert FORMAT.read(packed, "a.jar").missed


def test_archives_without_code() -> None:
    """Sources and documents of an artifact are not the artifact, neither alone nor in another archive."""
    assert not accept("lib/log4j-core-2.14.1-sources.jar")
    assert accept("lib/log4j-core-2.14.1.jar")
    assert read(FORMAT, jar({"lib/log4j-core-2.14.1-javadoc.jar": LOG4J}), "a.war") == []


def test_hostile_names() -> None:
    """A member's name cannot break the place that is told."""
    package = only(FORMAT.read(jar({"lib/\x1b[31m\n.jar": INNER}), "a.jar"))
    assert package.path.isprintable()


def test_the_other_rar() -> None:
    """A .rar that is no Java archive is nothing of ours."""
    assert not FORMAT.read(b"Rar!\x1a\x07\x00", "a.rar")
    with pytest.raises(FormatError):
        FORMAT.read(b"text", "a.jar")


@given(words, words, st.integers(0, 50))
def test_every_maven_jar(group: str, artifact: str, major: int) -> None:
    """A jar that Maven built says what it is, renamed or not."""
    data = maven_jar(f"com.{group}", artifact, f"{major}.0", **{"x.class": b"x"})
    expected = [f"pkg:maven/com.{group}/{artifact}@{major}.0"]
    assert read(FORMAT, data, f"{artifact}-{major}.0.jar") == read(FORMAT, data, "renamed.jar") == expected
