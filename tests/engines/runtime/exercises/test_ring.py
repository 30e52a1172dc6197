"""A script that acts by io_uring: what it asks for is done, without the system call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from periderm.engines.runtime.exercises.ring import NOT_LET, OPENAT, RENAMEAT, UNLINKAT, by_ring


def done(what: str) -> list[int]:
    """Does it; the answers of io_uring_enter."""
    run = subprocess.run([sys.executable, "-c", by_ring(what)], capture_output=True, text=True, timeout=10, check=False)
    if run.returncode == NOT_LET:
        pytest.skip(run.stdout)
    assert run.returncode == 0, run.stderr
    return [int(line) for line in run.stdout.split()]


def test_files_are_made_moved_and_removed(tmp_path: Path) -> None:
    """Three requests, one after the other, and the file is where they put it."""
    first, second, third = (tmp_path / name for name in "abc")
    third.write_text("")
    here = 0xFFFFFFFF - 99
    assert done(
        f"submit({OPENAT}, -100, 0, at({str(first).encode()!r}), 0o600, 0o101)\n"
        f"submit({RENAMEAT}, -100, at({str(second).encode()!r}), at({str(first).encode()!r}), {here})\n"
        f"submit({UNLINKAT}, -100, 0, at({str(third).encode()!r}), 0)\n"
    ) == [1, 1, 1]
    assert [path.exists() for path in (first, second, third)] == [False, True, False]
