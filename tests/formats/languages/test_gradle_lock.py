"""Gradle's lock files."""

from __future__ import annotations

from periderm.formats.languages.gradle_lock import FORMAT, accept
from tests.formats.languages.samples import GRADLE, read


def test_artifacts_and_configurations() -> None:
    """What only tests or processors ask for is for development."""
    assert read(FORMAT, GRADLE, "app/gradle.lockfile") == [
        "pkg:maven/com.google.guava/guava@31.1-jre",
        "pkg:maven/junit/junit@4.13.2 development",
        "pkg:maven/org.projectlombok/lombok@1.18.30 development",
    ]
    assert read(FORMAT, "g:a:1=classpath\n", "app/buildscript-gradle.lockfile") == ["pkg:maven/g/a@1 development"]
    assert read(FORMAT, "g:a:1=incomingCatalogForLibs0\nempty=\n", "settings-gradle.lockfile") == [
        "pkg:maven/g/a@1 development"
    ]
    assert read(FORMAT, "# comment\ng:a:1\n", "gradle/dependency-locks/runtimeClasspath.lockfile") == ["pkg:maven/g/a@1"]
    assert FORMAT.read(GRADLE.encode(), "gradle.lockfile").packages[0].name == "com.google.guava:guava"


def test_which_files() -> None:
    """Gradle's own places."""
    assert accept("app/gradle.lockfile")
    assert accept("app/gradle/dependency-locks/compileClasspath.lockfile")
    assert not accept("app/other.lockfile")
