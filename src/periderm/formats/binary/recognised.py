"""Programs that no package manager brought, known by their names and their own strings: the rows of programs.py.

Judges nothing: what the distribution's own package owns is left out by flow, which knows the owners. A program that
was packed (UPX) cannot be looked into, and that is said.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from periderm.formats.binary.programs import PROGRAMS
from periderm.formats.binary.rows import Evidence, Program
from periderm.model.image import Origin, Package
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.purl import PackageUrl
from periderm.model.text import Text

_ANCHORS = 48  # places of one anchor that are looked at
_BEHIND = 200
_WHOLE = 8 * MIB  # the largest file that a pattern without an anchor is searched in
_VERSION = rb"(\d{1,4}(?:\.\d{1,6}){1,3})"
_PACKED = 4096  # UPX writes its mark into the first page
_PACKED_MARK = b"UPX!"

_EXECUTABLES = tuple(program for program in PROGRAMS if not program.text)
_TEXTS = {name: tuple(p for p in PROGRAMS if p.text and p.files == name) for name in {p.files for p in PROGRAMS if p.text}}
_STEM = re.compile(r"([a-z][a-z_+-]*?)[-_.]?v?\d[\w.+-]*")  # 'nginx-1.25.3' is looked into as 'nginx' is
_ANY = re.compile("|".join(f"(?:{program.files})" for program in _EXECUTABLES))


@functools.lru_cache(maxsize=512)
def _compiled(pattern: bytes, given: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern.replace(b"<v>", _VERSION).replace(b"<1>", re.escape(given)))


def _version(data: bytes, evidence: Evidence, given: str) -> str:
    """The version that this evidence shows, '' if it does not."""
    name = given.encode("ascii", "replace")
    pattern = _compiled(evidence.pattern, name)
    if evidence.whole:
        found = pattern.search(data) if len(data) <= _WHOLE and data.find(evidence.anchor) >= 0 else None
        return _joined(found) if found else ""
    anchor = evidence.anchor.replace(b"<1>", name)
    at = data.find(anchor)
    for _ in range(_ANCHORS):
        if at < 0:
            return ""
        found = pattern.search(data, max(0, at - evidence.before), at + len(anchor) + _BEHIND)
        if found:
            return _joined(found)
        at = data.find(anchor, at + 1)
    return ""


def _joined(found: re.Match[bytes]) -> str:
    """One group as it stands; of several groups each is a number ('2', '09', '14' are '2.9.14')."""
    groups = [group.decode("ascii", "replace") for group in found.groups() if group is not None]
    if len(groups) == 1:
        return groups[0]
    return ".".join(str(int(group)) for group in groups)


def cpe(name: str, version: str) -> str:
    """The CPE 2.3 name of an application 'vendor:product'; what CPE gives a meaning is quoted."""
    quoted = re.sub(r"([^A-Za-z0-9._-])", r"\\\1", version)
    return f"cpe:2.3:a:{name}:{quoted}:*:*:*:*:*:*:*"


def _packages(data: bytes, path: str, programs: Iterator[tuple[Program, str]]) -> Iterator[Package]:
    for program, given in programs:
        version = next((v for one in program.evidence if (v := _version(data, one, given))), "")
        if version:
            yield Package(
                name=program.name,
                version=version,
                type="generic",
                purl=str(PackageUrl(type="generic", name=program.name, version=version)),
                path=path,
                origin=Origin.RECOGNISED,
                cpes=tuple(cpe(name, version) for name in program.cpes),
            )


def _candidates(name: str) -> Iterator[tuple[Program, str]]:
    """Rows whose file name fits, with what the name tells. Most names fit none, which one pattern tells."""
    if not _ANY.fullmatch(name):
        stem = _STEM.fullmatch(name)
        name = stem[1] if stem else ""
    if name and _ANY.fullmatch(name):
        for program in _EXECUTABLES:
            found = re.fullmatch(program.files, name)
            if found:
                yield program, (found[1] or "") if found.re.groups else ""


def read(data: bytes, path: str) -> FileFacts:
    """The program that the file is, if it is one of the table."""
    name = path.rpartition("/")[2]
    if name in _TEXTS:
        return FileFacts(packages=tuple(_packages(data, path, ((program, "") for program in _TEXTS[name]))))
    missed: tuple[Text, ...] = ()
    if _PACKED_MARK in data[:_PACKED]:
        what = Text(f"{path} is packed (UPX); what it holds is not known.", f"{path} 经过 UPX 加壳，其内容无法得知。")
        missed = (what,)
    return FileFacts(packages=tuple(_packages(data, path, _candidates(name))), missed=missed)


FORMAT = PackageFormat(
    id="recognised",
    title=Text("Programs known by their content", "按内容识别的程序"),
    read=read,
    names=tuple(sorted(_TEXTS)),
    executables=True,
    most=512 * MIB,
)
