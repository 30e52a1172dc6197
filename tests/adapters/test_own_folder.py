"""Each process has a folder of its own, and the next one gets that of one that died."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.own_folder import OwnFolder
from periderm.model.errors import BusError

HOLD = """
import sys
from periderm.adapters.own_folder import OwnFolder
own = OwnFolder(sys.argv[1])
print(own.path, flush=True)
input()
"""


def holding(folder: str) -> tuple[subprocess.Popen[str], str]:
    """Another process that holds one; its path."""
    argv = [sys.executable, "-c", HOLD, folder]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_two_that_live_have_one_each_and_one_that_died_is_followed(tmp_path: Path) -> None:
    """Also one that was killed."""
    wanted = str(tmp_path / "worker")
    first, path = holding(wanted)
    ours = OwnFolder(wanted)
    assert (path, ours.path) == (wanted, f"{wanted}-2")
    first.send_signal(signal.SIGKILL)
    first.communicate()
    again, path = holding(wanted)
    assert path == wanted
    again.communicate("\n")
    ours.close()
    second, path = holding(f"{wanted}-2")
    assert path == f"{wanted}-2"
    second.communicate("\n")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Is told."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(BusError):
        OwnFolder(str(tmp_path / "file" / "worker"))
