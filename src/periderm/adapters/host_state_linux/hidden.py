"""What one list of the kernel shows and another one does not: modules and processes. A look takes bounded time.

Every difference is looked at twice, since things begin and end between two lists.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MOST_NUMBERS = 65_536  # process numbers asked for in one look; the next one goes on from there
MOST_HIDDEN = 64
_MODULE = re.compile(rb"\t\[([\w-]+)\]$")
_NOT_MODULES = frozenset({"bpf", "__builtin__kprobes", "__builtin__ftrace"})
_MOUNTED = re.compile(r" /proc/(\d+)(?:/\S*)? ")


def listed_modules(proc: Path) -> frozenset[str] | None:
    """Names of /proc/modules, '-' written as '_'; None where the kernel has no such list."""
    try:
        lines = (proc / "modules").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    return frozenset(line.split(" ", 1)[0].replace("-", "_") for line in lines)


def hidden_modules(proc: Path, sys: Path, *, symbols: bool = False) -> frozenset[str]:
    """In sysfs (only what was loaded has `initstate`) or, with `symbols`, in the kernel's table of symbols, and not in the
    list, neither before nor after."""
    before = listed_modules(proc)
    if before is None:
        return frozenset()
    seen = set()
    try:
        with os.scandir(sys / "module") as entries:
            seen = {e.name.replace("-", "_") for e in entries if os.path.exists(os.path.join(e.path, "initstate"))}
    except OSError:
        pass
    if symbols:
        seen |= _with_symbols(proc)
    after = listed_modules(proc) or frozenset()
    return frozenset(seen - before - after)


def _with_symbols(proc: Path) -> set[str]:
    found: set[str] = set()
    try:
        with (proc / "kallsyms").open("rb") as file:
            for line in file:
                match = _MODULE.search(line.rstrip())
                if match is not None:
                    found.add(match[1].decode().replace("-", "_"))
    except OSError:
        return set()
    return found - _NOT_MODULES


class HiddenProcesses:
    """Goes through the process numbers, a slice at each look."""

    def __init__(self, proc: Path) -> None:
        self._proc = proc
        self._next = 1

    def look(self) -> dict[int, str]:
        """Number and name ('' if even its own folder is hidden) of processes that exist and that /proc does not list."""
        listed = self._listed()
        if 1 not in listed:
            return {}  # only our own are shown here (hidepid): nothing can be told
        first, last = self._slice()
        candidates = [pid for pid in range(first, last) if pid not in listed and _exists(pid)]
        if not candidates:
            return {}
        again = self._listed()
        found: dict[int, str] = {}
        for pid in candidates:
            if pid in again or not _exists(pid) or len(found) >= MOST_HIDDEN:
                continue
            leader, name = self._leader(pid)
            # A thread has a number too, and is in nobody's list.
            if leader in (pid, 0) and _exists(pid) and pid not in self._listed():
                found[pid] = name
        return found

    def _slice(self) -> tuple[int, int]:
        try:
            most = int((self._proc / "sys/kernel/pid_max").read_text())
        except (OSError, ValueError):
            most = 32_768
        first = self._next if self._next < most else 1
        last = min(first + MOST_NUMBERS, most + 1)
        self._next = last
        return first, last

    def _listed(self) -> frozenset[int]:
        try:
            return frozenset(int(name) for name in os.listdir(self._proc) if name.isdecimal())
        except OSError:
            return frozenset()

    def _leader(self, pid: int) -> tuple[int, str]:
        """(number of the process that this task belongs to, its name); (0, '') if its folder cannot be read."""
        leader, name = 0, ""
        try:
            text = (self._proc / str(pid) / "status").read_text("utf-8", "replace")
        except OSError:
            return 0, ""
        for line in text.splitlines()[:8]:
            key, _, value = line.partition(":")
            if key == "Name":
                name = value.strip()
            elif key == "Tgid" and value.strip().isdigit():
                leader = int(value)
        return leader, name


def covered_processes(proc: Path) -> frozenset[int]:
    """Processes whose folder in /proc somebody mounted something over."""
    try:
        text = (proc / "self/mountinfo").read_text("utf-8", "replace")
    except OSError:
        return frozenset()
    return frozenset(int(match[1]) for match in _MOUNTED.finditer(text))


def _exists(pid: int) -> bool:
    """Asks the kernel by number, without a signal."""
    try:
        os.getpgid(pid)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
