"""How the kernel side is told what to give up, and what it says was given up. It does not decide when."""

from __future__ import annotations

import resource
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from periderm.adapters.sensor_ebpf.attribution import profile_of
from periderm.adapters.sensor_ebpf.layout import CONTROL_BYTES
from periderm.adapters.sensor_ebpf.libbpf import Map
from periderm.model.event import EventKind, Subject
from periderm.model.shedding import SHED_LEVELS, Detail, ShedCount

# bits of `control.shed`, see bpf/record.h; repeats are no bit, but how long they are only counted
BITS: dict[Detail, int] = {
    Detail.LIBRARY: EventKind.LIBRARY,
    Detail.EXEC_MEMORY: EventKind.EXEC_MEMORY,
    Detail.UTIME: EventKind.UTIME,
    Detail.PROCESS_NAME: EventKind.PROCESS_NAME,
    Detail.DNS: EventKind.DNS,
    Detail.SYSTEM_READS: 60,
    Detail.MKDIR: EventKind.MKDIR,
    Detail.READS: 61,
}
DETAILS = {bit: detail for detail, bit in BITS.items()}
REPEAT_FACTOR = 10
ZERO = struct.pack("<I", 0)


def mask_of(level: int) -> int:
    """The bits of a level and of those below it."""
    details = [detail for each in SHED_LEVELS[: level + 1] for detail in each.details]
    return sum(1 << BITS[detail] for detail in details if detail in BITS)


def write_level(control: Map, level: int, resend_jiffies: int) -> None:
    """Tells the kernel side."""
    old = control.get(ZERO) or bytes(CONTROL_BYTES)
    repeats = resend_jiffies * (REPEAT_FACTOR if level else 1)
    control.put(ZERO, old[:8] + struct.pack("<Q", repeats) + old[16:40] + struct.pack("<Q", mask_of(level)) + old[48:])


def read_counts(counts: Map, subjects: Sequence[Subject]) -> list[ShedCount]:
    """What was given up by subject and detail; what belongs to nobody known is the node's, the first subject."""
    owners = {profile_of(subject): subject.id for subject in subjects}
    sums: dict[tuple[str, Detail], int] = {}
    for key in counts.keys():  # noqa: SIM118 -- a map of the kernel, not a dictionary
        profile, bit = struct.unpack("<II", key)
        value = counts.get(key)
        detail = DETAILS.get(bit)
        if value is None or detail is None or not subjects:
            continue
        place = owners.get(profile, subjects[0].id), detail
        sums[place] = sums.get(place, 0) + int.from_bytes(value, "little")
    return [ShedCount(asset_id=asset, detail=detail, count=count) for (asset, detail), count in sorted(sums.items())]


def own_use(status: Path = Path("/proc/self/smaps_rollup")) -> tuple[float, int]:
    """(CPU seconds, bytes of memory that are this process's own) so far. The ring's pages are shared and not counted."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    memory = 0
    try:
        lines: Mapping[str, str] = dict(line.split(":", 1) for line in status.read_text().splitlines()[1:] if ":" in line)
        memory = sum(int(lines[name].split()[0]) * 1024 for name in ("Private_Clean", "Private_Dirty") if name in lines)
    except (OSError, ValueError):
        memory = used.ru_maxrss * 1024
    return used.ru_utime + used.ru_stime, memory
