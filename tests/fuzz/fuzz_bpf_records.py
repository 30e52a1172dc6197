"""Fuzz target: any bytes as slots of the ring. Only FormatError may come out, in bounded time and memory."""

from __future__ import annotations

import contextlib

from periderm.formats.bpf_records import Decoder, slots_of
from periderm.model.errors import FormatError


def fuzz(data: bytes) -> None:
    """One round."""
    decoder = Decoder(lambda _key, _pid: "", max_strings=1000, max_bytes=1 << 20)
    with contextlib.suppress(FormatError):
        rows, _ = decoder.decode(slots_of(data))
        for column in ("exe", "text", "raw", "args", "comm"):
            if len(rows) and int(rows[column].max()) >= len(decoder.strings):
                raise AssertionError(f"{column} points outside the table")
