"""NuGet's lock file (packages.lock.json) and the older packages.config. Projects are the program's own and not told.

Sources: github.com/NuGet/NuGet.Client, PackagesLockFileFormat (versions 1 and 2 have their targets below `dependencies`,
version 3 beside `version`, each with its `framework` and its own `dependencies`; types Direct, Transitive,
CentralTransitive, Project) and PackagesConfig.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

# packages.config is XML of one flat kind: elements with attributes, read without a parser that knows entities.
_PACKAGE = re.compile(r"<package\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "nuget")
    if path.endswith(".config"):
        _config(found, reading.decoded(data))
        return found.facts()
    for target in _targets(reading.table(reading.json_of(data, path))):
        for name, value in reading.table(target).items():
            entry = reading.table(value)
            if reading.text(entry.get("type")).lower() != "project":
                version = reading.text(entry.get("resolved"))
                found.add(name, version, dependencies=reading.table(entry.get("dependencies")))
    return found.facts()


def _targets(lock: dict[str, object]) -> list[object]:
    """What each framework asks for, in all versions of the file."""
    newer = [reading.table(value) for value in lock.values()]
    return [
        *reading.table(lock.get("dependencies")).values(),
        *(t["dependencies"] for t in newer if "framework" in t and "dependencies" in t),
    ]


def _config(found: Found, text: str) -> None:
    for match in _PACKAGE.finditer(_COMMENT.sub("", text)):
        told = {m[1].lower(): m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(match[1])}
        scope = DEVELOPMENT if told.get("developmentdependency", "").lower() == "true" else ""
        found.add(told.get("id", ""), told.get("version", ""), scope=scope)


FORMAT = PackageFormat(
    id="nuget-lock",
    title=Text("NuGet lock files", "NuGet 锁文件"),
    read=read,
    names=("packages.lock.json", "packages.config"),
    source_only=True,
)
