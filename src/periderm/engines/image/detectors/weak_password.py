"""Finds accounts whose password is empty, the account's own name, or a word that everybody tries first. Tries a handful of
words and no more (see `engines/image/passwords.py`); that an account has a password at all is IMG-011."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.engines.image import pam, passwords
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER, _LOGINS = "IMG-069-accounts", "IMG-069-pam"
_WEAK, _UNTRIED = "weak", "untried"
_HOW = {
    "empty": Text("empty", "为空"),
    "name": Text("the account's own name, or nearly", "与账户名相同或相近"),
    "common": Text("a word that everybody tries first", "常见弱口令"),
}
# Made at run time: crypt("toor") and of a longer word, in the MD5 form, which any test can compute quickly.
_TOOR = b"root:$1$periderm$" + b"zqVcT/Ha6gBSjjrkEMz8I." + b":19000:0:99999:7:::\n"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-069",
    title=Text("Leave an account open to a guess", "账户口令可被猜出"),
    message=Text("The password of {name} in {path} is {how}.", "{path} 中 {name} 的口令{how}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Lock the account (passwd --lock NAME); containers need no login.", "锁定账户（passwd --lock NAME）；容器不需要登录。"
    ),
    techniques=("T1110.001", "T1078.003"),
    references=("https://man7.org/linux/man-pages/man5/shadow.5.html", "https://man7.org/linux/man-pages/man5/crypt.5.html"),
    fires=(
        Example(GivenImage(layers=((GivenFile("etc/shadow", b"root::19000:0:99999:7:::\n"),),)), "no password is asked"),
        Example(GivenImage(layers=((GivenFile("etc/passwd", b"root::0:0:root:/root:/bin/sh\n"),),)), "nor in the old place"),
        Example(GivenImage(layers=((GivenFile("etc/shadow", _TOOR),),)), "a word of the list"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("etc/shadow", b"root:*:19000:0:99999:7:::\nwww:!:1::::::\n"),),)), "locked"),
        Example(GivenImage(layers=((GivenFile("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"),),)), "the usual passwd"),
        Example(
            GivenImage(
                layers=((GivenFile("etc/shadow", b"root:$1$periderm$" + b"aaaaaaaaaaaaaaaaaaaaaa" + b":19000::::::\n"),),)
            ),
            "a word that is not in the list",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/passwd", b"nobody::99:99:Nobody:/:/sbin/nologin\n"),),)), "nobody may log in"
        ),
    ),
)


def _read(data: bytes, path: str) -> Sequence[Note]:
    notes: list[Note] = []
    tried = 0
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:10_000], 1):
        fields = line.split(":")
        if len(fields) < 3 or not fields[0] or line.startswith("#"):
            continue
        name, field = fields[0][:64], fields[1]
        shell = fields[6] if path.endswith("passwd") and len(fields) > 6 else ""
        if shell.endswith(("nologin", "/false", "/sync")):
            continue
        if not field:
            notes.append(Note(_WEAK, number, "", {"name": name, "how": "empty"}))
        elif passwords.is_hash(field):
            words = passwords.words_for(field, name) if tried < passwords.MOST_ACCOUNTS else ()
            tried += 1
            word = passwords.guess(field, words)
            if word:
                near = word.startswith(name) or word == name[::-1]
                how = "name" if near and word not in passwords.WORDS else "common"
                notes.append(Note(_WEAK, number, "", {"name": name, "how": "name" if word == name else how}))
            elif not words or not passwords.can_try():
                notes.append(Note(_UNTRIED, number, "", {"name": name}))
    return notes


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for an account. An empty password is worth what PAM makes of it: where it is there and never told `nullok`,
    nobody gets in with it."""
    asked = {noted.note.values["empty"] for noted in facts.noted if noted.reader == _LOGINS and noted.note.what == pam.ASKED}
    refused, taken = asked == {"no"}, "yes" in asked
    for noted in facts.noted:
        if noted.reader == _READER and noted.note.what == _WEAK:
            name, how = noted.note.values["name"], noted.note.values["how"]
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=name,
                layer=noted.layer,
                values={"path": noted.path, "name": name, "how": _HOW[how]},
                severity=_severity(name, how, refused=refused, taken=taken),
            )
        elif noted.reader == _READER and noted.note.what == _UNTRIED:
            name = noted.note.values["name"]
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=name,
                layer=noted.layer,
                message=Text(
                    f"The password of {name} in {noted.path} was not tried: its form is too dear, or accounts are many.",
                    f"未尝试 {noted.path} 中 {name} 的口令：其形式代价过高，或账户过多。",
                ),
                severity=Severity.INFORMATIONAL,
            )


def _severity(name: str, how: str, *, refused: bool, taken: bool) -> Severity | None:
    if how == "empty" and refused:
        return Severity.LOW
    return Severity.CRITICAL if name == "root" and (how != "empty" or taken) else None


DETECTOR = Detector(
    SPEC,
    judge,
    readers=(NoteReader(id=_READER, read=_read, paths=("etc/shadow", "etc/passwd", "etc/shadow-")), *pam.readers("IMG-069")),
)
