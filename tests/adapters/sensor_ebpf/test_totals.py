"""Counters out of the kernel's numbers, on maps of paper."""

from __future__ import annotations

import struct

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.totals import Totals
from periderm.formats.bpf_records import Decoder
from periderm.model.event import SensorCounters


class PaperCounters:
    """A map of numbers; the counters have one for each of two CPUs."""

    def __init__(self, values: dict[int, tuple[int, ...]], width: int = 1) -> None:
        self._values, self._width = values, width

    def get(self, key: bytes) -> bytes:
        """The value, zero where none was set."""
        numbers = self._values.get(struct.unpack("<I", key)[0], (0,) * self._width)
        return struct.pack(f"<{len(numbers)}Q", *numbers)


def test_sums_and_names() -> None:
    """CPUs are summed; every event is in exactly one of four; what was not decoded has its number."""
    at = layout.COUNTERS.index
    counters: dict[int, tuple[int, ...]] = {at("sent"): (1, 2), at("folded"): (10, 0), at("filtered"): (0, 100)}
    counters |= {at("lost"): (1000, 0), at("x32"): (7, 0)}
    maps = {
        "counters": PaperCounters(counters, 2),
        "uring_opcodes": PaperCounters({36: (5,)}),
        "compat_calls": PaperCounters({}),
    }
    totals = Totals()
    totals.clock_jumps = 2

    def read() -> SensorCounters:
        return totals.read(maps, Decoder(lambda _key, _pid: ""))  # type: ignore[arg-type]  # paper instead of the kernel

    told = read()
    assert (told.sent, told.folded, told.filtered, told.lost, told.seen) == (3, 10, 100, 1000, 1113)
    assert told.other == {"x32": 7, "io_uring-opcode-36": 5, "clock-jump": 2}
    totals.lost_before, totals.read_ahead = 900, 40
    later = read()
    assert (later.lost, later.seen) == (100, told.seen)
    assert (later.other["lost-before"], later.other["read-ahead"]) == (900, 40)
