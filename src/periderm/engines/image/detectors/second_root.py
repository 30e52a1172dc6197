"""Finds accounts beside root that are root: their number is 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-070-accounts"
# Accounts that distributions make with number 0, and that nobody can use (CentOS: sync, shutdown, halt; Alpine the same).
_USUAL = frozenset(("root", "sync", "shutdown", "halt", "operator"))
_CLOSED = ("nologin", "/false", "/sync", "/shutdown", "/halt")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-070",
    title=Text("Give another account root's number", "其他账户拥有 root 的编号"),
    message=Text("{name} in {path} is root by another name (uid 0).", "{path} 中的 {name} 实为另一个 root（uid 0）。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text("Remove the account, or give it a number of its own.", "删除该账户，或为其分配独立编号。"),
    techniques=("T1136.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("etc/passwd", b"root:x:0:0::/root:/bin/sh\nsysd:x:0:0::/:/bin/sh\n"),),)),
            "another root",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("etc/passwd", b"root:x:0:0::/root:/bin/sh\napp:x:1000:0::/:/bin/sh\n"),),)),
            "in root's group, and not root",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/passwd", b"root:x:0:0::/root:/bin/sh\nhalt:x:0:0::/:/sbin/halt\n"),),)),
            "an old account of the system",
        ),
    ),
)


def _read(data: bytes, _path: str) -> Sequence[Note]:
    notes = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:10_000], 1):
        fields = line.split(":")
        if len(fields) < 7 or not fields[2].isdecimal() or int(fields[2][:20]) != 0:
            continue
        if fields[0] not in _USUAL or (fields[0] != "root" and not fields[6].strip().endswith(_CLOSED)):
            notes.append(Note("root", number, "", {"name": fields[0][:64]}))
    return notes


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for an account."""
    for noted in facts.noted:
        if noted.reader == _READER:
            name = noted.note.values["name"]
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=name,
                layer=noted.layer,
                values={"path": noted.path, "name": name},
            )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE, readers=(NoteReader(id=_READER, read=_read, paths=("etc/passwd",)),))
