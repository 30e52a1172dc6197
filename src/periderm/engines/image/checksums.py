"""What package managers say of the content of the system's files, and which of them are no longer what they were.

Sources: deb-md5sums(5); dpkg-divert(1) for diversions; Alpine wiki, "Apk spec", `Z:` (Q1 and the base64 of a SHA-1). What RPM
packages say comes with their database, and is compared with the SHA-256 of the image's programs. Of files that an administrator
may change (/etc) only those are compared that root starts by itself: dpkg lists them in its status (deb822, `Conffiles`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence

from periderm.engines.image.facts import ImageFacts
from periderm.engines.image.system_files import STARTED, is_checked
from periderm.model.file_note import Note, NoteReader

DPKG_FOLDER = "var/lib/dpkg/info"
STATUS = "var/lib/dpkg/status"
DIVERSIONS = "var/lib/dpkg/diversions"
APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
_SUMS, _DIVERTED = "sums", "diverted"
_MERGED = ("bin/", "sbin/", "lib/", "lib64/", "lib32/", "libx32/")


def readers(prefix: str) -> tuple[NoteReader, ...]:
    """Readers whose ids begin with a detector's."""
    return (
        NoteReader(
            id=f"{prefix}-dpkg",
            read=_dpkg,
            suffixes=(".md5sums",),
            accept=lambda path: path.startswith((DPKG_FOLDER + "/", "var/lib/dpkg/status.d/")),
            most=16 << 20,
        ),
        NoteReader(id=f"{prefix}-conffiles", read=_conffiles, paths=(STATUS,), most=64 << 20),
        diversions(prefix),
        NoteReader(id=f"{prefix}-apk", read=_apk, paths=APK, most=64 << 20),
    )


def diversions(prefix: str) -> NoteReader:
    """A reader of what dpkg moved aside."""
    return NoteReader(id=f"{prefix}-diversions", read=_diversions, paths=(DIVERSIONS,))


def _dpkg(data: bytes, path: str) -> Sequence[Note]:
    """One note: {path: 'md5:HEX'} of the files that are compared."""
    found: dict[str, str] = {}
    for line in data.split(b"\n"):
        name = line[32:].strip().lstrip(b"/").decode("utf-8", "surrogateescape")
        if name and is_checked(name) and _printable(name):
            found[name] = "md5:" + line[:32].decode("ascii", "replace").lower()
    package = path.rpartition("/")[2].removesuffix(".md5sums").partition(":")[0]
    return (Note(_SUMS, values=found, evidence=package),) if found else ()


def _conffiles(data: bytes, _path: str) -> Sequence[Note]:
    """One note for each package with files that root starts; a line is the path, its MD5, and perhaps what became of it."""
    notes: list[Note] = []
    package, inside = "", False
    found: dict[str, str] = {}
    for line in [*data.split(b"\n"), b""]:
        if line.startswith(b" "):
            words = line.split() if inside else []
            known = len(words) == 2 and len(words[1]) == 32  # 'obsolete' makes three; 'newconffile' is no sum
            path = words[0].decode("utf-8", "replace").lstrip("/") if known else ""
            if path.rpartition("/")[0] in STARTED and _printable(path):
                found[path] = "md5:" + words[1].decode("ascii", "replace").lower()
            continue
        inside = line == b"Conffiles:"
        if line.startswith(b"Package: "):
            package = line[9:].decode("utf-8", "replace").strip()
        elif not line:
            if found:
                notes.append(Note(_SUMS, values=found, evidence=package))
            package, found = "", {}
    return notes


def _diversions(data: bytes, _path: str) -> Sequence[Note]:
    """Paths that dpkg moved aside: three lines each, the path, where its file lies now, and for whom."""
    lines = data.decode("utf-8", "replace").split("\n")
    pairs = zip(lines[::3], lines[1::3], strict=False)
    return [Note(_DIVERTED, evidence=path.lstrip("/"), values={"to": to.lstrip("/")}) for path, to in pairs if path]


def moved_aside(facts: ImageFacts) -> frozenset[str]:
    """Where files lie that dpkg moved aside: packages brought them, although no list names them there."""
    return frozenset(noted.note.values.get("to", "") for noted in facts.noted if noted.note.what == _DIVERTED)


def _apk(data: bytes, _path: str) -> Sequence[Note]:
    """One note for each package with files that are compared."""
    notes: list[Note] = []
    package = folder = name = ""
    found: dict[str, str] = {}
    for line in [*data.split(b"\n"), b""]:
        text = line.decode("utf-8", "replace")
        if not text:
            if found:
                notes.append(Note(_SUMS, values=found, evidence=package))
            package, folder, name, found = "", "", "", {}
        elif text[1:2] == ":":
            value = text[2:]
            if text[0] == "P":
                package = value
            elif text[0] == "F":
                folder = value.strip("/")
            elif text[0] == "R":
                name = f"{folder}/{value}" if folder else value
            elif text[0] == "Z" and is_checked(name) and (digest := _q1(value)):
                found[name] = digest
    return notes


def _q1(value: str) -> str:
    """'sha1:HEX' of 'Q1…'; '' for a sum of another kind."""
    if not value.startswith("Q1"):
        return ""
    try:
        return "sha1:" + base64.b64decode(value[2:], validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _printable(name: str) -> bool:
    return name.isascii() and name.isprintable()


def changed(facts: ImageFacts) -> Iterator[tuple[str, str, str]]:
    """(path, package, layer) of system files that are not what their package brought."""
    yield from _changed_programs(facts)
    diverted = {note.note.evidence for note in facts.noted if note.note.what == _DIVERTED}
    for noted in facts.noted:
        if noted.note.what != _SUMS:
            continue
        for path, expected in noted.note.values.items():
            real = path if path in facts.sums else f"usr/{path}" if path.startswith(_MERGED) else path
            summed = facts.sums.get(real)
            if summed is None or path in diverted or real in diverted:
                continue
            kind = expected.partition(":")[0] + ":"
            if kind in summed.sums and expected not in summed.sums.split(" "):
                yield real, noted.note.evidence, summed.layer


def _changed_programs(facts: ImageFacts) -> Iterator[tuple[str, str, str]]:
    """The same of programs whose SHA-256 a package tells (RPM). One whose content was not read is not judged."""
    if not facts.vouched:
        return
    for file in facts.executables:
        expected = facts.vouched.get(file.path)
        if expected and file.sha256 and file.sha256 not in expected and is_checked(file.path):
            yield file.path, next(iter(expected.values())), file.layer
