"""Gradle's lock files: gradle.lockfile, those of build scripts and settings, and the older gradle/dependency-locks, which
name no configurations behind their artifacts. Resolves nothing.

Source: docs.gradle.org, dependency locking.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_DEVELOPMENT = ("test", "androidTest", "jmh", "checkstyle", "pmd", "spotbugs", "jacoco", "detekt", "ktlint", "kapt")
_PROCESSORS = ("annotationProcessor", "classpath")


def accept(path: str) -> bool:
    """Whether Gradle keeps its locks there."""
    folder, _, name = path.rpartition("/")
    return name.endswith("gradle.lockfile") or folder.endswith("gradle/dependency-locks")


def read(data: bytes, path: str) -> FileFacts:
    """All artifacts: `group:artifact:version=configuration,configuration`."""
    found = Found(path, "maven")
    name = path.rpartition("/")[2]
    all_development = name.startswith(("buildscript-", "settings-")) or name.startswith(_DEVELOPMENT)
    for line in reading.decoded(data).splitlines():
        told, _, configurations = line.strip().partition("=")
        parts = told.split(":")
        if len(parts) == 3 and not told.startswith("#"):
            development = all_development or _all_development(configurations)
            scope = DEVELOPMENT if development else ""
            found.add(parts[1], parts[2], namespace=parts[0], between=":", scope=scope)
    return found.facts()


def _all_development(configurations: str) -> bool:
    names = [name for name in configurations.split(",") if name]
    return bool(names) and all(name.startswith(_DEVELOPMENT) or name in _PROCESSORS for name in names)


FORMAT = PackageFormat(
    id="gradle-lock",
    title=Text("Gradle lock files", "Gradle 锁文件"),
    read=read,
    suffixes=(".lockfile",),
    accept=accept,
    source_only=True,
)
