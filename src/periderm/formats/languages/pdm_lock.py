"""PDM's lock file, pdm.lock. Folders and editable packages are the project's own and no packages.

Source: pdm-project.org, lock file, and the files that it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names; groups besides `default` are for development."""
    found = Found(path, "pypi")
    for entry in reading.tables(reading.toml_of(data, path).get("package")):
        if "path" in entry or entry.get("editable") is True:
            continue
        git, revision = reading.text(entry.get("git")), reading.text(entry.get("revision"))
        groups = list(reading.texts(entry.get("groups")))
        found.add(
            reading.text(entry.get("name")),
            reading.text(entry.get("version")),
            scope=DEVELOPMENT if groups and "default" not in groups else "",
            qualifiers={"vcs_url": f"git+{git}" + (f"@{revision}" if revision else "")} if git else None,
            dependencies=_dependencies(entry),
        )
    return found.facts()


def _dependencies(entry: dict[str, object]) -> Iterator[str]:
    for line in reading.texts(entry.get("dependencies")):
        match = _NAME.match(line)
        if match:
            yield match.group()


FORMAT = PackageFormat(
    id="pdm-lock",
    title=Text("PDM lock files", "PDM 锁文件"),
    read=read,
    names=("pdm.lock",),
    source_only=True,
    most=8 * MIB,
)
