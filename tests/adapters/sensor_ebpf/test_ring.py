"""Reading the ring's memory, on a file that looks like one."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf.ring import Ring
from periderm.formats.bpf_records import BUSY
from periderm.model.errors import SensorError
from tests.adapters.sensor_ebpf.paper import PAGE, SIZE, PaperRing


def test_slots_come_once_and_in_order(tmp_path: Path) -> None:
    """Round the end of the ring and on."""
    paper = PaperRing(tmp_path / "ring")
    ring = Ring(paper.file, SIZE)
    seen: list[int] = []
    for number in range(100):
        paper.put(number * 256, 248, number)
        if number % 7 == 6:
            seen += [slot["body"].tobytes()[0] for slot in ring.take(1000)]
            ring.release()
    seen += [slot["body"].tobytes()[0] for slot in ring.take(1000)]
    ring.release()
    assert seen == list(range(100))
    assert ring.waiting() == 0
    ring.close()
    os.close(paper.file)


def test_a_slot_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    """What comes after it waits too, so that the order is kept."""
    paper = PaperRing(tmp_path / "ring")
    ring = Ring(paper.file, SIZE)
    paper.put(0, 248, 1)
    paper.put(256, 248 | BUSY, 2)
    paper.put(512, 248, 3)
    assert len(ring.take(10)) == 1
    ring.release()
    assert len(ring.take(10)) == 0
    paper.put(256, 248, 2)
    os.pwrite(paper.file, struct.pack("<Q", 768), PAGE)
    assert len(ring.take(1)) == 1
    ring.release()
    assert len(ring.take(10)) == 1
    ring.close()
    os.close(paper.file)


def test_what_is_no_ring_is_an_error_in_words() -> None:
    """A pipe cannot be mapped."""
    first, second = os.pipe()
    with pytest.raises(SensorError, match="cannot be mapped"):
        Ring(first, SIZE)
    os.close(first)
    os.close(second)
