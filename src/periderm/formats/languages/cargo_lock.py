"""Cargo's lock file, Cargo.lock, of versions 1 to 4. Packages without a source are the project's own and not told.

Cargo does not write what is for development only: no scope is told. Source: doc.rust-lang.org/cargo, and cargo's resolver
encoding as it writes it.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "cargo")
    for entry in reading.tables(reading.toml_of(data, path).get("package")):
        source = reading.text(entry.get("source"))
        if not source:
            continue
        found.add(
            reading.text(entry.get("name")),
            reading.text(entry.get("version")),
            qualifiers={"vcs_url": source.partition("?")[0]} if source.startswith("git+") else None,
            dependencies=(line.partition(" ")[0] for line in reading.texts(entry.get("dependencies"))),
        )
    return found.facts()


FORMAT = PackageFormat(
    id="cargo-lock",
    title=Text("Cargo lock files", "Cargo 锁文件"),
    read=read,
    names=("Cargo.lock",),
    source_only=True,
    most=8 * MIB,
)
