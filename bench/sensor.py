"""What the sensor costs: added to system calls, to drain an event, to a real workload, and at rest. Prints figures only.

Run as root: python bench/sensor.py [--minutes M] [--rounds R]. Sensor off and on are measured in pairs, in turns, since
the machine's speed changes; times are CPU time. The floor for draining is bench/ring_drain.c.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.adapters.sensor_ebpf.libbpf import Libbpf
from periderm.adapters.sensor_ebpf.pins import BPFFS, is_bpffs
from periderm.adapters.sensor_ebpf.ring import Ring
from periderm.formats.bpf_records import SLOT_BYTES
from periderm.formats.bpf_records.layout import EVENT_BLOCK
from periderm.model.asset import Node
from periderm.model.event import EVENT_DTYPE
from periderm.ports.sensor import KernelPolicy

HERE = Path(__file__).resolve().parent
PINS = f"/sys/fs/bpf/periderm-bench-{os.getpid()}"
NODE = Node(id="n", name="n", hostname="h", machine_id="m", kernel="k", os_name="o", architecture="x86_64")
RING = 32 << 20
OPENS, PPIDS, NEW = 200_000, 1_000_000, 20_000
DRAIN_PATHS, DRAIN_TIMES = 1_000, 60


def compiled(folder: Path, name: str, *libraries: str) -> Path:
    """A C program of this folder."""
    target = folder / name.removesuffix(".c")
    subprocess.run(["gcc", "-O2", "-o", str(target), str(HERE / name), *libraries], check=True)
    return target


CONTAINED = ("unshare", "--mount", "--pid", "--fork", "--propagation", "private")


def caller(program: Path, *arguments: str, inside: tuple[str, ...] = ()) -> float:
    """Nanoseconds of CPU time for one call. `inside`: a command that it is run by."""
    done = subprocess.run([*inside, str(program), *arguments], input="\n", capture_output=True, text=True, check=True)
    return float(done.stdout)


class Running:
    """A sensor that runs while the block does; nobody reads it unless the block does."""

    def __init__(self, *, report: bool = True, resend: float = 600.0, calls_used: bool = True) -> None:
        self.sensor = EbpfSensor(
            pin_dir=PINS, ring_bytes=RING, resend_seconds=resend, seen_entries=1 << 17, calls_used=calls_used
        )
        self._report = report

    def __enter__(self) -> EbpfSensor:
        self.sensor.start()
        self.sensor.set_subjects([NODE])
        self.sensor.set_policy(NODE, KernelPolicy(report=self._report))
        return self.sensor

    def __exit__(self, *_: object) -> None:
        self.sensor.stop()


class Empty:
    """A program that does nothing on the tracepoint of all system calls: no sensor there can cost less."""

    def __init__(self, folder: Path) -> None:
        self._object = folder / "empty.o"
        flags = ["-g", "-O2", "-mcpu=v3", "-target", "bpf", "-D__TARGET_ARCH_x86"]
        subprocess.run(["clang", *flags, "-c", str(HERE / "empty.bpf.c"), "-o", str(self._object)], check=True)
        self._library = Libbpf()

    def __enter__(self) -> None:
        self._handle = self._library.pointer("bpf_object__open_file", str(self._object).encode(), None)
        self._library.call("bpf_object__load", ctypes.c_void_p(self._handle))
        ((_, empty),) = self._library.programs(self._handle)
        self._link = self._library.pointer("bpf_program__attach", ctypes.c_void_p(empty))

    def __exit__(self, *_: object) -> None:
        self._library.call("bpf_link__destroy", ctypes.c_void_p(self._link))
        self._library.call("bpf_object__close", ctypes.c_void_p(self._handle))


def added_to_calls(program: Path, folder: Path, rounds: int) -> None:
    """Off, empty, filtered and duplicate for openat+close and getppid; new for openat+close."""
    found: dict[tuple[str, str], list[float]] = {}
    empty = Empty(folder)

    def measure(state: str) -> None:
        found.setdefault((state, "openat+close"), []).append(caller(program, "same", "/etc/passwd", str(OPENS)))
        found.setdefault((state, "getppid"), []).append(caller(program, "ppid", "-", str(PPIDS)))

    for _ in range(rounds):
        measure("off")
        with empty:
            measure("an empty program")
        _new_files(program, found, "off")
        with Running() as sensor:
            measure("duplicate")
            sensor.set_policy(NODE, KernelPolicy(report=False))
            measure("filtered")
            _drop(sensor)
            sensor.set_policy(NODE, KernelPolicy())
            _new_files(program, found, "new")
    for call in ("openat+close", "getppid"):
        off = found["off", call]
        print(f"{call}: off {statistics.median(off):.0f} ns")
        for state in ("an empty program", "filtered", "duplicate"):
            more = [on - before for on, before in zip(found[state, call], off, strict=True)]
            share = statistics.median(each / before for each, before in zip(more, off, strict=True))
            print(f"  {state}: {statistics.median(more):+.0f} ns ({share:+.0%} of the call)")
    pairs = zip(found["new", "many"], found["off", "many"], strict=True)
    print(f"  new (each open a path not seen before): {statistics.median(on - before for on, before in pairs):+.0f} ns")


def added_by_calls_used(program: Path, rounds: int) -> None:
    """What keeping the set of system calls adds to a call in a container, where it is kept, beside the same sensor without."""
    added: dict[str, list[float]] = {"getppid": [], "openat+close": []}
    calls = {"getppid": ("ppid", "-", str(PPIDS)), "openat+close": ("same", "/etc/passwd", str(OPENS))}
    for _ in range(rounds):
        costs = []
        for kept in (False, True):
            with Running(calls_used=kept) as sensor:
                costs.append({name: caller(program, *arguments, inside=CONTAINED) for name, arguments in calls.items()})
                _drop(sensor)
        for name, times in added.items():
            times.append(costs[1][name] - costs[0][name])
    for name, times in added.items():
        print(f"set of system calls: {statistics.median(times):+.0f} ns for {name} ({min(times):+.0f} to {max(times):+.0f})")


def known_behaviour(program: Path, rounds: int) -> None:
    """An open of a known behaviour that is not folded by its own process's memory: counted in the kernel, or sent."""
    costs: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(rounds):
        for known in (False, True):
            with tempfile.TemporaryDirectory() as folder, Running(resend=0.0) as sensor:
                caller(program, "many", folder, "1000")
                end = time.monotonic() + 5
                while len(batch := sensor.read(0.3)) and time.monotonic() < end:
                    if known:
                        sensor.learn(NODE.id, sensor.behaviours[batch.rows["subject"] == 0])
                costs[known].append(caller(program, "many", folder, "1000"))
                _drop(sensor)
    for known, times in costs.items():
        print(f"openat of {'known' if known else 'new'} behaviour: {statistics.median(times):.0f} ns")


