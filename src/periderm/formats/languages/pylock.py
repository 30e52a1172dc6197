"""Python's standard lock file, pylock.toml and pylock.NAME.toml. Folders are the project's own and no packages.

A package that only an extra or a dependency group asks for says so in its marker. Source: PEP 751.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def accept(path: str) -> bool:
    """Whether the name is one that the standard allows."""
    parts = path.rpartition("/")[2].split(".")
    return parts[0] == "pylock" and len(parts) in (2, 3)


def read(data: bytes, path: str) -> FileFacts:
    """All packages with a version; one without (a folder, a moving source) has none to tell."""
    found = Found(path, "pypi")
    for entry in reading.tables(reading.toml_of(data, path).get("packages")):
        version = reading.text(entry.get("version"))
        if not version or "directory" in entry:
            continue
        vcs = reading.table(entry.get("vcs"))
        address = reading.text(vcs.get("url"))
        commit = reading.text(vcs.get("commit-id"))
        found.add(
            reading.text(entry.get("name")),
            version,
            scope=_scope(reading.text(entry.get("marker"))),
            qualifiers={"vcs_url": f"{reading.text(vcs.get('type'))}+{address}@{commit}"} if address else None,
            dependencies=_dependencies(entry),
        )
    return found.facts()


def _scope(marker: str) -> str:
    if "in dependency_groups" in marker:
        return DEVELOPMENT
    return OPTIONAL if "in extras" in marker else ""


def _dependencies(entry: dict[str, object]) -> Iterator[str]:
    return (reading.text(one.get("name")) for one in reading.tables(entry.get("dependencies")))


FORMAT = PackageFormat(
    id="pylock",
    title=Text("Python lock files (PEP 751)", "Python 锁文件（PEP 751）"),
    read=read,
    suffixes=(".toml",),
    accept=accept,
    source_only=True,
    most=8 * MIB,
)
