"""Reading one layer into facts."""

from __future__ import annotations

import contextlib
import gzip
import mmap
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from periderm.engines.image import DETECTORS
from periderm.flow.layers import Room
from periderm.flow.read_layer import Task, read_layer
from periderm.flow.reading import NoCache
from periderm.flow.wanted import Asking, Wanted
from periderm.model.contents import LayerContents
from periderm.model.errors import FormatError
from periderm.model.file_note import MOST_NOTES, Note, NoteReader
from periderm.model.image import FileType, LayerEntry, Package
from periderm.model.limits import ScanLimits
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text
from periderm.ports.image_source import BlobLayer, TreeLayer
from tests.images import AWS_KEY, digest, member, tar

PATTERNS = tuple(p for d in DETECTORS for p in d.patterns)
Seen = list[tuple[str, bytes]]


def task(formats: Sequence[Asking] = (), limits: ScanLimits | None = None, **changes: Any) -> Task:
    """Everything is looked for."""
    fields: dict[str, Any] = {"cache": NoCache(), "search": True, "digests": True, "confirm": 1 << 20, **changes}
    limits = limits or ScanLimits()
    lock = threading.Lock()
    fields |= {"wanted": Wanted(formats), "patterns": PATTERNS, "room": Room(limits.inflated), "large": lambda: lock}
    return Task(limits=limits, **fields)


def blob(data: bytes) -> BlobLayer:
    """A plain layer."""
    return BlobLayer(digest(data), "", len(data), lambda: iter([data]))


def noting(seen: Seen, **fields: Any) -> PackageFormat:
    """A format that notes what it is given."""

    def read(data: bytes, path: str) -> FileFacts:
        seen.append((path, data[:100]))
        return FileFacts(packages=(Package(name="x", version="1", type="pypi", purl="pkg:pypi/x@1", path=path),))

    return PackageFormat(id="noting", title=Text("n", "n"), read=read, **fields)


def failing(error: Exception) -> PackageFormat:
    """A format that runs into something."""

    def read(data: bytes, path: str) -> FileFacts:
        raise error

    return PackageFormat(id="failing", title=Text("f", "f"), read=read, names=("x",))


def test_everything_in_one_pass() -> None:
    """Entries, digests of executables, secrets, packages by name and by first bytes: each content was read once."""
    seen: Seen = []
    program = b"\x7fELF" + b"p" * 5000
    layer = tar([("app/lock", b"data"), (member("bin/p", mode=0o755), program), ("odd", program), (".env", AWS_KEY)])
    facts = read_layer(blob(layer), task([noting(seen, names=("lock",), executables=True)]), lambda _: None)
    assert [e.path for e in facts.entries] == ["app/lock", "bin/p", "odd", ".env"]
    assert seen == [("app/lock", b"data"), ("bin/p", program[:100]), ("odd", program[:100])]
    assert facts.digests == {1: digest(program)[7:]}
    assert [path for _, path in facts.searched.secrets] == [".env"]
    assert [(f.entry, f.format) for f in facts.files] == [(0, "noting"), (1, "noting"), (2, "noting")]
    assert facts.size == len(layer)
    assert (facts.missed, facts.limited) == ((), False)


def test_only_what_is_asked_for() -> None:
    """Without search and digests nothing is searched or hashed; packages are read all the same."""
    seen: Seen = []
    layer = tar([("lock", b"data"), (member("bin/p", mode=0o755), b"x" * 100), (".env", AWS_KEY)])
    facts = read_layer(blob(layer), task([noting(seen, names=("lock",))], search=False, digests=False), lambda _: None)
    assert (facts.digests, facts.searched.secrets, len(facts.files)) == ({}, (), 1)


