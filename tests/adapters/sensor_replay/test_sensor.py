"""A recording as a sensor."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.sensor_replay import FileRecorder, ReplaySensor
from periderm.model.errors import FormatError, SensorError
from periderm.ports.sensor import KernelPolicy
from tests.adapters.sensor_replay.test_recorder import NODE, batch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording of two batches."""
    recorder = FileRecorder(tmp_path / "r")
    recorder.write(batch(3))
    recorder.write(batch(2))
    recorder.close()
    return tmp_path / "r"


def test_file_and_bytes_are_the_same(path: Path) -> None:
    """A path and the bytes of the file give the same rows and totals."""
    for source in (path, path.read_bytes()):
        replay = ReplaySensor(source)
        replay.start()
        assert [len(replay.read(0)), len(replay.read(0))] == [3, 2]
        counters = replay.counters()
        assert (counters.seen, counters.sent, counters.folded) == (10, 5, 5)
        for _ in range(2):
            with pytest.raises(EOFError):
                replay.read(0)
        replay.stop()


def test_a_cut_recording_gives_its_good_part(path: Path) -> None:
    """Then it says where it was cut."""
    replay = ReplaySensor(path.read_bytes()[:-9])
    replay.start()
    assert len(replay.read(0)) == 3
    with pytest.raises(FormatError, match="cut"):
        replay.read(0)
    replay.stop()


def test_what_is_no_recording_is_refused_at_the_start(tmp_path: Path) -> None:
    """With the right family of errors."""
    with pytest.raises(SensorError, match="No such file"):
        ReplaySensor(tmp_path / "none").start()
    with pytest.raises(FormatError):
        ReplaySensor(b"something else").start()
    with pytest.raises(SensorError, match="not started"):
        ReplaySensor(b"").read(0)


def test_policies_are_remembered_and_do_nothing(path: Path) -> None:
    """A test can ask what the flow would have told the kernel."""
    replay = ReplaySensor(path)
    replay.set_policy(NODE, KernelPolicy(enforce=True))
    assert replay.policies["n"].enforce
