"""Requirements files of pip: the exact pins. A range, a bare name, `-r`, `-c`, `-e`, a folder is no version and is not
told; an address of a wheel tells the version in its name. Markers are not judged: on some machine each may hold.

Source: pip.pypa.io, requirements file format.
"""

from __future__ import annotations

import re

from periderm.formats.languages import pip_lines, reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_OTHERS = re.compile(r"(?:^|[-_./])(?:dev|develop|development|test|tests|testing|doc|docs|lint|ci|typing|build)(?:[-_.]|$)")


def accept(path: str) -> bool:
    """requirements.txt, dev-requirements.txt, requirements_test.txt, requirements/base.txt."""
    folder, _, name = path.rpartition("/")
    return "requirements" in name.lower() or folder.rpartition("/")[2] == "requirements"


def read(data: bytes, path: str) -> FileFacts:
    """The pins; a file whose name speaks of tests, documents or development has that scope."""
    found = Found(path, "pypi")
    scope = DEVELOPMENT if _OTHERS.search(path.rpartition("/")[2].lower()) else ""
    for name, version in pip_lines.pins(reading.decoded(data)):
        found.add(name, version, scope=scope)
    return found.facts()


FORMAT = PackageFormat(
    id="python-requirements",
    title=Text("Python requirements files", "Python requirements 文件"),
    read=read,
    suffixes=(".txt", ".pip"),
    accept=accept,
    source_only=True,
    most=8 * MIB,
)
