"""Walks a tar in one pass over chunks, in bounded memory. Never unpacks, never follows a link, never seeks.

It sees what the container runtimes see: like Go's archive/tar it ignores PAX global headers, lets links and folders
have no content, and ends at a block of zeros.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from periderm.formats.tar import capabilities, header, pax, sparse
from periderm.formats.tar.header import BLOCK, ZERO
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import FileType, LayerEntry

_TYPES = {
    b"1": FileType.HARDLINK,
    b"2": FileType.SYMLINK,
    b"3": FileType.CHARACTER,
    b"4": FileType.BLOCK,
    b"5": FileType.DIRECTORY,
    b"6": FileType.FIFO,
}
_NEXT_STEP = "The archive is damaged or was cut; save it again."


class Member:
    """One entry and its content. The content can be read once, and only until the next member is asked for."""

    __slots__ = ("_extents", "_stream", "entry", "stored")

    def __init__(self, stream: TarStream, entry: LayerEntry, stored: int, extents: tuple[sparse.Extent, ...] | None) -> None:
        self._stream = stream
        self._extents = extents
        self.entry = entry
        self.stored = stored

    def peek(self, size: int) -> bytes:
        """The first bytes of the content without taking them; fewer only if the content is shorter."""
        if self._extents is not None:
            return b""
        return self._stream.peek(size)

    def read(self) -> bytes:
        """The whole content: `entry.size` bytes. The caller looks at the size first."""
        if self._extents is None:
            return self._stream.take_content()
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces. Holes of a sparse member are filled with zeros. Raises LimitError for a huge one."""
        if self._extents is None:
            return self._stream.content()
        if self.entry.size > self._stream.sparse_limit:
            raise LimitError(f"a sparse file of {self.entry.size} bytes was not filled in.", where=self.entry.path)
        return sparse.fill(self._extents, self.entry.size, self._stream.content())


