"""`ports.advisories.AdvisoryFeeds`: feeds as folders, zip and tar archives, compressed and plain files. It hands over bytes
and does not look what they say.

One document is in memory at a time. Links are not followed; bombs end at the limits below and are told.
"""

from __future__ import annotations

import bz2
import contextlib
import hashlib
import lzma
import mmap
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO

from periderm.formats import zip_entries
from periderm.formats.compression import inflate
from periderm.formats.tar.stream import TarStream
from periderm.model.advisory_build import FeedDocument, Refused
from periderm.model.errors import AdvisoryError, FormatError
from periderm.model.image import FileType

MOST_DOCUMENT = 256 << 20  # the largest document, unpacked (Debian's has some 80 MiB)
MOST_FEED = 64 << 30  # all of a feed, unpacked
RATIO = 400  # how far a compressed feed may grow: advisories repeat themselves
PIECE = 1 << 20
_XZ_MEMORY = 192 << 20
_AGAIN = "Fetch the feed again."
_TAR_AT, _TAR_MAGIC = 257, b"ustar"


class FeedFiles:
    """Feeds by their paths."""

    def documents(self, feed: str) -> Iterator[FeedDocument | Refused]:
        """Each file of a feed. Raises AdvisoryError if it cannot be opened, or is damaged as a whole."""
        try:
            mode = os.stat(feed).st_mode
            if stat.S_ISDIR(mode):
                yield from self._folder(feed)
            elif stat.S_ISREG(mode):
                yield from _file(feed, os.path.basename(feed))
            else:
                raise AdvisoryError(f"{feed} is neither a file nor a folder.", "Name a feed's file, or a folder of feeds.")
        except OSError as error:
            raise AdvisoryError(
                f"The feed {feed} cannot be read: {error.strerror}.", "Check the path and its rights."
            ) from error
        except FormatError as error:
            raise AdvisoryError(f"The feed {feed} is damaged: {error.what}", _AGAIN) from error

    def digest(self, feed: str) -> str:
        """sha256 of its bytes; of a folder over the names and bytes of its files."""
        whole = hashlib.sha256()
        try:
            if not os.path.isdir(feed):
                _add(whole, feed)
            else:
                for path in _files(feed):
                    whole.update(os.fsencode(os.path.relpath(path, feed)) + b"\0")
                    _add(whole, path)
        except OSError as error:
            raise AdvisoryError(f"The feed {feed} cannot be read: {error.strerror}.", _AGAIN) from error
        return whole.hexdigest()

    def _folder(self, folder: str) -> Iterator[FeedDocument | Refused]:
        for path in _files(folder):
            name = os.path.relpath(path, folder)
            try:
                yield from _file(path, name)
            except FormatError as error:
                yield Refused(name, error.what)
            except OSError as error:
                yield Refused(name, f"it cannot be read: {error.strerror}")


