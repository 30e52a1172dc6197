"""`ports.proc.Proc` over /proc and /sys/fs/cgroup. Follows nothing that a process could point elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from periderm.formats.cgroup import parse_cgroup, place_of, unified_path
from periderm.formats.mountinfo import overlay_upper, parse_mountinfo
from periderm.formats.proc_maps import mapped_files
from periderm.model.errors import FormatError
from periderm.ports.proc import ProcessFacts

_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_MOST_PROCESSES = 5_000
_MOST_FILES = 20_000  # of one namespace
_MOST_DESCRIPTORS = 4_096
_ARCHIVES = (".jar", ".war", ".ear", ".jmod", ".zip", ".phar", ".pyz", ".whl", ".egg")
_CGROUP2_MAGIC = ("cgroup.procs", "cgroup.controllers")  # a v2 directory has both, a v1 directory only the first


def unified_mount(cgroup_root: Path) -> Path | None:
    """Where the v2 hierarchy is mounted: the root itself, or `unified` on a hybrid host; None on a plain v1 host."""
    for place in (cgroup_root, cgroup_root / "unified"):
        if all((place / name).exists() for name in _CGROUP2_MAGIC):
            return place
    return None


def _booted() -> int:
    """When the machine was started, ns since 1970. Two clocks are not read in one moment: of several looks, the one that was
    interrupted least counts, since everything that is told of a process hangs on it."""
    looks = []
    for _ in range(9):
        before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        now = time.time_ns()
        after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        looks.append((after - before, now - (before + after) // 2))
    return min(looks)[1]


class LinuxProc:
    """Facts about processes of this machine. `root` and `cgroup_root` are other folders only in tests."""

    def __init__(self, root: Path = Path("/proc"), cgroup_root: Path = Path("/sys/fs/cgroup")) -> None:
        self._root = root
        self._unified = unified_mount(cgroup_root)
        # Taken once and to a millisecond, so that one process is told with one start time however often it is asked.
        self._boot = (_booted() + 500_000) // 1_000_000 * 1_000_000
        self._host = self._namespace(1) or self._namespace(os.getpid())

    def facts(self, pid: int) -> ProcessFacts | None:
        """What the kernel says now. The start time is read first and last, so that the facts are of one process."""
        started = self._start(pid)
        if started is None:
            return None
        try:
            lines = parse_cgroup(self._read(pid, "cgroup"))
        except FormatError:
            lines = ()
        try:
            upper = overlay_upper(parse_mountinfo(self._read(pid, "mountinfo")))
        except FormatError:
            upper = ""
        place, path = place_of(lines), unified_path(lines)
        facts = ProcessFacts(
            pid=pid,
            started=self._unix(started),
            cgroup=self._cgroup_inode(path),
            cgroup_path=path,
            mount_namespace=self._namespace(pid),
            overlay_upper=upper,
            runtime=place.runtime,
            container_id=place.container_id,
            pod_uid=place.pod_uid,
            unit=place.unit,
            owners=self._owners(pid),
        )
        return facts if self._start(pid) == started else None

    def host_namespace(self) -> int:
        """The inode of the host's mount namespace."""
        return self._host

    def in_use(self, namespaces: Collection[int]) -> Mapping[int, frozenset[str]]:
        """All processes are asked for their namespace, and those of interest for their maps and open archives."""
        found: dict[int, set[str]] = {}
        looked = 0
        try:
            numbers = [int(name) for name in os.listdir(self._root) if name.isdecimal()]
        except OSError:
            return {}
        for pid in numbers:
            namespace = self._namespace(pid)
            if namespace not in namespaces:
                continue
            looked += 1
            if looked > _MOST_PROCESSES:
                break
            files = found.setdefault(namespace, set())
            if len(files) < _MOST_FILES:
                files.update(mapped_files(self._read(pid, "maps")))
                files.update(self._archives(pid))
        return {namespace: frozenset(files) for namespace, files in found.items()}

    def _archives(self, pid: int) -> frozenset[str]:
        """Open files that hold other files: a Java machine reads its jars so, and maps none of them."""
        folder = self._root / str(pid) / "fd"
        found = set()
        try:
            for name in os.listdir(folder)[:_MOST_DESCRIPTORS]:
                target = os.readlink(folder / name)
                if target.startswith("/") and target.endswith(_ARCHIVES):
                    found.add(target[1:])
        except OSError:
            pass  # the process ended, or is not ours to read
        return frozenset(found)

    def _read(self, pid: int, name: str) -> bytes:
        try:
            return (self._root / str(pid) / name).read_bytes()
        except OSError:
            return b""

    def _start(self, pid: int) -> int | None:
        """Clock ticks since boot: field 22 of stat; the name in parentheses may hold anything, so count from its end."""
        _, _, rest = self._read(pid, "stat").rpartition(b")")
        fields = rest.split()
        return int(fields[19]) if len(fields) > 19 and fields[19].isdigit() else None

    def _unix(self, ticks: int) -> int:
        return self._boot + ticks * _TICK

    def _namespace(self, pid: int) -> int:
        try:
            return (self._root / str(pid) / "ns" / "mnt").stat().st_ino
        except OSError:
            return 0

    def _owners(self, pid: int) -> tuple[int, ...]:
        owners = []
        for line in self._read(pid, "uid_map").splitlines()[:340]:
            fields = line.split()
            if len(fields) == 3 and all(field.isdigit() for field in fields):
                owners.append(int(fields[1]))
        return tuple(owners)

    def _cgroup_inode(self, path: str) -> int:
        if self._unified is None or not path:
            return 0
        try:
            return (self._unified / path.lstrip("/")).stat().st_ino
        except OSError:
            return 0
