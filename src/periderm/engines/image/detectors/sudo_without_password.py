"""Finds accounts that become root without a password: NOPASSWD in sudoers, `permit nopass` in doas.conf."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-072-sudo"
# sudoers(5): USER HOST = (RUNAS) TAG: COMMANDS; doas.conf(5): permit [nopass] IDENTITY [as USER] [cmd COMMAND].
_SUDO = re.compile(r"(?P<who>[^\s=#]{1,64})\s+[^=\n]{1,200}=[^\n]{0,200}?NOPASSWD\s*:\s*(?P<what>[^\n]{1,400})")
_DOAS = re.compile(r"permit\s+(?:\w+\s+)*nopass\s+(?:\w+\s+)*?(?P<who>:?[\w.-]{1,64})\s*(?P<what>.{0,200})$")
_EXEMPT = re.compile(r"Defaults\b[^\n]{0,200}!authenticate")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-072",
    title=Text("Give root to whoever asks", "无需口令即可获得 root 权限"),
    message=Text("{who} runs {what} as root without a password ({path}).", "{who} 无需口令即可以 root 运行 {what}（{path}）。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the line and sudo with it: a container's program runs as the user that it needs from the start.",
        "删除该行并移除 sudo：容器程序应从一开始就以所需用户运行。",
    ),
    techniques=("T1548.003",),
    references=("https://www.sudo.ws/docs/man/sudoers.man/",),
    fires=(
        Example(GivenImage(layers=((GivenFile("etc/sudoers.d/app", b"app ALL=(ALL) NOPASSWD: ALL\n"),),)), "everything"),
        Example(GivenImage(layers=((GivenFile("etc/doas.conf", b"permit nopass :wheel\n"),),)), "the same in doas"),
        Example(GivenImage(layers=((GivenFile("etc/sudoers", b"Defaults:app !authenticate\n"),),)), "nobody is asked"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("etc/sudoers", b"root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL) ALL\n"),),)), "asks"),
        Example(GivenImage(layers=((GivenFile("etc/sudoers", b"# %wheel ALL=(ALL) NOPASSWD: ALL\n"),),)), "a comment"),
    ),
)


def _read(data: bytes, _path: str) -> Sequence[Note]:
    notes = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:10_000], 1):
        text = line.strip()[:2_048]
        if text.startswith("#"):
            continue
        found = _SUDO.match(text) or _DOAS.match(text)
        if found:
            what = found["what"].strip() or "ALL"
            notes.append(Note("free", number, text[:200], {"who": found["who"], "what": what[:80]}))
        elif _EXEMPT.match(text):
            notes.append(Note("free", number, text[:200], {"who": "Defaults", "what": "ALL"}))
    return notes


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a line; a single command is milder than all of them."""
    for noted in facts.noted:
        if noted.reader == _READER:
            what = noted.note.values["what"]
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=str(noted.note.line),
                evidence=noted.note.evidence,
                layer=noted.layer,
                package=noted.package,
                values={"path": noted.path, "who": noted.note.values["who"], "what": what},
                severity=None if what.startswith("ALL") or what == "SETENV: ALL" else Severity.LOW,
            )


DETECTOR = Detector(
    SPEC,
    judge,
    readers=(
        NoteReader(id=_READER, read=_read, paths=("etc/sudoers", "etc/doas.conf"), folders=("etc/sudoers.d", "etc/doas.d")),
    ),
)
