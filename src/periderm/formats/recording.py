"""A recording: batches of events in a file, so that what happened can be looked at again on any machine.

Layout: the magic `PDRMREC1`, then blocks. A block is its length (4 bytes, little-endian), a CRC-32 of what follows, and
that many bytes of Zstandard around one MessagePack array: see `Block`. The last block is `END`. Strings are only those
that are new since the block before, unless `generation` changed. Rows are the bytes of EVENT_DTYPE, 128 each.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import zstandard

from periderm.model.asset import Container, Node
from periderm.model.errors import FormatError, LimitError
from periderm.model.event import EVENT_DTYPE, EventBatch, EventKind, Origin, Rows, Subject

MAGIC = b"PDRMREC1"
VERSION = 1
MAX_BLOCK = 64 << 20
MAX_UNPACKED = 256 << 20
MAX_STRINGS = 4_000_000
END = struct.pack("<II", 0, 0)
ADVICE = "Ask for the recording again; what came before this place was read."
STRING_COLUMNS = ("exe", "text", "raw", "args", "comm")


def storable(text: str) -> str:
    """The text as any format can hold it: lone surrogates become visible escapes, as the sensor writes them itself."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def joined(batches: Sequence[EventBatch]) -> list[EventBatch]:
    """The same rows in fewer batches: those that share their tables become one, which is cheaper to take."""
    found: list[EventBatch] = []
    for _, same in itertools.groupby(batches, key=lambda b: (id(b.strings), id(b.subjects), b.generation)):
        together = list(same)
        rows = together[0].rows if len(together) == 1 else np.concatenate([batch.rows for batch in together])
        last = together[-1]
        found.append(EventBatch(rows, last.strings, last.subjects, last.generation))
    return found


class Block(msgspec.Struct, frozen=True, array_like=True):
    """One batch. `subjects` is None where they are the same as in the block before."""

    version: int
    generation: int
    strings: tuple[str, ...]
    subjects: tuple[Container | Node, ...] | None
    rows: bytes


class Writer:
    """Batches to bytes; what they share with the batch before is not written again."""

    def __init__(self, level: int = 3) -> None:
        self._compress = zstandard.ZstdCompressor(level=level).compress
        self._encode = msgspec.msgpack.Encoder().encode
        self._generation = -1
        self._strings = 0
        self._subjects: tuple[Subject, ...] | None = None

    def begin(self) -> bytes:
        """The first bytes of a file."""
        return MAGIC

    def batch(self, batch: EventBatch) -> bytes:
        """One block."""
        if batch.generation != self._generation:
            self._generation, self._strings = batch.generation, 0
        fresh = tuple(batch.strings[self._strings :])
        self._strings += len(fresh)
        subjects = tuple(batch.subjects)
        block = Block(
            version=VERSION,
            generation=batch.generation,
            strings=fresh,
            subjects=None if subjects == self._subjects else subjects,
            rows=np.ascontiguousarray(batch.rows).tobytes(),
        )
        self._subjects = subjects
        data = self._compress(self._encode(block))
        if len(data) > MAX_BLOCK:
            raise LimitError("One batch is too big for a recording.", "Record smaller batches.")
        return struct.pack("<II", len(data), zlib.crc32(data)) + data

    def end(self) -> bytes:
        """The last bytes: a file without them was cut."""
        return END