class TarStream:
    """Iterates over members. `position` counts the bytes taken so far. Raises FormatError."""

    def __init__(self, chunks: Iterable[bytes], where: str = "", sparse_limit: int = 1 << 30) -> None:
        self._chunks = iter(chunks)
        self._buffer = b""
        self._at = 0
        self._base = 0  # the offset of the buffer's first byte
        self._content = 0  # bytes of the current member not yet read
        self._padding = 0
        self._where = where
        self.sparse_limit = sparse_limit

    @property
    def position(self) -> int:
        """Offset in the archive of the next byte to be taken."""
        return self._base + self._at

    def __iter__(self) -> Iterator[Member]:
        records: list[tuple[bytes, bytes]] = []
        long_name = long_link = b""
        while True:
            block = self._next_block()
            if block is None:
                return
            if not records and not long_name and not long_link:
                entry = header.quick(block, self._base + self._at)
                if entry is not None:
                    self._content, self._padding = entry.size, -entry.size % BLOCK
                    yield Member(self, entry, entry.size, None)
                    continue
            head = header.parse(block, self._where)
            kind = head.kind
            if kind in b"LKxgX":
                self._content, self._padding = head.size, -head.size % BLOCK
                if kind == b"g":
                    continue
                data = self._small_content()
                if kind in b"xX":
                    records = pax.parse(data, self._where)
                elif kind == b"L":
                    long_name = data.partition(b"\0")[0]
                else:
                    long_link = data.partition(b"\0")[0]
                continue
            yield self._member(head, block, records, long_name, long_link)
            records, long_name, long_link = [], b"", b""

    def _next_block(self) -> bytes | None:
        """The next header, after what is left of the current member; None at the end mark or the archive's end."""
        at = self._at + self._content + self._padding
        if at <= len(self._buffer):
            self._at = at
        else:
            self._skip(self._content + self._padding)
            at = self._at
        self._content = self._padding = 0
        block = self._buffer[at : at + BLOCK]
        if len(block) == BLOCK:
            self._at = at + BLOCK
        else:
            block = self._take(BLOCK, may_end=True)
        if not block or block == ZERO:
            return None
        return block

    def _member(
        self, head: header.Header, block: bytes, records: list[tuple[bytes, bytes]], long_name: bytes, long_link: bytes
    ) -> Member:
        """The member that a header and what came before it describe."""
        name, link = long_name or head.name, long_link or head.link
        size, mtime, uid, gid, kind = head.size, head.mtime, head.uid, head.gid, head.kind
        extents: tuple[sparse.Extent, ...] | None = None
        real, powers = size, 0
        if records:
            wanted = dict(records)
            name, link = wanted.get(b"path") or name, wanted.get(b"linkpath") or link
            size = pax.integer(wanted[b"size"], self._where) if wanted.get(b"size") else size
            mtime = pax.integer(wanted[b"mtime"], self._where) if wanted.get(b"mtime") else mtime
            uid = pax.integer(wanted[b"uid"], self._where) if wanted.get(b"uid") else uid
            gid = pax.integer(wanted[b"gid"], self._where) if wanted.get(b"gid") else gid
            if capabilities.PAX in wanted:
                powers = capabilities.permitted(wanted[capabilities.PAX])
            if size < 0:
                raise FormatError(f"a PAX record has the size {size}.", where=self._where)
            real = size
        type_ = _TYPES.get(kind, FileType.REGULAR)
        if type_ is not FileType.REGULAR:
            size = real = 0
        self._content, self._padding = size, -size % BLOCK
        if kind == b"S":
            extents, real = self._old_sparse(block)
        elif records and any(key.startswith(b"GNU.sparse.") for key, _ in records):
            name, extents, real = self._pax_sparse(records, name)
        path, escapes = header.clean_path(name)
        if type_ is FileType.REGULAR and name[-1:] == b"/":
            type_ = FileType.DIRECTORY  # as old tars and Go mark folders
            real = 0
        target = ""
        if type_ is FileType.HARDLINK:
            target, climbed = header.clean_path(link)
            escapes = escapes or climbed
        elif type_ is FileType.SYMLINK:
            target = link.decode("utf-8", "surrogateescape")
        entry = LayerEntry(path, type_, head.mode, uid, gid, real, mtime, target, self.position, escapes, head.device, powers)
        return Member(self, entry, self._content, extents)

    def _old_sparse(self, block: bytes) -> tuple[tuple[sparse.Extent, ...], int]:
        """GNU's 'S' member: four extents in the header, more in the blocks behind it, then the data."""
        extents = sparse.old_extents(block, 386, 4, self._where)
        real = header.number(block[483:495], self._where)
        more = block[482]
        while more:
            extension = self._take(BLOCK)
            extents += sparse.old_extents(extension, 0, 21, self._where)
            more = extension[504]
            if len(extents) > sparse.MOST_EXTENTS:
                raise LimitError(f"a sparse member has more than {sparse.MOST_EXTENTS} extents.", where=self._where)
        return sparse.check(extents, real, self._content, self._where), real

    def _pax_sparse(
        self, records: list[tuple[bytes, bytes]], name: bytes
    ) -> tuple[bytes, tuple[sparse.Extent, ...] | None, int]:
        """PAX sparse 0.0 and 0.1 have the map in the records, 1.0 in front of the data."""
        wanted = dict(records)
        name = wanted.get(b"GNU.sparse.name") or name
        size = wanted.get(b"GNU.sparse.realsize") or wanted.get(b"GNU.sparse.size")
        if size is None:
            return name, None, self._content
        real = pax.integer(size, self._where)
        extents = self._map_in_data() if wanted.get(b"GNU.sparse.major") == b"1" else sparse.pax_extents(records, self._where)
        return name, sparse.check(extents, real, self._content, self._where), real

    def _map_in_data(self) -> list[sparse.Extent]:
        """PAX 1.0: decimal numbers, one a line, padded to whole blocks: a count, then offsets and lengths."""
        text, needed = b"", 1
        while text.count(b"\n") < needed:
            if self._content < BLOCK:
                raise FormatError("a sparse member's map is cut.", where=self._where)
            text += self._take(BLOCK)
            self._content -= BLOCK
            first = text.partition(b"\n")[0]
            if not first.isdigit() or len(first) > 7 or int(first) > sparse.MOST_EXTENTS:
                raise LimitError("a sparse member's map is too long, or none.", where=self._where)
            needed = 1 + 2 * int(first)
        return sparse.pairs(text.split(b"\n")[1:needed], self._where)

    def peek(self, size: int) -> bytes:
        """The next bytes of the current member; they stay."""
        size = min(size, self._content)
        while len(self._buffer) - self._at < size:
            more = next(self._chunks, b"")
            if not more:
                break
            self._base += self._at
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self._buffer[self._at : self._at + size]

    def take_content(self) -> bytes:
        """All that is left of the current member."""
        size, self._content = self._content, 0
        return self._take(size)

    def content(self) -> Iterator[bytes]:
        """What is left of the current member, as the chunks come."""
        while self._content:
            if self._at >= len(self._buffer) and not self._fill():
                raise FormatError("a tar ends inside a file.", _NEXT_STEP, where=self._where)
            piece = self._buffer[self._at : self._at + self._content]
            self._at += len(piece)
            self._content -= len(piece)
            yield piece

    def _small_content(self) -> bytes:
        """A long name, a long link or PAX records: at most 1 MiB."""
        if self._content > pax.LARGEST:
            raise LimitError(f"a tar header extension has {self._content} bytes.", where=self._where)
        return self.take_content()

    def _fill(self) -> bool:
        """Replaces the used-up buffer by the next chunk that is not empty; False at the end."""
        for chunk in self._chunks:
            if chunk:
                self._base += len(self._buffer)
                self._buffer, self._at = chunk, 0
                return True
        return False

    def _take(self, size: int, *, may_end: bool = False) -> bytes:
        """Exactly `size` bytes; b'' if the archive ends just here and `may_end`."""
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        if len(data) == size:
            return data
        parts, left = [data], size - len(data)
        while left and self._fill():
            data = self._buffer[:left]
            self._at = len(data)
            left -= len(data)
            parts.append(data)
        if left and not (may_end and left == size):
            raise FormatError("a tar ends too early.", _NEXT_STEP, where=self._where)
        return b"".join(parts)

    def _skip(self, size: int) -> None:
        """Leaves out `size` bytes."""
        self._at += size
        while self._at > len(self._buffer):
            over = self._at - len(self._buffer)
            self._at = len(self._buffer)
            if not self._fill():
                raise FormatError("a tar ends inside a file.", _NEXT_STEP, where=self._where)
            self._at = over
