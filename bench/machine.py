"""What it costs to know this machine's containers, beside the floor: reading the files alone. Prints, asserts nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from periderm.adapters.containers_podman import PodmanContainers, default_storages
from periderm.adapters.machine_linux import LinuxMachine
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.formats.bolt import BoltFile
from periderm.formats.cgroup import parse_cgroup, place_of


def cost(work: Callable[[], object], seconds: float = 0.5) -> float:
    """Microseconds of CPU time for one call, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        calls, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < seconds / 3:
            work()
            calls += 1
        best = min(best, spent / calls * 1e6)
    return best


def line(name: str, value: float, floor: float = 0.0, what: str = "") -> None:
    """One figure, and its ratio to a floor."""
    ratio = f"  ({value / floor:.1f} times {what})" if floor else ""
    print(f"{name:<46} {value:10.1f} µs{ratio}")


def main() -> None:
    """All figures."""
    records, proc = LocalRecords(), LinuxProc()
    storages = default_storages(records)
    podman = PodmanContainers("node", proc, records, storages)
    text = Path("/proc/self/cgroup").read_bytes()
    read = cost(lambda: Path("/proc/self/cgroup").read_bytes())
    line("read /proc/PID/cgroup", read)
    line("parse it and name the container", cost(lambda: place_of(parse_cgroup(text))), read, "reading it")
    line("all facts of a process", cost(lambda: proc.facts(os.getpid())), read, "reading /proc/PID/cgroup")
    line("identify a process of no container", cost(lambda: podman.identify(os.getpid())), read, "reading /proc/PID/cgroup")
    running = podman.containers()
    print(f"{len(running)} containers of podman run here")
    line("list containers", cost(podman.containers))
    if running:
        line("identify a container's process", cost(lambda: podman.identify(running[0].pid)))
    line("list images", cost(podman.images))
    database = storages[0].root / "libpod" / "bolt_state.db" if storages else Path("/nonexistent")
    if data := records.read(str(database)):
        floor = cost(lambda: records.read(str(database)))

        def walk() -> None:
            file = BoltFile(data)
            for bucket in file.buckets((b"ctr",)):
                dict(file.values((b"ctr", bucket)))

        line(f"read podman's database ({len(data) >> 10} KiB)", floor)
        line("walk it", cost(walk), floor, "reading it")
    line("this machine as an asset", cost(LinuxMachine().node))


if __name__ == "__main__":
    main()
