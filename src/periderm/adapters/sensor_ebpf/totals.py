"""The kernel side's counters, summed over CPUs, as SensorCounters: what was seen, and what was not."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.libbpf import Map
from periderm.formats.bpf_records import Decoder
from periderm.model.event import SensorCounters

PLAIN = ("sent", "folded", "filtered", "lost", "unreadable", "truncated", "killed")


class Totals:
    """Counters of this process beside those of the kernel."""

    def __init__(self) -> None:
        self.clock_jumps = 0
        self.unknown_namespace = 0
        self.read_ahead = 0  # records that waited in memory, because the reader was busy
        self.lost_before = 0  # as an earlier agent, or nobody, read the ring

    def lost(self, maps: Mapping[str, Map]) -> int:
        """Records that the ring had no room for."""
        return _sum(maps["counters"], layout.COUNTERS.index("lost"))

    def read(self, maps: Mapping[str, Map], decoder: Decoder) -> SensorCounters:
        """All totals. `seen` is what was sent, folded, filtered or lost (by this agent or before it): every event is in exactly
        one of them."""
        values = {name: _sum(maps["counters"], index) for index, name in enumerate(layout.COUNTERS)}
        other = {name: count for name, count in values.items() if name not in PLAIN and count}
        other |= _by_number(maps["uring_opcodes"], "io_uring-opcode-", 64)
        other |= _by_number(maps["compat_calls"], "syscall32-number-", 512)
        own = {
            "malformed": decoder.malformed,
            "incomplete": decoder.incomplete,
            "clock-jump": self.clock_jumps,
            "unknown-subject": self.unknown_namespace,
            "read-ahead": self.read_ahead,
            "lost-before": self.lost_before,
        }
        other |= {name: count for name, count in own.items() if count}
        return SensorCounters(
            seen=values["sent"] + values["folded"] + values["filtered"] + values["lost"],
            sent=values["sent"],
            folded=values["folded"],
            filtered=values["filtered"],
            lost=values["lost"] - self.lost_before,
            unreadable=values["unreadable"],
            truncated=values["truncated"],
            killed=values["killed"],
            other=other,
        )


def _sum(counters: Map, index: int) -> int:
    value = counters.get(struct.pack("<I", index)) or b""
    return int(np.frombuffer(value, np.uint64).sum()) if value else 0


def _by_number(counters: Map, prefix: str, most: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for number in range(most):
        value = counters.get(struct.pack("<I", number))
        if value and any(value):
            found[f"{prefix}{number}"] = int.from_bytes(value, "little")
    return found
