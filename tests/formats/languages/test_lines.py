"""The line of a manifest on which a package stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.lines import with_lines
from periderm.model.image import Package

NPM = """{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {"name": "shop", "version": "1.0.0"},
    "node_modules/lodash": {
      "version": "4.17.20",
      "resolved": "x"
    },
    "node_modules/a/node_modules/lodash": {
      "version": "3.0.0"
    },
    "node_modules/@types/node": {
      "version": "20.1.0"
    }
  }
}"""
FILES = {
    "requirements.txt": "# pins\nDjango==4.2.1 \\\n    --hash=sha256:00\nrequests[socks] >= 2.0\n-r other.txt\n",
    "package-lock.json": NPM,
    "go.mod": (
        "module shop\n\ngo 1.22\n\nrequire (\n\tgolang.org/x/net v0.10.0\n\tgithub.com/a/b v2.0.0+incompatible // indirect\n)\n"
    ),
    "Cargo.lock": (
        'version = 3\n\n[[package]]\nname = "time"\nversion = "0.1.44"\n\n[[package]]\nname = "time"\nversion = "0.3.0"\n'
    ),
    "poetry.lock": '[[package]]\nname = "Jinja2"\nversion = "3.0.0"\ndescription = "x"\n',
    "Gemfile.lock": "GEM\n  remote: x\n  specs:\n    rack (2.2.3)\n      nothing (>= 1)\n    nokogiri (1.13.0-x86_64-linux)\n",
    "composer.lock": (
        '{\n  "packages": [\n    {\n      "name": "symfony/http-kernel",\n      "version": "v5.4.0"\n    }\n  ]\n}'
    ),
    "yarn.lock": (
        '# yarn lockfile v1\n\n"@babel/core@^7.0.0", "@babel/core@^7.1.0":\n  version "7.20.0"\n\n'
        'lodash@^4.17.0:\n  version "4.17.20"\n'
    ),
    "pnpm-lock.yaml": (
        "lockfileVersion: '9.0'\n\npackages:\n\n  '@babel/core@7.20.0':\n    resolution: {}\n"
        "  lodash@4.17.20:\n    resolution: {}\n"
    ),
    "pom.xml": (
        "<project>\n <dependencies>\n  <dependency>\n   <groupId>org.x</groupId>\n   <artifactId>log4j-core</artifactId>\n"
    ),
    "gradle.lockfile": "# x\norg.x:log4j-core:2.14.0=runtimeClasspath\n",
}


def package(name: str, version: str) -> Package:
    """A package by that name."""
    return Package(name=name, version=version, type="x", purl=f"pkg:x/{name}@{version}")


@pytest.mark.parametrize(
    ("file", "name", "version", "line"),
    [
        ("requirements.txt", "django", "4.2.1", 2),
        ("requirements.txt", "requests", "", 4),
        ("package-lock.json", "lodash", "4.17.20", 6),
        ("package-lock.json", "lodash", "3.0.0", 10),
        ("package-lock.json", "@types/node", "20.1.0", 13),
        ("go.mod", "golang.org/x/net", "v0.10.0", 6),
        ("go.mod", "github.com/a/b", "v2.0.0+incompatible", 7),
        ("Cargo.lock", "time", "0.1.44", 4),
        ("Cargo.lock", "time", "0.3.0", 8),
        ("poetry.lock", "jinja2", "3.0.0", 2),
        ("Gemfile.lock", "rack", "2.2.3", 4),
        ("Gemfile.lock", "nokogiri", "1.13.0", 6),
        ("composer.lock", "symfony/http-kernel", "v5.4.0", 4),
        ("yarn.lock", "@babel/core", "7.20.0", 3),
        ("yarn.lock", "lodash", "4.17.20", 6),
        ("pnpm-lock.yaml", "@babel/core", "7.20.0", 5),
        ("pnpm-lock.yaml", "lodash", "4.17.20", 7),
        ("pom.xml", "org.x:log4j-core", "2.14.0", 5),
        ("gradle.lockfile", "org.x:log4j-core", "2.14.0", 2),
        ("Cargo.lock", "absent", "1", 0),
        ("unknown.lock", "x", "1", 0),
    ],
)
def test_the_line_is_found(file: str, name: str, version: str, line: int) -> None:
    """By name and version; where the version is written otherwise, by the first of that name."""
    (found,) = with_lines(FILES.get(file, "x 1\n").encode(), f"app/{file}", [package(name, version)])
    assert found.line == line


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=600))
def test_any_bytes_are_read(file: str, data: bytes) -> None:
    """Hostile files keep no line and break nothing."""
    with_lines(data, file, [package("x", "1")])
