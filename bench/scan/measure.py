"""Runs a command and tells what it took: seconds from exec to exit, processor time, memory of all its processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

LOOK_SECONDS = 0.004


class Run(NamedTuple):
    """`peak` is the greatest sum of RssAnon and RssShmem over the process and all below it, in bytes."""

    seconds: float
    cpu: float
    peak: int
    output: bytes
    status: int = 0


def children(pid: int) -> list[int]:
    """All processes below one, itself first."""
    found, at = [pid], 0
    while at < len(found):
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{found[at]}/task"):
                told = Path(f"/proc/{found[at]}/task/{thread}/children").read_text()
                found += [int(child) for child in told.split()]
        at += 1
    return found


def private(pid: int) -> int:
    """RssAnon + RssShmem of a process."""
    with contextlib.suppress(OSError, ValueError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return 0


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None, *, check: bool = True) -> Run:
    """Runs it; raises SystemExit with what it said if it fails."""
    peak = 0
    ended = threading.Event()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)

    def watch() -> None:
        nonlocal peak
        while not ended.wait(LOOK_SECONDS):
            peak = max(peak, sum(map(private, children(process.pid))))

    errors: list[bytes] = []
    assert process.stdout is not None  # noqa: S101 -- asked for above; this tells mypy
    assert process.stderr is not None  # noqa: S101 -- as above
    listening = threading.Thread(target=lambda stream: errors.append(stream.read()), args=(process.stderr,))
    watching = threading.Thread(target=watch)
    watching.start()
    listening.start()
    output = process.stdout.read()
    listening.join()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    ended.set()
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    if check and process.returncode:
        raise SystemExit(f"{command[0]} failed: {errors[0].decode(errors='replace')[-2000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak, output, process.returncode)
