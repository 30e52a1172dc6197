"""Fuzz target: any bytes as a recording, with right and wrong checksums. Only FormatError may come out."""

from __future__ import annotations

import contextlib
import struct
import zlib

import zstandard

from periderm.formats import recording
from periderm.model.errors import FormatError


def fuzz(data: bytes) -> None:
    """One round."""
    packed = zstandard.compress(data)
    for block in (data, packed):
        framed = recording.MAGIC + struct.pack("<II", len(block), zlib.crc32(block)) + block + recording.END
        for file in (data, recording.MAGIC + data, framed):
            with contextlib.suppress(FormatError):
                for batch in recording.parse(file):
                    for index in range(len(batch)):
                        batch.rows[index].item()