def _new_files(program: Path, found: dict[tuple[str, str], list[float]], state: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found.setdefault((state, "many"), []).append(caller(program, "many", folder, str(NEW)))


def _drop(sensor: EbpfSensor) -> None:
    while len(sensor.read(0.0)):
        pass


def _fill(program: Path, folder: Path, sensor: EbpfSensor) -> int:
    """Fills the ring with opens of 1,000 paths, again and again; bytes waiting."""
    _drop(sensor)
    for _ in range(DRAIN_TIMES):
        caller(program, "many", str(folder), str(DRAIN_PATHS))
    return _ring(sensor).waiting() // SLOT_BYTES


def _ring(sensor: EbpfSensor) -> Ring:
    """The ring that `read` reads, to read it more barely."""
    ring = sensor._ring
    if ring is None:
        raise SystemExit("the sensor does not run")
    return ring


def _drain_raw(sensor: EbpfSensor) -> tuple[int, float]:
    """Ring to rows without strings: the mere copying."""
    ring, begin, count = _ring(sensor), time.process_time_ns(), 0
    while len(slots := ring.take(16_384)):
        good = slots["header"] == 248
        rows = np.empty(len(slots), EVENT_DTYPE)
        rows.view(EVENT_BLOCK)[:] = slots["event"]
        count += int(np.count_nonzero(good))
        ring.release()
    return count, (time.process_time_ns() - begin) / max(count, 1)


def _drain_rows(sensor: EbpfSensor) -> tuple[int, float]:
    """Ring to attributed rows with all strings: what the agent does."""
    begin, count = time.process_time_ns(), 0
    while len(batch := sensor.read(0.0)):
        count += len(batch)
    return count, (time.process_time_ns() - begin) / max(count, 1)


def _drain_c(program: Path) -> tuple[int, float]:
    """The floor."""
    told = subprocess.run([str(program), f"{PINS}/map_ring"], capture_output=True, text=True, check=True).stdout.split()
    return int(told[0]), float(told[1])


def draining(program: Path, floor: Path, folder: Path, rounds: int) -> None:
    """Ratios to the C consumer."""
    ways: dict[str, Callable[[EbpfSensor], tuple[int, float]]] = {
        "C": lambda _sensor: _drain_c(floor),
        "raw": _drain_raw,
        "rows with strings": _drain_rows,
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    with Running(resend=0.0) as sensor:
        _fill(program, folder, sensor)
        _drain_rows(sensor)  # the strings are met once
        for _ in range(rounds):
            for name, way in ways.items():
                _drop(sensor)
                _fill(program, folder, sensor)
                found[name].append(way(sensor)[1])
    base = statistics.median(found["C"])
    print(f"draining an event: C {base:.0f} ns")
    for name, times in found.items():
        if name != "C":
            print(f"  {name}: {statistics.median(times):.0f} ns, {statistics.median(times) / base:.1f} times C")


def gcc_loop(folder: Path, rounds: int) -> None:
    """Share of the CPU time of a real workload: 20 compilations."""
    source = folder / "small.c"
    source.write_text('#include <stdio.h>\n#include <stdlib.h>\nint main(void){puts("x");return 0;}\n')

    def one() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(20):
            subprocess.run(["gcc", "-O1", "-c", str(source), "-o", str(folder / "small.o")], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    shares: list[float] = []
    for _ in range(rounds):
        off = one()
        with Running():
            shares.append(one() / off - 1)
    print(f"gcc loop: {statistics.median(shares):+.1%} CPU time (from {min(shares):+.1%} to {max(shares):+.1%})")


def _reader(stop: str) -> None:
    """The child: a sensor and nothing else, with the ring that the agent has."""
    sensor = EbpfSensor(pin_dir=PINS, ring_bytes=8 << 20)
    sensor.start()
    sensor.set_subjects([NODE])
    rows = 0
    print("ready", flush=True)
    try:
        while not os.path.exists(stop):
            rows += len(sensor.read(0.5))
            sensor.heartbeat()
        print(rows, sensor.counters().lost, flush=True)
    finally:
        sensor.stop()


def at_rest(program: Path, folder: Path, minutes: float) -> None:
    """Memory and CPU of the adapter alone at 1,100 events a second, 10 % of them new."""
    stop = folder / "stop"
    child = subprocess.Popen([sys.executable, __file__, "--reader", str(stop)], stdout=subprocess.PIPE, text=True)
    told = child.stdout
    if told is None or told.readline() != "ready\n":
        raise SystemExit("the reader did not start")
    try:
        before, begin = _cpu(child.pid), time.monotonic()
        for index in range(100):
            (folder / f"old{index}").touch()
        load = [str(program), "rate", str(folder), str(int(minutes * 60))]
        subprocess.run(load, input="\n", text=True, stderr=subprocess.DEVNULL, check=True)
        used = (_cpu(child.pid) - before) / (time.monotonic() - begin) / (os.cpu_count() or 1)
        memory = _pss(child.pid)
        stop.touch()
        rows, lost = told.readline().split()
    finally:
        stop.touch()
        child.wait(30)
    print(f"1,100 events a second for {minutes:g} minutes: {memory:.0f} MiB (Pss without the ring), {used:.2%} of all cores")
    print(f"  rows {rows}, lost {lost}")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pss(pid: int) -> float:
    total = ring = 0
    inside = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0] and not line.startswith(("Pss", "Vm")):
            inside = "bpf-map" in line
        elif line.startswith("Pss:"):
            total += int(line.split()[1])
            ring += int(line.split()[1]) if inside else 0
    return (total - ring) / 1024


def main() -> int:
    """Runs all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.reader:
        _reader(arguments.reader)
        return 0
    if os.geteuid() != 0 or shutil.which("gcc") is None:
        print("The sensor's benchmarks need root and gcc.")
        return 1
    if is_bpffs(BPFFS) and (others := [path.name for path in Path(BPFFS).glob("periderm*")]):
        print(f"another sensor runs ({', '.join(others)}): 'off' is not off, and the figures are not those of a quiet machine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls, floor = compiled(folder, "sensor_calls.c"), compiled(folder, "ring_drain.c", "-lbpf")
        added_to_calls(calls, folder, arguments.rounds)
        added_by_calls_used(calls, arguments.rounds)
        known_behaviour(calls, arguments.rounds)
        draining(calls, floor, folder, arguments.rounds)
        gcc_loop(folder, arguments.rounds)
        at_rest(calls, folder, arguments.minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
