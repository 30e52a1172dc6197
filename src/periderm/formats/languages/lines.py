"""Finds the line of a manifest or lock file on which a package stands, so that it can be pointed at. Parses no more of the
file than that: what is in it, the formats say; a package whose line is not found keeps none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.model.image import Package

LARGEST = 16 << 20
_LONGEST = 4096  # characters of a line that are looked at
_NEAR = 6  # lines from a name to its version
Row = tuple[str, str, int]  # name, version ('' for any), line from 1

_TOML_NAME = re.compile(r'\s*name = "([^"]{1,400})"')
_TOML_VERSION = re.compile(r'\s*version = "([^"]{1,200})"')
_JSON_NAME = re.compile(r'\s*"name": ?"([^"]{1,400})"')
_JSON_KEY = re.compile(r'\s*"([^"]{1,1000})": ?\{')
_JSON_VERSION = re.compile(r'\s*"(?:version|resolved)": ?"([^"]{1,200})"')
_YARN_NAME = re.compile(r'"?(@?[^@",\s]{1,300})@[^\n]*:\s*$')
_YARN_VERSION = re.compile(r'\s+version:? "?([^"\s]{1,200})"?')
_PNPM = re.compile(r"\s{2,4}['\"]?/?(@?[^@'\"/(\s]{1,200}(?:/[^@'\"/(\s]{1,200})?)[@/]([0-9][^:('\"/]{0,200})")
_GO = re.compile(r"\s*(?:require\s+)?([a-zA-Z0-9][^\s()]{1,400})\s+(v[^\s/]{1,200})")
_GEM = re.compile(r" {4}(\S{1,200}) \(([^)\s]{1,200})\)")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]{0,200})\s*(?:\[[^\]]*\])?\s*(?:===?\s*([^\s;,#\\]{1,200}))?")
_COLON = re.compile(r"\s*([\w.-]{1,200}:[\w.-]{1,200}):([^=\s]{1,200})")
_ARTIFACT = re.compile(r"\s*<artifactId>\s*([^<\s]{1,300})\s*</artifactId>")
_DASHES = re.compile(r"[-_.]+")


def with_lines(data: bytes, path: str, packages: Sequence[Package]) -> tuple[Package, ...]:
    """The packages with the lines on which they stand in this file, where its kind is one of those known here."""
    read = _reader(path.rpartition("/")[2])
    if read is None or not packages or len(data) > LARGEST:
        return tuple(packages)
    places: dict[tuple[str, str], int] = {}
    for name, version, line in read(_lines(data)):
        plain = _plain(name)
        places.setdefault((plain, _version(version)), line)
        places.setdefault((plain, ""), line)
    return tuple(_placed(package, places) for package in packages)


def _placed(package: Package, places: dict[tuple[str, str], int]) -> Package:
    names = (_plain(package.name), _plain(package.name.rpartition(":")[2]))
    version = _version(package.version)
    line = next((places[key] for n in names for key in ((n, version), (n, "")) if key in places), 0)
    return msgspec.structs.replace(package, line=line) if line else package


def _plain(name: str) -> str:
    return _DASHES.sub("-", name).lower()


def _version(text: str) -> str:
    return text.lstrip("=v ").partition("+incompatible")[0]


def _lines(data: bytes) -> list[str]:
    return [line[:_LONGEST] for line in data.decode("utf-8", "replace").split("\n")]


def _reader(name: str) -> Callable[[list[str]], Iterator[Row]] | None:
    """By the file's base name."""
    if name.endswith((".txt", ".in")):
        return _requirements
    return _READERS.get(name)


def _requirements(lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        found = _REQUIREMENT.match(line)
        if found:
            yield found[1], found[2] or "", number


def _one_line(pattern: re.Pattern[str]) -> Callable[[list[str]], Iterator[Row]]:
    """Files that have name and version in one line."""

    def read(lines: list[str]) -> Iterator[Row]:
        for number, line in enumerate(lines, 1):
            found = pattern.match(line)
            if found:
                yield found[1], found[2] if pattern.groups > 1 else "", number

    return read


def _apart(name: re.Pattern[str], version: re.Pattern[str]) -> Callable[[list[str]], Iterator[Row]]:
    """Files that have the version some lines below the name."""

    def read(lines: list[str]) -> Iterator[Row]:
        for number, line in enumerate(lines, 1):
            found = name.match(line)
            if not found:
                continue
            near = (version.match(later) for later in lines[number : number + _NEAR])
            told = next((v[1] for v in near if v), "")
            yield found[1].rpartition("node_modules/")[2], told, number

    return read


_TOML = _apart(_TOML_NAME, _TOML_VERSION)
_NPM = _apart(_JSON_KEY, _JSON_VERSION)
_READERS: dict[str, Callable[[list[str]], Iterator[Row]]] = {
    "Cargo.lock": _TOML,
    "poetry.lock": _TOML,
    "uv.lock": _TOML,
    "pdm.lock": _TOML,
    "pylock.toml": _TOML,
    "package-lock.json": _NPM,
    "npm-shrinkwrap.json": _NPM,
    "Pipfile.lock": _NPM,
    "packages.lock.json": _NPM,
    "composer.lock": _apart(_JSON_NAME, _JSON_VERSION),
    "yarn.lock": _apart(_YARN_NAME, _YARN_VERSION),
    "pnpm-lock.yaml": _one_line(_PNPM),
    "go.mod": _one_line(_GO),
    "go.sum": _one_line(_GO),
    "Gemfile.lock": _one_line(_GEM),
    "gradle.lockfile": _one_line(_COLON),
    "pom.xml": _one_line(_ARTIFACT),
}
