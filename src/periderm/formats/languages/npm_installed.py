"""Packages of Node that lie installed: the package.json of each. Reads no lock file, and does not ask what runs.

A package.json counts if it is `node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`. Elsewhere it
counts only if the folder is named after the package and its version, as programs unpacked by hand are
('opt/yarn-v1.22.19', corepack's 'pnpm/8.15.0'); the application's own package.json is not a package that was brought.
One that lies in the tests or fixtures of another package has the scope 'test'.
Source: npm documentation, package.json and folders.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import node_names, reading
from periderm.formats.languages.found import TEST, TEST_FOLDERS, Found
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_STORES = frozenset((".pnpm", ".store"))  # node_modules/.pnpm/NAME@VERSION/node_modules/NAME


def accept(path: str) -> bool:
    """Whether the place may be that of an installed package."""
    folders = path.split("/")[:-1]
    if len(folders) >= 2 and folders[-2] == "node_modules":
        return not folders[-1].startswith((".", "@"))
    if len(folders) >= 3 and folders[-3] == "node_modules":
        return folders[-2].startswith("@")
    return any(c.isdigit() for c in folders[-1]) if folders else False


def read(data: bytes, path: str) -> FileFacts:
    """One package, or none."""
    found = Found(path, "npm", Origin.INSTALLED)
    told = reading.table(reading.json_of(data, path))
    name, version = reading.text(told.get("name")), reading.text(told.get("version")).lstrip("v= ")
    if name and node_names.is_version(version) and _is_own(path, name, version):
        node_names.add(
            found,
            name,
            version,
            scope=_scope(path),
            licence=_licence(told),
            vendor=_author(told.get("author")),
            dependencies=(*reading.table(told.get("dependencies")), *reading.table(told.get("optionalDependencies"))),
        )
    return found.facts()


def _is_own(path: str, name: str, version: str) -> bool:
    folders = path.split("/")[:-1]
    if "node_modules" in (folders[-2:-1] + folders[-3:-2]):
        return True
    short = name.rpartition("/")[2]
    folder, above = folders[-1], folders[-2] if len(folders) > 1 else ""
    return folder in (f"{short}-{version}", f"{short}-v{version}", f"{short}@{version}") or (
        above == short and folder.removeprefix("v") == version
    )


def _scope(path: str) -> str:
    """'test' if a folder of tests stands between two packages: the outer one's fixtures."""
    folders = path.split("/")[:-1]
    inside = False
    at = 0
    while at < len(folders):
        if folders[at] == "node_modules":
            inside = True
            at += 3 if at + 1 < len(folders) and folders[at + 1].startswith("@") else 2
            continue
        if inside and folders[at].lower() in TEST_FOLDERS and folders[at - 1] not in _STORES:
            return TEST
        at += 1
    return ""


def _licence(told: dict[str, object]) -> str:
    """An SPDX expression, as npm asks for; the older forms are joined into one."""
    licence = told.get("license", told.get("licence"))
    if isinstance(licence, str):
        return "" if licence.upper().startswith("SEE LICENSE IN") else licence
    names = list(_names(licence)) or list(_names(told.get("licenses")))
    return names[0] if len(names) == 1 else f"({' OR '.join(names)})" if names else ""


def _names(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        name = one if isinstance(one, str) else reading.text(reading.table(one).get("type"))
        if name:
            yield name


def _author(value: object) -> str:
    author = value if isinstance(value, str) else reading.text(reading.table(value).get("name"))
    return author.partition("<")[0].partition("(")[0]


FORMAT = PackageFormat(
    id="npm-installed",
    title=Text("Installed Node packages", "已安装的 Node 软件包"),
    read=read,
    names=("package.json",),
    accept=accept,
    most=8 * MIB,
)
