"""Pipenv's lock file, Pipfile.lock. What comes from an address or a folder has no version there and is not told.

Source: github.com/pypa/pipfile, Pipfile.lock.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock pins; categories besides `default` are for development."""
    found = Found(path, "pypi")
    for category, packages in reading.table(reading.json_of(data, path)).items():
        if category == "_meta":
            continue
        for name, entry in reading.table(packages).items():
            version = reading.text(reading.table(entry).get("version"))
            if version.startswith("=="):
                found.add(name, version.lstrip("= "), scope="" if category == "default" else DEVELOPMENT)
    return found.facts()


FORMAT = PackageFormat(
    id="pipfile-lock",
    title=Text("Pipenv lock files", "Pipenv 锁文件"),
    read=read,
    names=("Pipfile.lock",),
    source_only=True,
)
