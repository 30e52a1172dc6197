"""How messages lie in a segment file. Bytes to values and back; nothing here opens or writes a file.

A segment begins with SEGMENT: magic, salt, offset of its first message, CRC-32. Then frames, one for each publish:
FRAME (the segment's salt, offset of the first message, how many, bytes that follow, CRC-32 over these numbers and the
bytes), the length of each message, the messages. A frame is there as a whole or not at all, so that a publish is too.
The salt is random, so that a message cannot hold what looks like a frame to a reader that searches behind damage.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Sequence

import msgspec

from periderm.model.errors import BusError

SEGMENT = struct.Struct("<8s8sQI4x")
FRAME = struct.Struct("<8sQIII4x")
MAGIC = b"PDRMSPL1"
SALT_BYTES = 8
FRAME_LIMIT = 64 << 20  # bytes of one publish; a reader holds a whole frame in memory

_NUMBERS = struct.Struct("<8sQII")


class Frame(msgspec.Struct, frozen=True):
    """Where a frame lies: bytes `position` to `end` of its segment, messages `first` to `after` (not included)."""

    position: int
    end: int
    first: int
    after: int
    messages: tuple[bytes, ...] = ()


def segment_header(salt: bytes, first: int) -> bytes:
    """The first bytes of a segment."""
    return SEGMENT.pack(MAGIC, salt, first, zlib.crc32(salt + first.to_bytes(8, "little")))


def read_segment_header(data: bytes) -> tuple[bytes, int] | None:
    """Salt and first offset, None if these are not the bytes of a header."""
    if len(data) < SEGMENT.size:
        return None
    magic, salt, first, check = SEGMENT.unpack_from(data)
    if magic != MAGIC or check != zlib.crc32(salt + first.to_bytes(8, "little")):
        return None
    return salt, first


def encode(salt: bytes, first: int, messages: Sequence[bytes]) -> bytes:
    """A frame. Raises BusError if the messages are too much for one."""
    payload = struct.pack(f"<{len(messages)}I", *map(len, messages)) + b"".join(messages)
    numbers = _NUMBERS.pack(salt, first, len(messages), len(payload))
    check = zlib.crc32(payload, zlib.crc32(numbers))
    return FRAME.pack(salt, first, len(messages), len(payload), check) + payload


def size(messages: Sequence[bytes]) -> int:
    """How many bytes the frame of these messages has."""
    return FRAME.size + 4 * len(messages) + sum(map(len, messages))


def fits(messages: Sequence[bytes]) -> None:
    """Raises BusError if the messages are more than one frame may hold."""
    total = size(messages) - FRAME.size
    if total > FRAME_LIMIT:
        raise BusError(
            f"{total} bytes are too many to publish at once (at most {FRAME_LIMIT}).", "Publish them in smaller parts."
        )


def length(data: bytes | memoryview, start: int, salt: bytes) -> int | None:
    """How many bytes the frame that begins at `start` of `data` has, as its header says; None if none begins there."""
    if len(data) - start < FRAME.size:
        return None
    mark: bytes
    behind: int
    mark, _first, count, behind, _check = FRAME.unpack_from(data, start)
    if mark != salt or behind > FRAME_LIMIT or 4 * count > behind:
        return None
    return FRAME.size + behind


def decode(data: bytes | memoryview, start: int, position: int, salt: bytes) -> Frame | None:
    """The frame at `start` of `data`, which is at `position` of its file; None if it is not whole and right."""
    whole = length(data, start, salt)
    if whole is None or len(data) - start < whole:
        return None
    _mark, first, count, payload_bytes, check = FRAME.unpack_from(data, start)
    payload = bytes(data[start + FRAME.size : start + whole])
    if zlib.crc32(payload, zlib.crc32(_NUMBERS.pack(salt, first, count, payload_bytes))) != check:
        return None
    lengths = struct.unpack_from(f"<{count}I", payload)
    if 4 * count + sum(lengths) != len(payload):
        return None
    ends = list(itertools.accumulate(lengths, initial=4 * count))
    messages = tuple(payload[a:b] for a, b in itertools.pairwise(ends))
    return Frame(position, position + whole, first, first + count, messages)
