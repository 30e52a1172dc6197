"""What a .NET program was published with: NAME.deps.json. Projects are the program's own and not told.

Source: github.com/dotnet/cli, specification of runtime configuration files; files that the SDK wrote, for `runtimepack`.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.image import Origin
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def accept(path: str) -> bool:
    """Whether the name is one of such a file."""
    return path.endswith(".deps.json")


def read(data: bytes, path: str) -> FileFacts:
    """All packages and runtime packs."""
    found = Found(path, "nuget", Origin.INSTALLED)
    told = reading.table(reading.json_of(data, path))
    asked: dict[str, list[str]] = {}
    for target in reading.table(told.get("targets")).values():
        for key, entry in reading.table(target).items():
            asked.setdefault(key, []).extend(reading.table(reading.table(entry).get("dependencies")))
    for key, value in reading.table(told.get("libraries")).items():
        name, _, version = key.rpartition("/")
        kind = reading.text(reading.table(value).get("type")).lower()
        if kind in ("package", "runtimepack"):
            found.add(name.removeprefix("runtimepack."), version, dependencies=asked.get(key, ()))
    return found.facts()


FORMAT = PackageFormat(
    id="dotnet-deps",
    title=Text(".NET program dependencies", ".NET 程序依赖"),
    read=read,
    suffixes=(".json",),
    accept=accept,
)
