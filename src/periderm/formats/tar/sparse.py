"""Maps of sparse members: GNU's old headers and PAX 0.0, 0.1 and 1.0. Turns maps into bytes only when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.tar import header
from periderm.model.errors import FormatError, LimitError

Extent = tuple[int, int]  # offset and length of data in the real file
MOST_EXTENTS = 100_000
_ZEROS = bytes(1 << 20)


def check(extents: Sequence[Extent], real: int, stored: int, where: str = "") -> tuple[Extent, ...]:
    """The map without empty extents. Raises FormatError unless it is ordered, inside the file, and has the stored bytes."""
    end, total = 0, 0
    for offset, length in extents:
        if offset < end or length < 0 or offset + length > real:
            raise FormatError("a sparse member's map does not fit its size.", where=where)
        end, total = offset + length, total + length
    if total > stored:
        raise FormatError("a sparse member's map has more data than the archive.", where=where)
    return tuple(e for e in extents if e[1])


def old_extents(block: bytes, start: int, count: int, where: str = "") -> list[Extent]:
    """Extents of 24 bytes each in a GNU header (4 from byte 386) or its extension (21 from byte 0)."""
    found: list[Extent] = []
    for i in range(count):
        field = block[start + 24 * i : start + 24 * i + 24]
        if not field[0]:
            break
        found.append((header.number(field[:12], where), header.number(field[12:], where)))
    return found


def pax_extents(records: Sequence[tuple[bytes, bytes]], where: str = "") -> list[Extent]:
    """The map of PAX sparse 0.0 (repeated offset and numbytes) or 0.1 (one comma-separated list)."""
    flat: list[bytes] = []
    for key, value in records:
        if key == b"GNU.sparse.map":
            flat = value.split(b",") if value else []
        elif key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            flat.append(value)
    return pairs(flat, where)


def pairs(flat: Sequence[bytes], where: str = "") -> list[Extent]:
    """Numbers in decimal, two by two. Raises FormatError or LimitError."""
    if len(flat) % 2 or not all(n.isdigit() and len(n) < 20 for n in flat):
        raise FormatError("a sparse member's map is not pairs of numbers.", where=where)
    if len(flat) > 2 * MOST_EXTENTS:
        raise LimitError(f"a sparse member has more than {MOST_EXTENTS} extents.", where=where)
    numbers = [int(n) for n in flat]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def fill(extents: Sequence[Extent], real: int, data: Iterator[bytes]) -> Iterator[bytes]:
    """The real file: stored data with zeros for the holes, in pieces of at most 1 MiB of zeros."""
    at, piece = 0, b""
    for offset, length in extents:
        yield from _holes(offset - at)
        left = length
        while left:
            if not piece:
                piece = next(data, b"")
                if not piece:
                    raise FormatError("a sparse member ends inside its data.")
            yield piece[:left]
            used = min(left, len(piece))
            piece, left = piece[used:], left - used
        at = offset + length
    yield from _holes(real - at)


def _holes(length: int) -> Iterator[bytes]:
    while length > 0:
        yield _ZEROS[:length]
        length -= len(_ZEROS)