def _files(folder: str) -> Iterator[str]:
    """Regular files below a folder, in order; hidden folders (.git) and links are left out."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(place, name)
            if not name.startswith(".") and stat.S_ISREG(os.lstat(path).st_mode):
                yield path


def _add(whole: hashlib._Hash, path: str) -> None:
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            whole.update(piece)


def _file(path: str, name: str) -> Iterator[FeedDocument | Refused]:
    """The documents of one file: a zip's entries, a tar's members, or the file itself, inflated."""
    with open(path, "rb") as file:
        head = file.read(6)
        file.seek(0)
        if head.startswith((b"PK\3\4", b"PK\5\6")):
            yield from _zip(file, name)
            return
        pieces = _Peeking(_inflated(file, head, name))
        if pieces.head[_TAR_AT : _TAR_AT + 5] == _TAR_MAGIC:
            yield from _tar(pieces, name)
            return
        data = _whole(pieces, name)
    plain = name
    for ending in (".gz", ".xz", ".bz2", ".zst"):
        plain = plain.removesuffix(ending)
    yield FeedDocument(plain, data)


def _inflated(file: BinaryIO, head: bytes, name: str) -> Iterator[bytes]:
    if head.startswith(b"\xfd7zXZ\0"):
        return _bounded(_decompressed(file, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY), name), file, name)
    if head.startswith(b"BZh"):
        return _bounded(_decompressed(file, bz2.BZ2Decompressor(), name), file, name)
    return inflate(iter(lambda: file.read(PIECE), b""), most=MOST_FEED, ratio=RATIO, where=name)


def _decompressed(file: BinaryIO, engine: lzma.LZMADecompressor | bz2.BZ2Decompressor, name: str) -> Iterator[bytes]:
    """All streams of the file, one behind the other, in pieces of at most 1 MiB."""
    xz = isinstance(engine, lzma.LZMADecompressor)
    rest = b""
    try:
        while True:
            if engine.eof:
                rest = engine.unused_data.lstrip(b"\0") or file.read(PIECE).lstrip(b"\0")
                if not rest:
                    return
                engine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY) if xz else bz2.BZ2Decompressor()
            elif engine.needs_input and not rest:
                rest = file.read(PIECE)
                if not rest:
                    raise FormatError("the compressed data ends too early.", _AGAIN, where=name)
            piece, rest = engine.decompress(rest, PIECE), b""
            if piece:
                yield piece
    except (lzma.LZMAError, OSError, EOFError) as error:
        raise FormatError(f"the compressed data is damaged ({error}).", _AGAIN, where=name) from error


def _bounded(pieces: Iterator[bytes], file: BinaryIO, name: str) -> Iterator[bytes]:
    given = 0
    for piece in pieces:
        given += len(piece)
        if given > MOST_FEED or given > RATIO * file.tell() + MOST_DOCUMENT:
            raise FormatError("it inflates as a bomb does.", _AGAIN, where=name)
        yield piece


class _Peeking:
    """Pieces whose beginning can be looked at first."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.head = b""
        while len(self.head) < 512 and (piece := next(pieces, b"")):
            self.head += piece

    def __iter__(self) -> Iterator[bytes]:
        if self.head:
            yield self.head
        yield from self._pieces

    def finish(self) -> None:
        """Reads to the end, so that a check value behind the last file is compared too."""
        for _ in self._pieces:
            pass


def _whole(pieces: _Peeking, name: str) -> bytes:
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > MOST_DOCUMENT:
            raise FormatError(f"it has more than {MOST_DOCUMENT >> 20} MiB.", where=name)
    return bytes(data)


def _tar(pieces: _Peeking, name: str) -> Iterator[FeedDocument | Refused]:
    for member in TarStream(pieces, name, sparse_limit=0):
        entry = member.entry
        if entry.type is not FileType.REGULAR:
            continue
        if entry.size > MOST_DOCUMENT:
            yield Refused(f"{name}:{entry.path}", f"it has more than {MOST_DOCUMENT >> 20} MiB")
            continue
        try:
            yield FeedDocument(entry.path, member.read())
        except FormatError as error:
            if member.stored == entry.size:
                raise  # not a sparse file: the archive ends here
            yield Refused(f"{name}:{entry.path}", error.what)
    pieces.finish()


def _zip(file: BinaryIO, name: str) -> Iterator[FeedDocument | Refused]:
    given = 0
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        with contextlib.closing(_Released(view)):
            for entry in zip_entries.entries(view, where=name):
                try:
                    data = zip_entries.read(view, entry, most=MOST_DOCUMENT)
                except FormatError as error:
                    yield Refused(f"{name}:{entry.name}", error.what)
                    continue
                given += len(data)
                if given > MOST_FEED:
                    raise FormatError("it inflates as a bomb does.", _AGAIN, where=name)
                yield FeedDocument(entry.name, data)


class _Released:
    """Lets go of a view, so that the mapping below can be closed also when the reader stops in the middle."""

    def __init__(self, view: memoryview) -> None:
        self._view = view

    def close(self) -> None:
        """Releases it."""
        self._view.release()
