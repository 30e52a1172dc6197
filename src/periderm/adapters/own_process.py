"""What the kernel says of this process, and of the file system under a folder. Linux only.

Names are those that Prometheus' client libraries agreed on (https://prometheus.io/docs/instrumenting/writing_clientlibs/).
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator

from periderm.model.metric import Family, MetricKind, one

_GAUGE = MetricKind.GAUGE
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def own_figures() -> Iterator[Family]:
    """CPU, memory, descriptors, start. What cannot be read is left out."""
    try:
        with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()  # proc(5): the name in parentheses may hold anything
        descriptors = len(os.listdir("/proc/self/fd"))
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    except OSError:
        return
    user, system, started, virtual, resident = (int(fields[n]) for n in (11, 12, 19, 20, 21))
    begun = time.time_ns() / 1e9 - since_boot + started / _TICKS
    cpu = (user + system) / _TICKS
    yield one("process_cpu_seconds_total", MetricKind.COUNTER, "Total user and system CPU time spent in seconds.", cpu)
    yield one("process_virtual_memory_bytes", _GAUGE, "Virtual memory size in bytes.", virtual)
    yield one("process_resident_memory_bytes", _GAUGE, "Resident memory size in bytes.", resident * _PAGE)
    yield one("process_start_time_seconds", _GAUGE, "Start time of the process since unix epoch in seconds.", round(begun, 2))
    yield one("process_open_fds", _GAUGE, "Number of open file descriptors.", descriptors)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    yield one("process_max_fds", _GAUGE, "Maximum number of open file descriptors.", most)


def free_bytes(folder: str) -> int:
    """Room that is left for us under a folder; a great number where that cannot be told."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 1 << 60
    return found.f_bavail * found.f_frsize


def size_of(path: str) -> int:
    """Bytes of a file, 0 if there is none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def folder_bytes(folder: str) -> int:
    """Bytes of all files below a folder; what goes meanwhile counts as nothing."""
    found = 0
    for place, _, names in os.walk(folder):
        found += sum(size_of(os.path.join(place, name)) for name in names)
    return found