class Reader:
    """Blocks to batches. Feed it whole blocks, or use `parse` for a whole file. `most` bounds the bytes of one block when it is
    unpacked."""

    def __init__(self, most: int = MAX_UNPACKED) -> None:
        self._most = most
        self._decode = msgspec.msgpack.Decoder(Block).decode
        self._strings: list[str] = []
        self._subjects: tuple[Subject, ...] = ()
        self._generation = -1

    def block(self, data: bytes, where: str) -> EventBatch:
        """The batch of one block's compressed bytes. Raises FormatError."""
        block = self._unpack(data, where)
        if block.version != VERSION:
            raise FormatError(f"The recording has version {block.version}.", "Use a newer Periderm.", where=where)
        if block.generation != self._generation:
            self._generation, self._strings = block.generation, []
        if len(self._strings) + len(block.strings) > MAX_STRINGS:
            raise LimitError("The recording has too many strings.", ADVICE, where=where)
        self._strings.extend(block.strings)
        if block.subjects is not None:
            self._subjects = block.subjects
        rows = self._rows(block.rows, where)
        return EventBatch(rows, self._strings, self._subjects, self._generation)

    def _unpack(self, data: bytes, where: str) -> Block:
        try:
            size = zstandard.frame_content_size(data)
            if size < 0 or size > self._most:
                raise LimitError("A block does not tell its size, or is too big.", ADVICE, where=where)
            raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=self._most)
            return self._decode(raw)
        except (zstandard.ZstdError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError(f"A block cannot be read ({error}).", ADVICE, where=where) from error

    def _rows(self, data: bytes, where: str) -> Rows:
        if len(data) % EVENT_DTYPE.itemsize:
            raise FormatError("A block's rows are not whole.", ADVICE, where=where)
        rows: Rows = np.frombuffer(data, EVENT_DTYPE).copy()
        if not len(rows):
            return rows
        if not self._strings or any(int(rows[name].max()) >= len(self._strings) for name in STRING_COLUMNS):
            raise FormatError("A row points at a string that is not there.", ADVICE, where=where)
        if int(rows["subject"].max()) >= max(len(self._subjects), 1):
            raise FormatError("A row points at a subject that is not there.", ADVICE, where=where)
        if int(rows["kind"].max()) > max(EventKind) or int(rows["origin"].max()) > max(Origin):
            raise FormatError("A row is of a kind that this version does not know.", "Use a newer Periderm.", where=where)
        return rows


def packed(batch: EventBatch) -> bytes:
    """One block that needs no other to be read: with its own strings and subjects, and only those that its rows name. Subject
    0, the node, is always among them."""
    rows: Rows = batch.rows.copy()
    used = np.unique(np.concatenate([rows[name] for name in STRING_COLUMNS])) if len(rows) else np.zeros(0, np.uint32)
    strings = [""]
    numbers = np.zeros(len(used), np.uint32)
    for place, index in enumerate(used.tolist()):
        if text := storable(batch.strings[index]):
            numbers[place] = len(strings)
            strings.append(text)
    for name in STRING_COLUMNS:
        rows[name] = numbers[np.searchsorted(used, rows[name])]
    chosen = [index for index in np.unique(rows["subject"]).tolist() if index]
    rows["subject"] = np.searchsorted([0, *chosen], rows["subject"])
    subjects = tuple(batch.subjects[index] for index in (0, *chosen)) if len(batch.subjects) else ()
    return Writer().batch(EventBatch(rows, strings, subjects, 1))


def unpacked(data: bytes, most: int) -> EventBatch:
    """What `packed` gave, at most `most` bytes when it is unpacked. Raises FormatError, LimitError."""
    where = "a block"
    length, checksum = header_of(data[:8], where)
    if len(data) != length + 8:
        raise FormatError("A block is longer or shorter than it says.", ADVICE, where=where)
    check(data[8:], length, checksum, where)
    return Reader(most).block(data[8:], where)


def header_of(data: bytes, where: str) -> tuple[int, int]:
    """(length, checksum) of a block from its 8 bytes; (0, 0) is the end. Raises FormatError."""
    if len(data) < 8:
        raise FormatError("The recording ends before its end mark: it was cut.", ADVICE, where=where)
    length, checksum = struct.unpack("<II", data)
    if length > MAX_BLOCK:
        raise LimitError("A block says that it is too big.", ADVICE, where=where)
    return length, checksum


def check(data: bytes, length: int, checksum: int, where: str) -> None:
    """Raises FormatError where a block was cut or changed."""
    if len(data) < length:
        raise FormatError("The recording ends within a block: it was cut.", ADVICE, where=where)
    if zlib.crc32(data) != checksum:
        raise FormatError("A block does not match its checksum.", ADVICE, where=where)


def check_magic(data: bytes) -> None:
    """Raises FormatError where the file is not a recording."""
    if data != MAGIC:
        raise FormatError("This is not a recording of Periderm.", "Make one with `periderm record`.")


def parse(data: bytes) -> Iterator[EventBatch]:
    """All batches of a whole recording; what is good is given before FormatError is raised."""
    check_magic(data[: len(MAGIC)])
    reader = Reader()
    offset = len(MAGIC)
    while True:
        where = f"offset {offset}"
        length, checksum = header_of(data[offset : offset + 8], where)
        if length == 0:
            return
        block = data[offset + 8 : offset + 8 + length]
        check(block, length, checksum, where)
        yield reader.block(block, where)
        offset += 8 + length
