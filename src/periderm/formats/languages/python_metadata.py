"""Installed Python packages: METADATA of dist-info, PKG-INFO of egg-info, and the files that RECORD lists.

Copies that another package carries (`_vendor`) are told as embedded. Requirements are told by name only.
Sources: packaging.python.org, core metadata and recording installed projects; setuptools, formats of eggs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import TEST, Found, in_tests
from periderm.formats.languages.python_licences import licence_of
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from periderm.model.package_format import FileFacts, Owned, PackageFormat
from periderm.model.text import Text

LARGEST_HEAD = 1 << 20
MOST_FILES = 200_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LISTS = ("RECORD", "installed-files.txt")


def accept(path: str) -> bool:
    """Whether a file is part of an installed package's information. A folder that begins with '~' is what an interrupted
    upgrade left behind: pip passes over it, and so do we."""
    folder, _, name = path.rpartition("/")
    if folder.rpartition("/")[2].startswith("~"):
        return False
    if name in ("METADATA", "RECORD"):
        return folder.endswith(".dist-info")
    if name in ("PKG-INFO", "installed-files.txt"):
        return folder.endswith((".egg-info", "/EGG-INFO"))
    return name.endswith(".egg-info")


def read(data: bytes, path: str) -> FileFacts:
    """One package, or the files that it owns. Raises FormatError for metadata without a name or a version."""
    folder, _, name = path.rpartition("/")
    found = Found(path, "pypi", Origin.INSTALLED)
    if name in _LISTS:
        base = folder.rpartition("/")[0] if name == "RECORD" else folder
        paths = list(_listed(reading.decoded(data), base, quoted=name == "RECORD"))
        if len(paths) > MOST_FILES:
            found.miss(f"files beyond {MOST_FILES} were not read.", f"超过 {MOST_FILES} 个的文件未读取。")
        found.owned.append(Owned(f"path:{folder}", tuple(paths[:MOST_FILES])))
        return found.facts()
    fields = _fields(data)
    names, versions = fields.get("name", [""]), fields.get("version", [""])
    if not names[0] or not versions[0]:
        raise FormatError("the metadata has no name or no version.", where=path)
    author = next((a for key in ("author", "author-email", "maintainer") for a in fields.get(key, []) if a), "")
    found.add(
        names[0],
        versions[0],
        licence=licence_of(fields),
        vendor=author.partition("<")[0].strip(' "') if author != "UNKNOWN" else "",
        dependencies=_required(fields),
        scope=TEST if in_tests(path) else "",
        origin=Origin.EMBEDDED if "/_vendor/" in path else None,
    )
    return found.facts()


def _fields(data: bytes) -> dict[str, list[str]]:
    """The headers, by lower-case name; a line that begins with a blank continues the one before."""
    head = reading.decoded(data[:LARGEST_HEAD])
    fields: dict[str, list[str]] = {}
    last: list[str] = []
    for line in head.splitlines():
        if not line.strip() and fields:
            break
        if line[:1] in (" ", "\t"):
            if last and len(last[-1]) < 4096:
                last[-1] += "\n" + line.strip()
            continue
        key, colon, value = line.partition(":")
        if colon:
            last = fields.setdefault(key.strip().lower(), [])
            last.append(value.strip())
    return fields


def _required(fields: dict[str, list[str]]) -> Iterator[str]:
    """Names of what is needed without extras."""
    for line in fields.get("requires-dist", []):
        match = _NAME.match(line)
        if match and "extra ==" not in line and "extra==" not in line:
            yield match.group()


def _listed(text: str, base: str, *, quoted: bool) -> Iterator[str]:
    """Paths relative to the root; what would lie above it is left out."""
    lines = text.splitlines()
    rows = [_first(line) for line in lines] if quoted else lines
    for row in rows[: MOST_FILES + 1]:
        if row and "\0" not in row and len(row) < 4096:
            path = row if row.startswith("/") else f"/{base}/{row}"
            if "//" in path or "/." in path or path.endswith("/"):  # few have to be made normal
                path = posixpath.normpath(path)
            path = path.lstrip("/")
            if path and path != ".":
                yield path


def _first(line: str) -> str:
    """The path of a line 'path,hash,size'; one with a comma or a quote in it is quoted."""
    if line.startswith('"'):
        end = line.rfind('",')
        return line[1 : end if end > 0 else len(line.rstrip('"'))].replace('""', '"')
    parts = line.rsplit(",", 2)
    return parts[0]


FORMAT = PackageFormat(
    id="python-installed",
    title=Text("Installed Python packages", "已安装的 Python 软件包"),
    read=read,
    names=("METADATA", "RECORD", "PKG-INFO", "installed-files.txt"),
    suffixes=(".egg-info",),
    accept=accept,
)
