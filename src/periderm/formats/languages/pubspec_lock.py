"""Dart's lock file, pubspec.lock. What comes from a folder or with the SDK is not told.

Source: github.com/dart-lang/pub, LockFile and its git source (`resolved-ref`).
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names; only direct ones say that they are for development."""
    found = Found(path, "pub")
    for name, value in reading.table(reading.table(reading.yaml_of(data, path)).get("packages")).items():
        entry = reading.table(value)
        source = entry.get("source")
        if source in ("sdk", "path"):
            continue
        told = reading.table(entry.get("description"))
        git = f"git+{reading.text(told.get('url'))}@{reading.text(told.get('resolved-ref'))}" if source == "git" else ""
        scope = DEVELOPMENT if entry.get("dependency") == "direct dev" else ""
        found.add(name, reading.text(entry.get("version")), scope=scope, qualifiers={"vcs_url": git})
    return found.facts()


FORMAT = PackageFormat(
    id="pubspec-lock",
    title=Text("Dart lock files", "Dart 锁文件"),
    read=read,
    names=("pubspec.lock",),
    source_only=True,
    most=16 * MIB,
)