@pytest.mark.parametrize(
    "error",
    [
        FormatError("bad"),
        ValueError("x"),
        KeyError("x"),
        RecursionError(),
        EOFError(),
        UnicodeDecodeError("utf-8", b"", 0, 1, ""),
    ],
)
def test_a_damaged_file_does_not_end_the_layer(error: Exception) -> None:
    """Whatever a reader runs into is told of that file, and the rest is read."""
    facts = read_layer(blob(tar([("x", b"1"), ("y", AWS_KEY)])), task([failing(error)]), lambda _: None)
    assert "x was not read" in facts.missed[0].en
    assert len(facts.searched.secrets) == 1
    assert not facts.limited


@pytest.mark.parametrize("mapped", [1 << 20, 1_000])
def test_secrets_and_malware_in_archives(mapped: int) -> None:
    """What lies in an archive is searched like a file, in memory and mapped; its place names both. The archive decides whether
    it is still there. What is too large to be looked into is said."""
    packed = gzip.compress(tar([("conf/.env", AWS_KEY), ("sh.php", b"<?php system($_GET['c']); ?>")]) + os.urandom(3_000))
    layer = tar([("srv/a.tgz", packed), ("srv/b.tgz", packed + bytes(1 << 20))])
    limits = ScanLimits(mapped=mapped, archive_file=1 << 20)
    looked: list[str] = []

    class Look:
        def left(self, why: str) -> None: ...
        def look(self, number: int, entry: LayerEntry, data: bytes) -> None:
            looked.append(entry.path)

        def contents(self) -> LayerContents:
            return LayerContents()

    facts = read_layer(blob(layer), task(limits=limits, cache=Spooling(), look=Look), lambda _: None)
    assert [(found.location, found.line, path) for found, path in facts.searched.secrets] == [
        ("srv/a.tgz!/conf/.env", 1, "srv/a.tgz")
    ]
    assert looked == ["srv/a.tgz", "srv/a.tgz!/conf/.env", "srv/a.tgz!/sh.php"]
    assert [what.en for what in facts.missed] == ["1 archives, or files in them, are too large (srv/b.tgz)."]


class Spooling(NoCache):
    """Gives large contents as memory that is no bytes object, as a mapped file is none."""

    @contextlib.contextmanager
    def spool(self, chunks: Iterable[bytes]) -> Iterator[Any]:
        """The content, mapped."""
        data = b"".join(chunks)
        with mmap.mmap(-1, len(data)) as mapped:
            mapped[:] = data
            yield mapped


def test_sizes_are_bounded_and_said() -> None:
    """A file above its format's bound, and too many bytes in all, are told and not read."""
    seen: Seen = []
    layer = tar([("a/x", b"12345"), ("b/x", b"123"), ("c/x", b"123"), ("d/x", b"123")])
    facts = read_layer(blob(layer), task([noting(seen, names=("x",), most=4)], ScanLimits(databases=7)), lambda _: None)
    assert [path for path, _ in seen] == ["b/x", "c/x"]
    assert ["too large" in m.en or "too much" in m.en for m in facts.missed] == [True, True]


def test_many_damages_are_counted() -> None:
    """A hundred damaged files are not a hundred sentences."""
    layer = tar([(f"{n}/x", b"1") for n in range(100)])
    facts = read_layer(blob(layer), task([failing(ValueError())]), lambda _: None)
    assert len(facts.missed) == 51
    assert "50 more" in facts.missed[-1].en


class Spool(NoCache):
    """Notes what is spooled."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    @contextlib.contextmanager
    def spool(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """In memory, noted."""
        data = b"".join(chunks)
        self.sizes.append(len(data))
        yield data


def test_a_large_program_lies_in_a_file() -> None:
    """Beyond the bound a program is spooled, and hashed on the way; other formats' files are not."""
    seen: Seen = []
    program = b"\x7fELF" + bytes(5000)
    layer = tar([(member("p", mode=0o755), program), ("big.lock", bytes(5000))])
    spool = Spool()
    formats = [noting(seen, executables=True), noting(seen, suffixes=(".lock",))]
    facts = read_layer(blob(layer), task(formats, ScanLimits(mapped=4000), cache=spool), lambda _: None)
    assert spool.sizes == [len(program)]
    assert [path for path, _ in seen] == ["p", "big.lock"]
    assert facts.digests == {0: digest(program)[7:]}


