"""The live sensor: the kernel side, its ring, and rows attributed to subjects.

It reads, attributes and programs; it does not judge. Kernel enforcement ends `STALE_SECONDS` after the last heartbeat.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import struct
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from periderm.adapters.sensor_ebpf import cgroups
from periderm.adapters.sensor_ebpf.ahead import ReadAhead
from periderm.adapters.sensor_ebpf.attribution import Attribution
from periderm.adapters.sensor_ebpf.blocks import Blocks
from periderm.adapters.sensor_ebpf.existing import executable_path, existing, process_key
from periderm.adapters.sensor_ebpf.layout import CONTROL_BYTES, WALK
from periderm.adapters.sensor_ebpf.learned import Keys, Learned
from periderm.adapters.sensor_ebpf.libbpf import Libbpf
from periderm.adapters.sensor_ebpf.loader import KernelSide, adopt, load, object_version
from periderm.adapters.sensor_ebpf.pins import DEFAULT_PIN_DIR, PinFolder
from periderm.adapters.sensor_ebpf.programming import Programming
from periderm.adapters.sensor_ebpf.ring import Ring
from periderm.adapters.sensor_ebpf.shedding import own_use, read_counts, write_level
from periderm.adapters.sensor_ebpf.totals import Totals
from periderm.formats.bpf_records import Decoder
from periderm.model.errors import SensorError
from periderm.model.event import EVENT_DTYPE, EventBatch, Rows, SensorCapability, SensorCounters, Subject
from periderm.model.shedding import Pressure, ShedCount
from periderm.ports.sensor import KernelPolicy

OBJECT = Path(__file__).resolve().parent.parent / "bpf" / "periderm.bpf.o"
STALE_SECONDS = 5
IGNORE_ALL, IGNORE_READS = 1, 2  # enum ignore of bpf/record.h
POLL_SECONDS = 0.02
SPACING_SECONDS = 0.1  # between batches of a calm ring: a small batch costs nearly as much as a big one
CROWDED = 16  # a ring that is fuller than one part in so many is read at once
MAX_ROWS = 8192
MAX_STRINGS = 100_000  # of one generation, 45 MiB with what finds them again
CLOCK_JUMP_NS = 1_000_000_000
SETTLE_NS = 10 * 10**9  # after a start: by then the containers that run are known again
WALK_SECONDS = 5.0  # between two looks at what all tasks have


def _key_of(pid: int) -> bytes:
    """The kernel side's key of a process that runs. Raises OSError."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        ticks = int(file.read().rsplit(b")", 1)[1].split()[19])
    return struct.pack("<Q", process_key(ticks, pid))


