"""Ring slots made by hand, field by field, as bpf/record.h lays them out."""

from __future__ import annotations

import struct

INLINE = 88
PIECE = 232


def slot(body: bytes, header: int = 248) -> bytes:
    """One slot around 248 bytes."""
    return struct.pack("<II", header, 0) + body.ljust(248, b"\0")


def record(
    kind: int = 4,
    text: bytes = b"",
    raw: bytes = b"",
    args: bytes = b"",
    *,
    strings: int = 0,
    exe: int = 0,
    form: int = 0,
    family: int = 0,
    pid: int = 7,
    serial: int = 1,
    comm: bytes = b"comm",
    origin: int = 0,
    count: int = 1,
) -> bytes:
    """The slots of one record: its parts first."""
    data = text + raw + args
    parts = -(-max(len(data) - INLINE, 0) // PIECE)
    head = struct.pack("<qQQQQqq", 5, 77, 66, 3, 99, -1, 2)
    ids = struct.pack("<IIIIIIIiI", pid, 1, 0, 0, 8, 4, 0, 0, count)
    keys = struct.pack("<IQQI", serial, exe, strings or hash((text, raw, args, form)) & (2**64 - 1), len(data))
    tail = struct.pack("<HHBBHHH", 80, family, kind, origin, len(text), len(raw), len(args))
    more = struct.pack("<Q16sBBHI", 1234, comm, parts, form, 0, 0)
    whole = head + ids + keys + tail + more + data[:INLINE].ljust(INLINE, b"\0")
    pieces = b"".join(part(serial, index, data[INLINE + index * PIECE :][:PIECE]) for index in range(parts))
    return pieces + slot(whole)


def part(serial: int, index: int, data: bytes) -> bytes:
    """A slot that carries a piece of a longer string."""
    data = data.ljust(PIECE, b"\0")
    return slot(data[:112] + struct.pack("<IHHB7x", serial, index, 0, 255) + data[112:])
