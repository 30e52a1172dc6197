"""The walls, one by one; all together in test_sandbox."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from periderm.adapters.sandbox_linux import walls

LIMITS = """
import resource
from periderm.adapters.sandbox_linux import walls
walls.limit(1 << 30, 1 << 20)
walls.limit(1 << 40, 1 << 10)
print(resource.getrlimit(resource.RLIMIT_DATA)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0])
"""


def test_what_the_kernel_has() -> None:
    """A version number or none; a filter where the machine is known."""
    assert walls.landlock_version() >= 0
    assert walls.seccomp_known() in (True, False)


def test_limits_only_lower() -> None:
    """A later, larger limit changes nothing. What the process was born with comes on top of what it may take."""
    done = subprocess.run([sys.executable, "-c", LIMITS], capture_output=True, text=True, check=True)
    data, file = map(int, done.stdout.split())
    assert 1 << 30 < data < 3 << 29
    assert file == 1 << 10
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1 << 10


def test_python_can_still_load_itself() -> None:
    """The folders that stay readable hold Python's library and ours, and nothing of a user's."""
    folders = walls.own_folders()
    assert str(Path(os.__file__).parent) in folders
    assert not {"/", "/home", "/etc", "/root", "/tmp", os.getcwd()} & set(folders)


def test_memory_that_is_kept() -> None:
    """Pieces of a megabyte come and go without the kernel emptying new memory each time."""
    code = """
import resource, sys
from periderm.adapters.sandbox_linux import walls
if sys.argv[1] == "kept":
    walls.keep_memory()
held = []
for _ in range(400):
    held.append(bytearray(1 << 20))
    if len(held) > 8:
        held.clear()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""
    faults = [
        int(subprocess.run([sys.executable, "-c", code, w], capture_output=True, check=True).stdout) for w in ("kept", "")
    ]
    assert faults[0] < faults[1]
