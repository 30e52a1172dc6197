"""Requirements files of pip: the exact pins. A range, a bare name, `-r`, `-c`, `-e`, a folder is no version and is not
told; an address of a wheel tells the version in its name. Markers are not judged: on some machine each may hold.

Also `_vendor/vendor.txt`, in which pip and others write what they carry copies of. Sources: pip.pypa.io, requirements
file format; PEP 440, 508, 427.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_PIN = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*={2,3}\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*\)?\s*(?:$|[;#]|--)"
)
_ADDRESS = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*@\s*(\S+)")
_WHEEL = re.compile(r"[^/]*?-([0-9][^-/]*)-[^/]+\.whl(?:[#?].*)?")
_OTHERS = re.compile(r"(?:^|[-_./])(?:dev|develop|development|test|tests|testing|doc|docs|lint|ci|typing|build)(?:[-_.]|$)")


def accept(path: str) -> bool:
    """requirements.txt, dev-requirements.txt, requirements_test.txt, requirements/base.txt, _vendor/vendor.txt."""
    folder, _, name = path.rpartition("/")
    if name == "vendor.txt":
        return folder.endswith("/_vendor")
    return name.endswith((".txt", ".pip")) and ("requirements" in name.lower() or folder.rpartition("/")[2] == "requirements")


def read(data: bytes, path: str) -> FileFacts:
    """The pins."""
    name = path.rpartition("/")[2].lower()
    vendored = name == "vendor.txt"
    found = Found(path, "pypi", Origin.EMBEDDED if vendored else Origin.DECLARED)
    scope = DEVELOPMENT if _OTHERS.search(name) and not vendored else ""
    for line in _lines(reading.decoded(data)):
        match = _PIN.match(line)
        if match:
            found.add(match[1], match[2], scope=scope)
            continue
        address = _ADDRESS.match(line)
        wheel = _WHEEL.fullmatch(unquote(address[2]).rpartition("/")[2]) if address else None
        if address and wheel:
            found.add(address[1], wheel[1], scope=scope)
    return found.facts()


def _lines(text: str) -> Iterator[str]:
    """Lines that ask for a package; one that ends with a backslash goes on in the next."""
    held = ""
    for line in text.splitlines():
        if line.endswith("\\") and len(held) < 20_000:
            held += line[:-1] + " "
            continue
        whole, held = (held + line).strip(), ""
        if whole and whole[0] not in "#-":
            yield whole[:2_000]
    if held.strip() and held.strip()[0] not in "#-":
        yield held.strip()[:2_000]


FORMAT = PackageFormat(
    id="python-requirements",
    title=Text("Python requirements files", "Python requirements 文件"),
    read=read,
    suffixes=(".txt", ".pip"),
    accept=accept,
    source_only=True,
    most=8 * MIB,
)