class EbpfSensor:
    """Implements ports.sensor.Sensor on the running kernel.

    object_path: the compiled program. pin_dir: a folder in bpffs, one for each sensor. ring_bytes: a power of two.
    resend_seconds: how long a duplicate is only counted before it is told again with its count.
    stable_seed: the same number gives the same behaviours in every run; a secret, so that nobody can make one that is known.
    retell_seconds: how long a known behaviour is only counted before one row tells how often it happened, and a system call
        that was told as used is not told again.
    calls_used: whether the set of system calls of each container is kept (a few nanoseconds for each call).
    """

    def __init__(
        self,
        object_path: Path = OBJECT,
        pin_dir: str = DEFAULT_PIN_DIR,
        ring_bytes: int = 8 << 20,
        *,
        resend_seconds: float = 60.0,
        seen_entries: int = 65_536,
        max_rows: int = MAX_ROWS,
        stable_seed: int = 0,
        retell_seconds: float = 3600.0,
        calls_used: bool = True,
    ) -> None:
        self._object = object_path
        self._pin_dir = pin_dir
        self._ring_bytes = ring_bytes
        self._resend = resend_seconds
        self._seen_entries = seen_entries
        self._max_rows = max_rows
        self._stable_seed = stable_seed
        self._retell = retell_seconds
        self._without = {} if calls_used else {"on_call_used": "It is switched off.", "call_used": "It is switched off."}
        self._folder: PinFolder | None = None
        self._side: KernelSide | None = None
        self._ring: Ring | None = None
        self._ahead: ReadAhead | None = None
        self._decoder = Decoder(self._resolve, room=Blocks(max_rows).room, max_strings=MAX_STRINGS)
        self._first: list[Rows] = []
        self._attribution: Attribution | None = None
        self._cgroups: dict[int, str] = {}
        self._offset = self._clock_offset()
        self._totals = Totals()
        self._next = 0.0
        self._next_walk = 0.0
        self._started = 0
        self.behaviours: Keys = np.zeros(0, np.uint64)

    def start(self) -> Sequence[SensorCapability]:
        """Loads or adopts, maps the ring, reads existing processes. Raises SensorError with what is missing."""
        if not self._object.exists():
            raise SensorError(f"The kernel program is not built ({self._object.name}).", "Build it: make build")
        if os.geteuid() != 0:
            raise SensorError("The kernel sensor needs root.", "Run as root; image scanning works without.")
        library = Libbpf()
        self._folder = PinFolder(self._pin_dir)
        try:
            self._side = self._load(library, self._folder)
            self._ring = Ring(self._side.maps["ring"].descriptor, self._ring_size(self._side))
        finally:
            if self._ring is None:
                self._undo()
        self._ahead = ReadAhead(self._ring)
        if self._side.adopted:
            self._totals.lost_before = self._totals.lost(self._side.maps)
        self._programming = Programming(self._side.maps)
        self._learned = Learned(self._side.maps["baseline"])
        self._started = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        self._calls_again = self._started + int(self._retell * 1e9)
        self._ignore_self()
        self._first = [existing(self._decoder.table)]
        return self._side.capabilities

    def read_ahead(self) -> None:
        """From now on the ring does not fill while `read` is not called, for as long as memory is given to it. It starts a
        thread: privileges are given up before."""
        if self._ahead is None:
            raise SensorError("The sensor is not started.")
        self._ahead.start()

    def _load(self, library: Libbpf, folder: PinFolder) -> KernelSide:
        version = object_version(self._object) ^ bool(self._without)
        side = adopt(library, folder, version)
        if side is not None:
            return side
        folder.clear()
        sizes = {"ring": self._ring_bytes, "seen": self._seen_entries}
        ticks = _kernel_ticks()
        often, seldom = int(self._resend * ticks), int(self._retell * ticks)
        control = struct.pack("<7Q", 0, often, secrets.randbits(64), self._stable_seed, version, 0, seldom)
        return load(library, self._object, folder, sizes, control, without=self._without)

    def _undo(self) -> None:
        if self._side is not None:
            self._side.close()
        if self._folder is not None:
            self._folder.close(remove=True)
        self._side = self._folder = None

    def _ring_size(self, side: KernelSide) -> int:
        return side.maps["ring"].entries()

    def _ignore_self(self) -> None:
        self.ignore_process(os.getpid())

    def ignore_process(self, pid: int) -> None:
        """Leaves a process of our own out of the reports (counted as filtered)."""
        self._ignore(pid, IGNORE_ALL)

    def ignore_reads(self, pid: int) -> None:
        """Leaves out what a process of our own, and what it forks, opens for reading; until it runs another program. Raises
        OSError where it is gone."""
        self._ignore(pid, IGNORE_READS)

    def watch_again(self, pid: int) -> None:
        """Ends `ignore_reads`; one that is gone has ended it."""
        with contextlib.suppress(OSError):
            self._open().maps["ignored"].remove(_key_of(pid))

    def _ignore(self, pid: int, what: int) -> None:
        self._open().maps["ignored"].put(_key_of(pid), struct.pack("<I", what))

    def _open(self) -> KernelSide:
        if self._side is None:
            raise SensorError("The sensor is not started.")
        return self._side

    def set_subjects(self, subjects: Sequence[Subject]) -> None:
        """Attribution and the kernel's filter know these subjects from now on; the node is first."""
        self._open()
        self._attribution = self._programming.set_subjects(subjects)
        if self._cgroups:
            self._attribution = self._programming.with_cgroups(self._cgroups)

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        """Programs the kernel side for one subject; replaces what was there."""
        self._open()
        self._programming.set_policy(subject, policy)

    def learn(self, workload_id: str, behaviours: Keys) -> None:
        """Those of `behaviours` are from now on counted in the kernel, and told every `retell_seconds` with their count."""
        self._open()
        self._learned.add(workload_id, behaviours[behaviours != 0])

    def unlearn(self, workload_id: str = "") -> None:
        """Everything of this workload ('': of all) is told again."""
        self._open()
        self._programming.tell_calls_again(workload_id)
        if workload_id:
            self._learned.forget(workload_id)
        else:
            self._learned.clear()

    def learned(self) -> int:
        """How many behaviours are known."""
        return len(self._learned)

    def learned_count(self, key: int) -> int:
        """How often a known behaviour happened since it was learned, as far as its rows were not folded before."""
        value = self._open().maps["baseline"].get(struct.pack("<Q", key))
        return int.from_bytes(value[:8], "little") if value else 0

    def heartbeat(self) -> None:
        """Keeps kernel enforcement alive for another STALE_SECONDS."""
        control = self._open().maps["control"]
        zero = struct.pack("<I", 0)
        old = control.get(zero) or bytes(CONTROL_BYTES)
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        control.put(zero, struct.pack("<Q", now) + old[8:])
        if now - self._started >= SETTLE_NS:
            self._programming.settle()
        if now >= self._calls_again:
            self._calls_again = now + int(self._retell * 1e9)
            self._programming.tell_calls_again()

    def read(self, timeout: float) -> EventBatch:
        """The next batch; empty after `timeout` seconds. Times are Unix nanoseconds. Needs subjects to be set."""
        self._open()
        if self._decoder.next_generation_if_full():
            self._cgroups.clear()
        if self._first:
            rows = self._first.pop()
            self.behaviours = np.zeros(len(rows), np.uint64)
            return self._batch(rows)
        ring, ahead = self._ring, self._ahead
        if ring is None or ahead is None:
            raise SensorError("The sensor is not started.")
        deadline = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            if now >= self._next_walk:
                self.walk()
            if (waiting := ahead.waiting()) and (now >= min(self._next, deadline) or waiting > ring.size // CROWDED):
                with ahead.take(self._max_rows) as slots:
                    rows, chosen = self._decoder.decode(slots)
                    self.behaviours = np.array(chosen.column("behaviour"))
                    del slots, chosen
                self._next = time.monotonic() + SPACING_SECONDS
                if len(rows):
                    return self._batch(rows)
            if now >= deadline:
                self.behaviours = np.zeros(0, np.uint64)
                return self._batch(np.empty(0, EVENT_DTYPE))
            time.sleep(min(deadline - now, POLL_SECONDS))

    def walk(self) -> None:
        """Lets the kernel side compare what all tasks have with what it knows; a difference is told at the second walk
        that meets it. `read` does so every WALK_SECONDS."""
        self._next_walk = time.monotonic() + WALK_SECONDS
        if self._folder is None:
            return
        try:
            with open(self._folder.entry(WALK), "rb", buffering=0) as file:
                while file.read(4096):
                    pass
        except OSError:
            return  # the capability `credentials` says that it does not work

    def _batch(self, rows: Rows) -> EventBatch:
        offset = self._clock_offset()
        if abs(offset - self._offset) > CLOCK_JUMP_NS:
            self._totals.clock_jumps += 1
        self._offset = offset
        rows["time"] += offset
        attribution = self._attribution
        if attribution is None:
            raise SensorError("The sensor has no subjects yet.", "Call set_subjects before read.")
        if len(rows):
            self._totals.unknown_namespace += attribution.apply(rows)
            unknown = [number for number in attribution.unknown_cgroups(rows) if number not in self._cgroups]
            if unknown:
                self._learn_cgroups(unknown)
                self._attribution = attribution = self._programming.with_cgroups(self._cgroups)
                attribution.apply(rows)
        return EventBatch(rows, self._decoder.strings, attribution.subjects, self._decoder.generation)

    def _learn_cgroups(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if len(self._cgroups) > 65_536:
                self._cgroups.clear()
            self._cgroups[number] = cgroups.path_of(number)

    @staticmethod
    def _clock_offset() -> int:
        return time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def _resolve(self, key: int, pid: int) -> str:
        """Path of an executable: from the kernel side, else from /proc while the process lives."""
        value = self._open().maps["executables"].get(struct.pack("<Q", key))
        if value is not None:
            length = min(int.from_bytes(value[8:12], "little"), 495)
            return value[16 : 16 + length].decode("utf-8", "backslashreplace")
        return executable_path(pid)

    def shed(self, level: int) -> None:
        """Gives up the details of model.shedding up to this level, until told otherwise."""
        write_level(self._open().maps["control"], level, int(self._resend * _kernel_ticks()))

    def shed_counts(self) -> Sequence[ShedCount]:
        """What was not told because it was given up, by asset and detail."""
        return read_counts(self._open().maps["shed_counts"], self._attribution.subjects if self._attribution else ())

    def pressure(self) -> Pressure:
        """What this process uses, and how far it is behind."""
        cpu, memory = own_use()
        ring = self._ahead.waiting() / self._ring.size if self._ring and self._ahead else 0.0
        return Pressure(cpu_seconds=cpu, memory_bytes=memory, lost=self._totals.lost(self._open().maps), ring=ring)

    def counters(self) -> SensorCounters:
        """Totals since the kernel side was loaded; `other` names what was seen and not decoded."""
        self._totals.read_ahead = self._ahead.copied if self._ahead else 0
        return self._totals.read(self._open().maps, self._decoder)

    def stop(self, *, keep: bool = False) -> None:
        """Detaches and unpins, or with `keep` leaves the programs recording for the next process."""
        if self._side is None or self._folder is None:
            return
        if self._ahead is not None:
            self._ahead.close()
        if self._ring is not None:
            self._ring.close()
        self._side.close()
        self._folder.close(remove=not keep)
        self._side = self._ring = self._ahead = self._folder = None


def _kernel_ticks() -> int:
    """CONFIG_HZ where the kernel tells it; else 250, which only stretches how long duplicates are folded."""
    try:
        with gzip.open("/proc/config.gz", "rt") as file:
            for line in file:
                if line.startswith("CONFIG_HZ="):
                    return int(line[10:])
    except (OSError, ValueError):
        pass
    return 250
