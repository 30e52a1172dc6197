"""uv's lock file, uv.lock. Members of the workspace are the project's own and no packages.

What is for development only, or comes with an extra of the project, is followed from what the members ask for.
Source: docs.astral.sh/uv, and the files that it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_OWN = ("editable", "virtual", "directory")
Entry = dict[str, object]


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "pypi")
    entries = list(reading.tables(reading.toml_of(data, path).get("package")))
    scopes = _scopes(entries)
    for entry in entries:
        name, source = reading.text(entry.get("name")), reading.table(entry.get("source"))
        if _is_own(source):
            continue
        git = reading.text(source.get("git"))
        found.add(
            name,
            reading.text(entry.get("version")),
            scope=scopes.get(name, ""),
            qualifiers={"vcs_url": f"git+{git}"} if git else None,
            dependencies=_named(entry.get("dependencies")),
        )
    return found.facts()


def _is_own(source: Entry) -> bool:
    return any(kind in source for kind in _OWN)


def _named(value: object) -> Iterator[str]:
    return (reading.text(one.get("name")) for one in reading.tables(value))


def _scopes(entries: list[Entry]) -> dict[str, str]:
    """The scope of each name: run time before optional before development."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(reading.text(entry.get("name")), []).append(entry)
    own = [entry for entry in entries if _is_own(reading.table(entry.get("source")))]
    scopes: dict[str, str] = {}
    for field, scope in (("dependencies", ""), ("optional-dependencies", OPTIONAL), ("dev-dependencies", DEVELOPMENT)):
        asked = [one for entry in own for one in _asked(entry.get(field))]
        _follow(asked, by_name, scopes, scope)
    return scopes


def _asked(value: object) -> Iterator[Entry]:
    """A list of dependencies, or lists by extra or group."""
    yield from reading.tables(value)
    for group in reading.table(value).values():
        yield from reading.tables(group)


def _follow(asked: Iterable[Entry], by_name: dict[str, list[Entry]], scopes: dict[str, str], scope: str) -> None:
    waiting = list(asked)
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        name = reading.text(one.get("name"))
        for extra in ("", *reading.texts(one.get("extra"))):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            scopes.setdefault(name, scope)
            for entry in by_name.get(name, []):
                extras = reading.table(entry.get("optional-dependencies"))
                waiting.extend(reading.tables(extras.get(extra) if extra else entry.get("dependencies")))


FORMAT = PackageFormat(
    id="uv-lock",
    title=Text("uv lock files", "uv 锁文件"),
    read=read,
    names=("uv.lock",),
    source_only=True,
    most=8 * MIB,
)
