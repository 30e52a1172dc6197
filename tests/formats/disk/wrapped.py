"""Wrapped disks made by qemu-img from a raw one, which they are compared with."""

from __future__ import annotations

import random
from pathlib import Path

from periderm.formats.disk.pieces import Disk
from tests.formats.disk.disks import MIB, Image, image, run, tool


def raw(path: Path, size: int = 9 * MIB) -> Image:
    """A disk with data, holes, and what compresses well."""
    chance = random.Random(11)
    with path.open("wb") as file:
        file.truncate(size)
        for at in range(0, size, 700_001):
            file.seek(at)
            file.write(chance.randbytes(chance.randrange(1, 120_000)) if at % 3 else b"text " * 9_000)
        file.truncate(size)
    return image(path)


def wrap(source: Path, path: Path, kind: str, options: str = "", *more: str) -> Image:
    """The same disk in another form."""
    given = ("-o", options) if options else ()
    run(tool("qemu-img", "qemu-utils"), "convert", "-O", kind, *given, *more, source, path)
    return image(path)


def same(disk: Disk, source: Image) -> None:
    """Every byte, read whole and in places."""
    whole = source.read(0, source.size)
    assert disk.size >= source.size
    assert disk.read(0, source.size) == whole
    chance = random.Random(5)
    for _ in range(100):
        at, size = chance.randrange(source.size), chance.randrange(200_000)
        assert disk.read(at, min(size, source.size - at)) == whole[at : at + size]
    assert disk.read(disk.size, 10) == b""
    assert disk.read(-1, 10) == b""
