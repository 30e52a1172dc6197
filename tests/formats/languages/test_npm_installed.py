"""Installed packages of Node."""

from __future__ import annotations

import json

import pytest

from periderm.formats.languages.npm_installed import FORMAT, accept
from periderm.model.image import Origin
from tests.formats.languages.samples import PACKAGE_JSON, only, read

PLAIN = json.dumps({"name": "yarn", "version": "1.22.19", "license": {"type": "BSD-2-Clause"}})


def test_a_package() -> None:
    """Its scope is the namespace; what it needs to run is told, what its developers need is not."""
    package = only(FORMAT.read(PACKAGE_JSON.encode(), "app/node_modules/@s/c/package.json"))
    assert (package.name, package.purl) == ("@s/c", "pkg:npm/%40s/c@3.1.0")
    assert (package.licence, package.vendor, package.origin) == ("MIT", "A. Person", Origin.INSTALLED)
    assert package.dependencies == ("b", "fsevents")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("app/node_modules/yarn/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("app/node_modules/.pnpm/yarn@1.22.19/node_modules/yarn/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("app/node_modules/a/node_modules/yarn/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("app/node_modules/a/test/fixtures/node_modules/yarn/package.json", ["pkg:npm/yarn@1.22.19 test"]),
        ("app/test/node_modules/yarn/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("opt/yarn-v1.22.19/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("root/.cache/node/corepack/yarn/1.22.19/package.json", ["pkg:npm/yarn@1.22.19"]),
        ("srv/app-2.0/package.json", []),
    ],
)
def test_places(path: str, told: list[str]) -> None:
    """Installed, nested, in a store, by hand; a package's fixtures have the scope 'test'; an application is no package."""
    assert accept(path)
    assert read(FORMAT, PLAIN, path) == told


@pytest.mark.parametrize(
    "path",
    [
        "package.json",
        "app/package.json",
        "app/node_modules/a/lib/package.json",
        "app/node_modules/@s/package.json",
        "app/node_modules/.bin/package.json",
        "app/node_modules/resolve/test/mock/package.json",
    ],
)
def test_what_is_no_package(path: str) -> None:
    """A package's inner files and an application's own."""
    assert not accept(path)


@pytest.mark.parametrize(
    ("licence", "told"),
    [
        ({"license": "(MIT OR Apache-2.0)"}, "(MIT OR Apache-2.0)"),
        ({"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]}, "(MIT OR GPL-2.0)"),
        ({"license": ["MIT"]}, "MIT"),
        ({"license": "SEE LICENSE IN LICENSE.md"}, ""),
        ({"license": 5}, ""),
        ({}, ""),
    ],
)
def test_licences(licence: dict[str, object], told: str) -> None:
    """The old forms too."""
    data = json.dumps({"name": "a", "version": "1.0.0", **licence})
    assert only(FORMAT.read(data.encode(), "x/node_modules/a/package.json")).licence == told


def test_files_that_are_no_package() -> None:
    """Without a name or a version there is nothing to tell."""
    for text in ("{}", "[]", '{"name": "a"}', '{"name": "a", "version": "workspace:*"}', '{"name": 1, "version": "1"}'):
        assert read(FORMAT, text, "x/node_modules/a/package.json") == []
