"""A bounded, repeatable number of rounds of the sensor's fuzz targets, from good input that is then damaged."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from periderm.formats import recording
from periderm.model.asset import Node
from periderm.model.event import EVENT_DTYPE, EventBatch
from tests.formats.bpf_records.records import record
from tests.fuzz import fuzz_bpf_records, fuzz_recording

ROUNDS = 300
NODE = Node(id="n", name="n", hostname="h", machine_id="m", kernel="k", os_name="o", architecture="a")


def good_records() -> bytes:
    """Well-formed slots of all forms."""
    return b"".join(
        record(kind, b"/t" * kind, b"r", b"a\0b", form=kind % 8, family=kind % 11) for kind in range(1, 24)
    ) + record(4, b"/" + b"p" * 900)


def good_block() -> bytes:
    """The unpacked bytes of one block of a recording."""
    rows = np.zeros(3, EVENT_DTYPE)
    rows["kind"] = 4
    batch = EventBatch(rows, ["", "/a"], [NODE])
    made = recording.Block(version=1, generation=0, strings=tuple(batch.strings), subjects=(NODE,), rows=rows.tobytes())
    return msgspec.msgpack.encode(made)


def damaged(good: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, and sometimes cut or doubled."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(len(data))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    return bytes(data)


@pytest.mark.parametrize(
    ("good", "fuzz"),
    [(good_records, fuzz_bpf_records.fuzz), (good_block, fuzz_recording.fuzz)],
    ids=["records", "recording"],
)
def test_rounds(good: Callable[[], bytes], fuzz: Callable[[bytes], None]) -> None:
    """Damaged input raises nothing but FormatError."""
    chance = random.Random(1)
    sample = good()
    fuzz(sample)
    for _ in range(ROUNDS):
        fuzz(damaged(sample, chance))
