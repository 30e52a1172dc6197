"""The packages of one file as they are found: bounded, without copies, with canonical package URLs. Reads no bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from periderm.model import purl
from periderm.model.image import Origin, Package
from periderm.model.package_format import FileFacts, Licensed, Owned
from periderm.model.text import Text

MOST_PACKAGES = 200_000  # of one file; the rest is told as not read
MOST_DEPENDENCIES = 2_000  # of one package
LONGEST = 512  # characters of a name, a version, a licence
DEVELOPMENT, OPTIONAL, TEST = "development", "optional", "test"

# What is declared below such a folder is not what runs: it tries something out, or belongs to an installed package.
TEST_FOLDERS = frozenset(
    (
        *("test", "tests", "testdata", "test-data", "test_data", "testing", "__tests__", "spec", "specs"),
        *("fixture", "fixtures", "__fixtures__", "example", "examples", "sample", "samples", "e2e", "benchmarks"),
    )
)
PACKAGE_FOLDERS = frozenset(("node_modules", "site-packages", "dist-packages", "vendor", "bower_components", "gems"))
_BAD = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def in_tests(path: str) -> bool:
    """Whether a file lies below a folder of tests, fixtures or examples."""
    return any(part.lower() in TEST_FOLDERS for part in path.split("/")[:-1])


def scope_of(path: str, told: str = "") -> str:
    """The scope of what a lock file declares: 'test' if it is a test's or an installed package's own, else `told`."""
    parts = path.split("/")[:-1]
    return TEST if in_tests(path) or any(part in PACKAGE_FOLDERS for part in parts) else told


def usable(name: str) -> bool:
    """Whether a name or version can be one: no controls, blanks, marks that turn text round, or steps upwards."""
    return 0 < len(name) <= LONGEST and not _BAD.search(name) and not {"..", "."} & set(name.split("/"))


class Found:
    """Collects packages of one type from one file. `declared` ones of a test's lock file get the scope 'test'."""

    def __init__(self, path: str, kind: str, origin: Origin = Origin.DECLARED) -> None:
        self._path, self._kind, self._origin = path, kind, origin
        self._packages: dict[tuple[str, str, str], Package] = {}
        self._unusable = 0
        self._more = 0
        self._tests = origin is Origin.DECLARED and scope_of(path) == TEST
        self.owned: list[Owned] = []
        self.licensed: list[Licensed] = []
        self.missed: list[Text] = []

    def add(
        self,
        name: str,
        version: str,
        *,
        namespace: str = "",
        between: str = "/",
        kind: str = "",
        path: str = "",
        scope: str = "",
        licence: str = "",
        vendor: str = "",
        origin: Origin | None = None,
        subpath: str = "",
        hashes: Iterable[str] = (),
        dependencies: Iterable[str] = (),
        qualifiers: dict[str, str] | None = None,
    ) -> None:
        """One package; its full name is namespace + `between` + name. One that is there already keeps the wider scope
        (run time before all others)."""
        if not usable(name) or not usable(version) or (namespace and not usable(namespace)):
            self._unusable += 1
            return
        full = f"{namespace}{between}{name}" if namespace else name
        key = (full if not subpath else f"{full}#{subpath}", version, path)
        scope = TEST if self._tests else scope
        old = self._packages.get(key)
        if old is not None and (old.scope == scope or not old.scope):
            return
        if old is None and len(self._packages) >= MOST_PACKAGES:
            self._more += 1
            return
        kind = kind or self._kind
        self._packages[key] = Package(
            name=full,
            version=version,
            type=kind,
            purl=purl.of(kind, name, version, namespace, subpath, **{k: v[:LONGEST] for k, v in (qualifiers or {}).items()}),
            licence=_line(licence),
            path=path or self._path,
            origin=origin or self._origin,
            scope=scope,
            vendor=_line(vendor),
            hashes=tuple(hashes),
            dependencies=tuple(_bounded(dependencies)),
        )

    def miss(self, english: str, chinese: str) -> None:
        """Says that something of this file was not read."""
        self.missed.append(Text(f"{self._path}: {english}", f"{self._path}：{chinese}"))

    def facts(self) -> FileFacts:
        """All that was found."""
        if self._unusable:
            n = self._unusable
            self.miss(f"{n} entries have names or versions that cannot be read.", f"有 {n} 个条目的名称或版本无法读取。")
        if self._more:
            n = self._more
            self.miss(
                f"{n} packages beyond {MOST_PACKAGES} were not read.", f"超过 {MOST_PACKAGES} 个软件包，另有 {n} 个未读取。"
            )
        return FileFacts(
            packages=tuple(self._packages.values()),
            owned=tuple(self.owned),
            licensed=tuple(self.licensed),
            missed=tuple(self.missed),
        )


def _line(value: str) -> str:
    """A text of foreign bytes as one line of bounded length."""
    return " ".join(_BAD.sub(" ", value[: 4 * LONGEST]).split())[:LONGEST]


def _bounded(names: Iterable[str]) -> Iterator[str]:
    given: set[str] = set()
    for name in names:
        if name not in given and usable(name):
            if len(given) >= MOST_DEPENDENCIES:
                return
            given.add(name)
            yield name
