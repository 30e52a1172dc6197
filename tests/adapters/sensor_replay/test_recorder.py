"""Recordings on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from periderm.adapters.sensor_replay import FileRecorder, ReplaySensor
from periderm.model.asset import Node
from periderm.model.errors import SensorError
from periderm.model.event import EVENT_DTYPE, EventBatch

NODE = Node(id="n", name="n", hostname="h", machine_id="m", kernel="k", os_name="o", architecture="a")


def batch(count: int) -> EventBatch:
    """Some rows."""
    rows = np.zeros(count, EVENT_DTYPE)
    rows["kind"], rows["count"] = 4, 2
    return EventBatch(rows, [""], [NODE])


def test_a_recording_is_private_and_new(tmp_path: Path) -> None:
    """Only its owner reads it, and nothing that exists is overwritten."""
    path = tmp_path / "r"
    recorder = FileRecorder(path)
    recorder.write(batch(3))
    recorder.write(batch(0))
    recorder.close()
    recorder.close()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SensorError, match="File exists"):
        FileRecorder(path)
    replay = ReplaySensor(path)
    replay.start()
    assert len(replay.read(0)) == 3
    with pytest.raises(EOFError):
        replay.read(0)
    replay.stop()


def test_a_full_disk_is_an_error_in_words() -> None:
    """/dev/full takes nothing."""
    recorder = FileRecorder.__new__(FileRecorder)
    with Path("/dev/full").open("wb", buffering=0) as full:
        recorder._file = full  # type: ignore[assignment]  # an unbuffered file refuses at once
        with pytest.raises(SensorError, match="No space left"):
            recorder._put(b"x")


def test_what_was_written_is_in_the_file_at_once(tmp_path: Path) -> None:
    """A machine that is calm writes little: nothing waits in memory until it is much, and a recorder that is killed loses
    nothing of it."""
    path = tmp_path / "r"
    recorder = FileRecorder(path)
    begun = path.stat().st_size
    recorder.write(batch(1))
    assert 0 < begun < path.stat().st_size
    replay = ReplaySensor(path)
    replay.start()
    assert len(replay.read(0)) == 1
    replay.stop()
    recorder.close()


def test_a_disk_that_is_full_at_the_end(tmp_path: Path) -> None:
    """It is told in words, and the file is closed all the same."""
    recorder = FileRecorder(tmp_path / "r")
    recorder._file.close()
    with Path("/dev/full").open("wb") as full:
        recorder._file = full
        with pytest.raises(SensorError, match="No space left"):
            recorder.close()
        assert full.closed