def test_a_limit_of_all_layers_is_no_fact_of_one() -> None:
    """What was cut by a shared limit is marked, so that it is not kept."""
    layer = tar([("x", bytes(1 << 20))])
    facts = read_layer(blob(layer), task(limits=ScanLimits(inflated=1000)), lambda _: None)
    assert facts.limited
    assert "was not read" in facts.missed[0].en
    searched = read_layer(blob(tar([("k", AWS_KEY)])), task(confirm=1), lambda _: None)
    assert searched.limited


def test_wrong_digests_end_it() -> None:
    """A layer that is not what was promised gives no facts at all."""
    layer = tar([("x", b"1")])
    with pytest.raises(FormatError, match="digest"):
        read_layer(BlobLayer(digest(b"other"), "", 1, lambda: iter([layer])), task(), lambda _: None)
    with pytest.raises(FormatError):
        read_layer(BlobLayer(digest(layer), "", 1, lambda: iter([gzip.compress(layer)[:40]])), task(), lambda _: None)


class _Unreadable:
    entry = LayerEntry("x", FileType.REGULAR, 0o644, 0, 0, 5, 0)

    def peek(self, size: int) -> bytes:
        return b""

    def read(self) -> bytes:
        raise FormatError("it cannot be read (no).")

    def chunks(self) -> Iterator[bytes]:
        raise FormatError("it cannot be read (no).")


def test_a_folder_says_what_it_missed() -> None:
    """A file that cannot be read, and what the walk left out, are told; objects of a repository are not opened."""

    class Objects(_Unreadable):
        entry = LayerEntry("srv/.git/objects/ab/cd", FileType.REGULAR, 0o644, 0, 0, 5, 0)

    layer = TreeLayer("", lambda: [_Unreadable(), Objects()], lambda: ("y was left out.",))
    facts = read_layer(layer, task(), lambda _: None)
    assert [m.en for m in facts.missed] == ["x was not read: it cannot be read (no).", "y was left out."]


def notes_of(layer: bytes, reader: NoteReader) -> list[tuple[str, tuple[Note, ...]]]:
    """What one reader tells of a layer, by the entry's path; what was not read as '!'."""
    facts = read_layer(blob(layer), task([reader]), lambda _size: None)
    return [(facts.entries[one.entry].path, one.notes) for one in facts.noted] + [(f"! {m.en}", ()) for m in facts.missed]


def test_a_note_reader_is_given_its_files_and_its_notes_are_kept_with_the_entry() -> None:
    """One file may be read by a package format, a note reader and the search for secrets; its content is read once."""

    def read(data: bytes, path: str) -> list[Note]:
        return [Note("line", number, line.decode()) for number, line in enumerate(data.splitlines(), 1)]

    layer = tar([("etc/crontab", b"a\nb\n"), ("etc/passwd", b"root\n")])
    told = notes_of(layer, NoteReader("cron", read, paths=("etc/crontab",)))
    assert told == [("etc/crontab", (Note("line", 1, "a"), Note("line", 2, "b")))]


def test_what_a_note_reader_cannot_read_is_said() -> None:
    """Damage, a file that is too large, and too many facts: each is told as not examined."""

    def damaged(data: bytes, path: str) -> list[Note]:
        raise FormatError("no crontab")

    layer = tar([("etc/crontab", b"a\n" * 600)])
    assert notes_of(layer, NoteReader("c", damaged, paths=("etc/crontab",))) == [("! etc/crontab was not read: no crontab", ())]
    small = NoteReader("c", damaged, paths=("etc/crontab",), most=10)
    assert notes_of(layer, small) == [("! etc/crontab was not read: it is too large (1200 bytes)", ())]
    many = NoteReader("c", lambda _data, _path: [Note("x")] * (MOST_NOTES + 2), paths=("etc/crontab",))
    (noted, missed) = notes_of(layer, many)
    assert len(noted[1]) == MOST_NOTES
    assert missed[0] == "! etc/crontab was not read: 2 more facts of it were left out"
