"""Poetry's lock file, poetry.lock, with lock versions 1 and 2. Folders are the project's own and no packages.

Lock version 1 writes a category, 2.1 and later write groups; 2.0 writes neither, and no scope is told.
Source: python-poetry.org/docs, and the files that it writes.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "pypi")
    for entry in reading.tables(reading.toml_of(data, path).get("package")):
        source = reading.table(entry.get("source"))
        if source.get("type") == "directory":
            continue
        found.add(
            reading.text(entry.get("name")),
            reading.text(entry.get("version")),
            scope=_scope(entry),
            qualifiers=_origin(source),
            dependencies=reading.table(entry.get("dependencies")),
        )
    return found.facts()


def _scope(entry: dict[str, object]) -> str:
    groups = list(reading.texts(entry.get("groups")))
    if (groups and "main" not in groups) or entry.get("category", "main") != "main":
        return DEVELOPMENT
    return OPTIONAL if entry.get("optional") is True else ""


def _origin(source: dict[str, object]) -> dict[str, str]:
    if source.get("type") != "git":
        return {}
    commit = reading.text(source.get("resolved_reference"))
    return {"vcs_url": f"git+{reading.text(source.get('url'))}" + (f"@{commit}" if commit else "")}


FORMAT = PackageFormat(
    id="poetry-lock",
    title=Text("Poetry lock files", "Poetry 锁文件"),
    read=read,
    names=("poetry.lock",),
    source_only=True,
    most=8 * MIB,
)
