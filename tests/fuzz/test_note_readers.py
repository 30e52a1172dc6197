"""Readers of well-known files are fed damaged ones: they tell what they can, and nothing else escapes."""

from __future__ import annotations

import random
import zlib

import pytest

from periderm.engines.image import DETECTORS
from periderm.model.errors import FormatError
from periderm.model.file_note import NoteReader
from tests.fuzz.test_image_formats import ROUNDS, mutate

SEEDS = [
    pytest.param(reader, file.path, file.data, id=f"{reader.id}: {file.path} {zlib.crc32(file.data):x}")
    for detector in DETECTORS
    for reader in detector.readers
    for example in (*detector.spec.fires, *detector.spec.quiet)
    for layer in example.given.layers
    for file in layer
    if file.data and reader.wants(file.path)
]


@pytest.mark.parametrize(("reader", "path", "data"), list({p.id: p for p in SEEDS}.values()))
def test_damaged_files(reader: NoteReader, path: str, data: bytes) -> None:
    """Cut, flipped, repeated and joined: notes, or a FormatError."""
    chance = random.Random(zlib.crc32(data))
    for _ in range(max(20, ROUNDS // 30)):
        try:
            notes = reader.read(mutate(data, chance), path)
        except FormatError:
            continue
        assert all(note.what for note in notes)
