"""PAX extended header records (`length key=value\\n`). Knows nothing of members."""

from __future__ import annotations

from periderm.model.errors import FormatError, LimitError

LARGEST = 1 << 20  # Go's archive/tar, which the runtimes use, stops at the same size
MOST_RECORDS = 10_000


def parse(data: bytes, where: str = "") -> list[tuple[bytes, bytes]]:
    """Records in order, as bytes: values are UTF-8 by the standard and anything by practice. Raises FormatError."""
    records: list[tuple[bytes, bytes]] = []
    at, end = 0, len(data)
    while at < end:
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > at else b""
        if not digits.isdigit():
            if not data[at:].strip(b"\0"):
                break  # some writers pad the records with zeros
            raise FormatError("a PAX record has no length.", where=where)
        length = int(digits)
        if length < space - at + 3 or at + length > end or data[at + length - 1] != 0x0A:
            raise FormatError("a PAX record's length does not fit.", where=where)
        key, equals, value = data[space + 1 : at + length - 1].partition(b"=")
        if not equals or not key:
            raise FormatError("a PAX record has no key.", where=where)
        records.append((key, value))
        if len(records) > MOST_RECORDS:
            raise LimitError(f"a member has more than {MOST_RECORDS} PAX records.", where=where)
        at += length
    return records


def integer(value: bytes, where: str = "") -> int:
    """A number of a record; times may have a fraction, which is cut off. Raises FormatError."""
    whole = value.partition(b".")[0]
    if whole.removeprefix(b"-").isdigit() and len(whole) <= 20 and abs(int(whole)) < 1 << 63:
        return int(whole)
    raise FormatError(f"a PAX record has {value[:24]!r} where a number must be.", where=where)
