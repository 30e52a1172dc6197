"""Finds core dumps: the memory of a program that crashed in the build, with all that it knew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-078-core"
_NAME = re.compile(r"core([._-][\w.:-]{1,80})?|[\w.-]{1,60}\.core(\.\d{1,9})?|vgcore\.\d{1,9}")
_CORE = 4  # e_type ET_CORE, System V gABI
_DUMP = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x04\x00" + bytes(4200)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-078",
    title=Text("Include the memory of a crashed program", "含有崩溃程序的内存转储"),
    message=Text("{path} is a core dump: the memory of a program that crashed.", "{path} 是内存转储：崩溃程序的内存内容。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Delete it in the same step that made it (`ulimit -c 0` keeps it from being made), and change the secrets it held.",
        "在产生它的同一步骤中删除（`ulimit -c 0` 可避免产生），并更换其中的密钥。",
    ),
    techniques=("T1005",),
    fires=(Example(GivenImage(layers=((GivenFile("srv/core.1234", _DUMP),),)), "a dump"),),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("srv/core", b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + bytes(99)),),)),
            "a program",
        ),
        Example(GivenImage(layers=((GivenFile("srv/core.py", b"import x\n"),),)), "a source"),
    ),
)


def _accept(path: str) -> bool:
    return _NAME.fullmatch(path.rpartition("/")[2]) is not None


def _read(data: bytes, _path: str) -> Sequence[Note]:
    if data[:4] != b"\x7fELF":
        return ()
    kind = data[16:18] if data[5:6] != b"\x02" else data[17:15:-1]  # EI_DATA 2: the high byte first
    return (Note("dump"),) if int.from_bytes(kind, "little") == _CORE else ()


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a dump."""
    for noted in facts.noted:
        if noted.reader == _READER:
            yield Hit(location=noted.path, layer=noted.layer, values={"path": noted.path})


DETECTOR = Detector(
    SPEC,
    judge,
    readers=(
        NoteReader(
            id=_READER,
            read=_read,
            names=("core",),
            prefixes=("core.", "core-", "core_", "vgcore."),
            suffixes=(".core",),
            accept=_accept,
            most=1 << 30,
        ),
    ),
)
