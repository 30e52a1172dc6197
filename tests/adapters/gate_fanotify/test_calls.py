"""fanotify on a file of our own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from periderm.adapters.gate_fanotify import calls


@pytest.mark.root
@pytest.mark.parametrize("allow", [True, False])
def test_an_open_waits_for_its_answer(tmp_path: Path, allow: bool) -> None:
    """And goes on, or fails, as it is answered."""
    path = tmp_path / "file"
    path.write_text("x")
    group = calls.open_group()
    try:
        calls.mark(group, calls.MARK_INODE, calls.OPEN_PERM, str(path))
        with subprocess.Popen(["cat", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as reader:
            asked: list[calls.Asked] = []
            while not asked:
                asked = list(calls.read(group))
            assert [a.pid for a in asked] == [reader.pid]
            assert os.fstat(asked[0].descriptor).st_ino == path.stat().st_ino
            calls.answer(group, asked[0].descriptor, allow=allow)
            os.close(asked[0].descriptor)
            assert (reader.wait(30) == 0) is allow
    finally:
        os.close(group)


@pytest.mark.root
def test_a_mark_on_nothing_is_an_error(tmp_path: Path) -> None:
    """With its path."""
    group = calls.open_group()
    with pytest.raises(FileNotFoundError):
        calls.mark(group, calls.MARK_INODE, calls.OPEN_PERM, str(tmp_path / "none"))
    os.close(group)
