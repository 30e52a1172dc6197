"""Go's checksums, go.sum, for a folder that has no go.mod. Resolves nothing.

go.sum names all versions that were ever looked at; told is the highest of each module whose content was fetched (and not
only its go.mod). Where go.mod lies beside it, that is the better witness and go.sum is not asked (`unless`).
Source: go.dev/ref/mod, go.sum files.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_VERSION = re.compile(r"v\d{1,12}\.\d{1,12}\.\d{1,12}(?:[-+][0-9A-Za-z.+-]+)?")


def read(data: bytes, path: str) -> FileFacts:
    """The highest version of each module."""
    found = Found(path, "golang")
    highest: dict[str, tuple[tuple[object, ...], str]] = {}
    for line in reading.decoded(data).splitlines():
        words = line.split()
        if len(words) == 3 and _VERSION.fullmatch(words[1]):
            key = _order(words[1])
            if words[0] not in highest or highest[words[0]][0] < key:
                highest[words[0]] = (key, words[1])
    for module, (_, version) in highest.items():
        namespace, _, name = module.rpartition("/")
        found.add(name, version, namespace=namespace)
    return found.facts()


def _order(version: str) -> tuple[object, ...]:
    """Enough order for one module's own versions: numbers, then a release after its pre-releases, then their text."""
    numbers, dash, rest = version[1:].partition("-")
    return (*(int(n) for n in numbers.partition("+")[0].split(".")), not dash, rest)


FORMAT = PackageFormat(
    id="go-sum",
    title=Text("Go checksum files", "Go 校验和文件"),
    read=read,
    names=("go.sum",),
    unless="go.mod",
    source_only=True,
)
