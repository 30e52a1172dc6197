"""Inflates gzip and zstd streams in bounded memory, and stops at bombs. Plain streams pass through unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isal import isal_zlib

from periderm.model.errors import FormatError, LimitError

PIECE = 1 << 20
_INPUT = 128 << 10  # what the engine has not used is copied each time: of small pieces little is
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_OTHER = ((b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"))
_GZIP_WINDOW = 31  # zlib.h: windowBits + 16 reads the gzip wrapper
_ZSTD_WINDOW = 128 << 20  # what the zstd command takes without --memory
_GzipError: type[Exception] = isal_zlib.error  # type: ignore[assignment] # the stub calls the class an instance
_DAMAGED = "The file is damaged or was cut; fetch or save it again."


class Gauge:
    """Counts what goes in and out, and raises LimitError when the ratio or the sum says bomb."""

    def __init__(self, most: int, ratio: int, floor: int, where: str) -> None:
        self.taken = 0
        self.given = 0
        self._most, self._ratio, self._floor, self._where = most, ratio, floor, where

    def gave(self, size: int) -> None:
        """`size` more bytes came out."""
        self.given += size
        if self.given > self._most:
            raise LimitError(f"it inflates to more than {self._most} bytes.", where=self._where)
        if self.given > self._floor and self.given > self._ratio * max(self.taken, 1):
            raise LimitError(f"it inflates more than {self._ratio} times, as a bomb does.", where=self._where)


def inflate(
    chunks: Iterable[bytes], *, most: int = 1 << 40, ratio: int = 1_200, floor: int = 256 << 20, where: str = ""
) -> Iterator[bytes]:
    """The inflated bytes in pieces of about 1 MiB. The kind is told by the first bytes, never by a name.

    Raises FormatError for damage and for kinds that no runtime writes, LimitError beyond `most` bytes, or beyond
    `ratio` times the input once `floor` bytes came out.
    """
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= 6:
            break
    gauge = Gauge(most, ratio, floor, where)
    if head.startswith(_GZIP):
        yield from _gzip(_counted(head, source, gauge), gauge, where)
    elif head.startswith(_ZSTD):
        yield from _zstd(_counted(head, source, gauge), gauge, where)
    else:
        for magic, name in _OTHER:
            if head.startswith(magic):
                raise FormatError(
                    f"it is compressed with {name}.", "Compress it with gzip or zstd, or not at all.", where=where
                )
        for chunk in _counted(head, source, gauge):
            gauge.gave(len(chunk))
            yield chunk


def _counted(head: bytes, rest: Iterator[bytes], gauge: Gauge) -> Iterator[bytes]:
    if head:
        gauge.taken += len(head)
        yield head
    for chunk in rest:
        gauge.taken += len(chunk)
        yield chunk


def _gzip(source: Iterator[bytes], gauge: Gauge, where: str) -> Iterator[bytes]:
    """All members of a gzip stream. Zero bytes behind the last one are padding, as gzip(1) has it."""
    engine = isal_zlib.decompressobj(_GZIP_WINDOW)
    for part in (chunk[at : at + _INPUT] for chunk in source for at in range(0, len(chunk), _INPUT)):
        data = part
        while data:
            if engine.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                engine = isal_zlib.decompressobj(_GZIP_WINDOW)
            try:
                piece = engine.decompress(data, PIECE)
            except _GzipError as error:
                raise FormatError(f"the gzip stream is damaged ({error}).", _DAMAGED, where=where) from None
            if piece:
                gauge.gave(len(piece))
                yield piece
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
    while not engine.eof:  # what the engine still holds inside
        try:
            piece = engine.decompress(b"", PIECE)
        except _GzipError as error:
            raise FormatError(f"the gzip stream is damaged ({error}).", _DAMAGED, where=where) from None
        if not piece:
            raise FormatError("the gzip stream ends too early.", _DAMAGED, where=where)
        gauge.gave(len(piece))
        yield piece


class _Reader:
    """The `read` that zstandard's reader asks for, over chunks."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, b'' at the end."""
        if not self._held:
            self._held = next(self._source, b"")
        data, self._held = self._held[:size], self._held[size:]
        return data


def _zstd(source: Iterator[bytes], gauge: Gauge, where: str) -> Iterator[bytes]:
    """All frames of a zstd stream. The library is loaded here: few layers need it, and it takes ten milliseconds."""
    import zstandard

    engine = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    # zstandard's types want a file; it calls nothing but `read`. A frame that is cut ends without an error: whoever
    # compares the digest of what came out notices.
    reader = engine.stream_reader(_Reader(source), read_across_frames=True)  # type: ignore[arg-type]
    while True:
        try:
            piece = reader.read(PIECE)
        except zstandard.ZstdError as error:
            raise FormatError(f"the zstd stream is damaged ({error}).", _DAMAGED, where=where) from None
        if not piece:
            return
        gauge.gave(len(piece))
        yield piece
