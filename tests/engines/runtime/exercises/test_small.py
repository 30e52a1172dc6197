"""Tiny programs as bytes: they run, by both entries of the kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.engines.runtime.exercises.small import Result, Words, brought, program

BOTH = pytest.mark.parametrize("compat", [False, True], ids=["64-bit", "32-bit"])
pytestmark = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the programs are x86-64 machine code")


def run(path: Path, content: bytes) -> subprocess.CompletedProcess[str]:
    """Writes it, makes it executable and runs it."""
    path.write_bytes(content)
    path.chmod(0o755)
    return subprocess.run([path], capture_output=True, text=True, timeout=10, check=False)


@BOTH
def test_calls_are_made_with_their_arguments(tmp_path: Path, compat: bool) -> None:
    """A string, a number, the result of an earlier call, and a list of words all arrive."""
    held = tmp_path / "held"
    held.write_text("")
    done = run(
        tmp_path / "p",
        program(
            ("chmod", (str(held), 0o640)),
            ("openat", (-100, str(held), 0)),
            ("dup2", (Result(1), 9)),
            ("execve", ("/bin/sh", Words(("sh", "-c", "readlink /proc/self/fd/9; echo $0 $1", "a", "b")), 0)),
            compat=compat,
        ),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(held), "a b"]
    assert held.stat().st_mode & 0o777 == 0o640


@BOTH
def test_it_ends_by_itself(tmp_path: Path, compat: bool) -> None:
    """Without a call it ends with status 0."""
    assert run(tmp_path / "p", program(compat=compat)).returncode == 0


def test_too_big() -> None:
    """What does not fit is refused, not cut."""
    with pytest.raises(ValueError, match="more than fit"):
        program(("chmod", ("x" * 9000, 0)))


def test_brought_writes_runs_and_removes(tmp_path: Path) -> None:
    """The script leaves nothing behind."""
    marked, place = tmp_path / "marked", tmp_path / "e"
    marked.write_text("")
    script = brought(str(place), program(("chmod", (str(marked), 0o600))))
    assert subprocess.run([sys.executable, "-c", script], timeout=10, check=False).returncode == 0
    assert marked.stat().st_mode & 0o777 == 0o600
    assert not place.exists()
