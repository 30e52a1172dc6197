"""DER, as much of it as a timestamp needs: tags, lengths and contents of one level at a time. Knows no schema.

Source: ITU-T X.690, 8.1 (tag and length) and 10.1 (DER's definite, shortest lengths).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

SEQUENCE, SET, INTEGER, OCTETS, OBJECT, TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1
MOST_PARTS = 1_000


class Part(msgspec.Struct, frozen=True):
    """One value: its tag's byte, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


def read_one(data: bytes, tag: int = 0) -> Part:
    """The only value of these bytes, of the tag that is asked for (0: any). Raises ValueError."""
    parts = list(read_all(data))
    if len(parts) != 1 or (tag and parts[0].tag != tag):
        raise ValueError("another value is expected")
    return parts[0]


def read_all(data: bytes) -> Iterator[Part]:
    """The values that lie one behind the other. Raises ValueError for damage, long tags, and lengths that are not DER's."""
    at = count = 0
    while at < len(data):
        count += 1
        if count > MOST_PARTS or at + 2 > len(data) or data[at] & 0x1F == 0x1F:
            raise ValueError("this is no DER")
        start, length = at + 2, data[at + 1]
        if length & 0x80:
            width = length & 0x7F
            start += width
            length = int.from_bytes(data[at + 2 : start], "big")
            if not 1 <= width <= 4 or length < 0x80 or length >> (8 * (width - 1)) == 0:
                raise ValueError("a length is not in its shortest form")
        if start + length > len(data):
            raise ValueError("a value ends too early")
        yield Part(data[at], data[start : start + length], data[at : start + length])
        at = start + length


def object_id(dotted: str) -> bytes:
    """The content of an object identifier."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray()
    for number in (first * 40 + second, *rest):
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(0x80 | number & 0x7F)
        out += bytes(reversed(septets))
    return bytes(out)
