"""`ports.guard.Guard` by BPF LSM (bpf/guard.bpf.c), where the kernel has it. Its programs live as long as this process and
its heartbeat; it decides nothing itself."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from periderm.adapters.sensor_ebpf.libbpf import Libbpf, Map
from periderm.adapters.sensor_ebpf.loader import explain
from periderm.model.errors import SensorError
from periderm.model.event import EventKind
from periderm.ports.guard import GuardNews, GuardPolicy, Refusal

OBJECT = Path(__file__).parent.parent / "bpf" / "guard.bpf.o"
LSM_LIST = Path("/sys/kernel/security/lsm")
ENFORCE, DRIFT, MEMORY, EXEC, OPEN, MODULE, PTRACE, MOUNT = 1, 2, 4, 8, 16, 32, 64, 128
FILE_EXEC, FILE_OPEN = 1, 2
CAUSES = ("", "drift", "memory", "list", "open", "module", "ptrace", "mount")
ROW = struct.Struct("<QQIIIBBBB256s")
RING_BYTES = 1 << 18
_HEADER = 8
_BUSY, _DISCARD = 1 << 31, 1 << 30  # linux/bpf.h BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT
MOST_ROWS = 1000


def lsm_missing(path: Path = LSM_LIST) -> str:
    """'' where the kernel lets BPF programs refuse, else why not and how to get it."""
    try:
        names = path.read_text().strip().split(",")
    except OSError:
        return "Which security modules the kernel has cannot be read (/sys/kernel/security/lsm): mount securityfs."
    if "bpf" in names:
        return ""
    return f"The kernel has no BPF LSM (it has {', '.join(names)}): boot with lsm={','.join([*names, 'bpf'])}."


def flags_of(policy: GuardPolicy) -> int:
    """The flags of bpf/lsm.h."""
    wanted = (
        (policy.enforce, ENFORCE),
        (policy.drift, DRIFT),
        (policy.memory, MEMORY),
        (bool(policy.exec_inodes), EXEC),
        (bool(policy.open_inodes), OPEN),
        (policy.modules, MODULE),
        (policy.ptrace, PTRACE),
        (policy.mount, MOUNT),
    )
    return sum(bit for holds, bit in wanted if holds)


class LsmGuard:
    """Loads and attaches where it can; `missing` says why not. `object_path` is another one only in tests."""

    def __init__(self, object_path: Path = OBJECT, lsm_list: Path = LSM_LIST) -> None:
        self._maps: dict[str, Map] = {}
        self._subjects: dict[int, str] = {}
        self._written: set[bytes] = set()
        self._links: list[int] = []
        self._problems: list[str] = []
        self._ring: tuple[mmap.mmap, mmap.mmap] | None = None
        self._missing = lsm_missing(lsm_list)
        # `time` of a row is that of CLOCK_BOOTTIME
        self._boot = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        if not self._missing:
            try:
                self._load(object_path)
            except SensorError as error:
                self._missing = str(error)

    def name(self) -> str:
        """'lsm'."""
        return "lsm"

    def missing(self) -> str:
        """'' or why not."""
        return self._missing

    def program(self, policies: Sequence[GuardPolicy]) -> None:
        """Files before the flags that make them count; what is not named any more goes last."""
        if self._missing:
            return
        files: dict[bytes, int] = {}
        spaces: dict[bytes, bytes] = {}
        self._subjects = {}
        for policy in policies:
            flags = flags_of(policy)
            if not policy.mount_namespace or not flags & ~ENFORCE:
                continue
            self._subjects[policy.mount_namespace] = policy.subject_id
            spaces[struct.pack("<I", policy.mount_namespace)] = struct.pack("<II", policy.mount_namespace, flags)
            for inodes, bit in ((policy.exec_inodes, FILE_EXEC), (policy.open_inodes, FILE_OPEN)):
                for device, inode in inodes:
                    key = struct.pack("<IIQ", policy.mount_namespace, device & 0xFFFFFFFF, inode)
                    files[key] = files.get(key, 0) | bit
        try:
            for key, bits in files.items():
                self._maps["guard_files"].put(key, struct.pack("<I", bits))
            for key, value in spaces.items():
                self._maps["guard_policies"].put(key, value)
        except SensorError as error:
            self._problems.append(str(error))
        wanted = {*files, *spaces}
        for key in self._written - wanted:
            self._maps["guard_files" if len(key) == 16 else "guard_policies"].remove(key)
        self._written = wanted

    def heartbeat(self) -> None:
        """Refusing ends by itself 5 s after the last one."""
        if not self._missing:
            beat = struct.pack("<Q", time.clock_gettime_ns(time.CLOCK_BOOTTIME))
            self._maps["guard_heartbeat"].put(struct.pack("<I", 0), beat)

    def news(self) -> GuardNews:
        """What was refused since, from the ring."""
        problems, self._problems = tuple(self._problems), []
        return GuardNews(refusals=tuple(self._rows()), problems=problems)

    def close(self) -> None:
        """Detaches; nothing is refused any more."""
        for link in self._links:
            self._library.call("bpf_link__destroy", ctypes.c_void_p(link))
        self._links.clear()
        for pages in self._ring or ():
            with contextlib.suppress(BufferError):
                pages.close()
        self._ring = None
        if self._maps:
            self._library.call("bpf_object__close", ctypes.c_void_p(self._handle))
            self._maps = {}
        self._missing = self._missing or "It was closed."

    def _load(self, path: Path) -> None:
        self._library = library = Libbpf()
        handle = library.pointer("bpf_object__open_file", str(path).encode(), None)
        if not handle or handle > (1 << 64) - 4096:
            raise SensorError(f"The kernel program {path} cannot be read.", "Build it again: make build")
        self._handle = handle
        code = library.call("bpf_object__load", ctypes.c_void_p(handle))
        if code != 0:
            reason = explain(library.log, code)
            library.call("bpf_object__close", ctypes.c_void_p(handle))
            raise SensorError(f"The kernel refuses the guard: {reason}")
        for name, key, value in (
            ("guard_heartbeat", 4, 8),
            ("guard_policies", 4, 8),
            ("guard_files", 16, 4),
            ("guard_ring", 0, 0),
        ):
            each = library.pointer("bpf_object__find_map_by_name", ctypes.c_void_p(handle), name.encode())
            self._maps[name] = Map(library, library.call("bpf_map__fd", ctypes.c_void_p(each)), key, value)
        ring = self._maps["guard_ring"].descriptor
        page = mmap.PAGESIZE
        self._ring = (
            mmap.mmap(ring, page, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0),
            mmap.mmap(ring, page + 2 * RING_BYTES, mmap.MAP_SHARED, mmap.PROT_READ, offset=page),
        )
        for name, program in library.programs(handle):
            link = library.pointer("bpf_program__attach", ctypes.c_void_p(program))
            if link and link < (1 << 64) - 4096:
                self._links.append(link)
            else:
                self._problems.append(f"{name} cannot be attached: what it guards is not guarded.")

    def _rows(self) -> list[Refusal]:
        found: list[Refusal] = []
        if self._ring is None:
            return found
        consumer, pages = self._ring
        at = struct.unpack_from("<Q", consumer)[0]
        end = struct.unpack_from("<Q", pages)[0]
        while at < end and len(found) < MOST_ROWS:
            place = mmap.PAGESIZE + (at & (RING_BYTES - 1))
            header = struct.unpack_from("<I", pages, place)[0]
            if header & _BUSY:
                break
            length = header & ~(_BUSY | _DISCARD)
            if not header & _DISCARD and length >= ROW.size:
                found += self._refusal(ROW.unpack_from(pages, place + _HEADER))
            at += (length + _HEADER + 7) & ~7
            struct.pack_into("<Q", consumer, 0, at)
        return found

    def _refusal(self, row: tuple[int, ...]) -> list[Refusal]:
        when, inode, device, space, pid, kind, cause, refused, _, path = row
        subject = self._subjects.get(space)
        if subject is None or not 0 < cause < len(CAUSES):
            return []
        return [
            Refusal(
                kind=EventKind(kind),
                subject_id=subject,
                time=self._boot + when,
                pid=pid,
                cause=CAUSES[cause],
                refused=bool(refused),
                path=bytes(path).split(b"\0", 1)[0].decode("utf-8", "surrogateescape"),
                inode=inode,
                device=device,
            )
        ]
