"""What every sensor promises (ports/sensor.py), for the replay everywhere and for the kernel's where there is root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.sensor_replay import FileRecorder, ReplaySensor
from periderm.model.errors import SensorError
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventKind
from periderm.ports.sensor import KernelPolicy, Sensor
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE

RECORDED = Path(__file__).resolve().parent / "sensor.recording"
PLUGS = [pytest.param("replay", id="replay"), pytest.param("ebpf", id="ebpf", marks=pytest.mark.root)]


def make(plug: str) -> Sensor:
    """A sensor that is not started."""
    return ReplaySensor(RECORDED) if plug == "replay" else watching.sensor("port")


@pytest.fixture(params=PLUGS)
def sensor(request: pytest.FixtureRequest) -> Iterator[Sensor]:
    """A started sensor that knows the node."""
    one = make(request.param)
    one.start()
    one.set_subjects([NODE])
    yield one
    one.stop()


def read_some(sensor: Sensor, wanted: int = 50) -> list[EventBatch]:
    """Batches until there are enough rows, or a recording ends; makes some happen."""
    found: list[EventBatch] = []
    for _ in range(200):
        subprocess.run(["/bin/sh", "-c", "cat /etc/passwd"], capture_output=True, check=True)
        try:
            found.append(sensor.read(0.2))
        except EOFError:
            break
        if sum(len(batch) for batch in found) >= wanted:
            break
    return found


def events(batches: list[EventBatch]) -> list[Event]:
    """All rows as objects."""
    return [batch.event(index) for batch in batches for index in range(len(batch))]


@pytest.mark.parametrize("plug", PLUGS)
def test_it_says_what_works(plug: str) -> None:
    """Each capability works, or says in a sentence why not."""
    one = make(plug)
    try:
        told = one.start()
        assert told
        assert all(each.works == (each.missing == "") for each in told)
    finally:
        one.stop()


@pytest.mark.parametrize("plug", PLUGS)
def test_reading_before_the_start_is_an_error_in_words(plug: str) -> None:
    """And stopping what was not started is none."""
    one = make(plug)
    with pytest.raises(SensorError):
        one.read(0)
    one.stop()


def test_every_row_can_be_made_an_object(sensor: Sensor) -> None:
    """Indices point into their tables; text can be printed; time is Unix time; counts are at least one."""
    batches = read_some(sensor)
    assert all(batch.rows.dtype == EVENT_DTYPE for batch in batches)
    for event in events(batches):
        "".join((event.exe, event.text, event.raw, event.comm, *event.argv)).encode()
        assert event.kind is not EventKind.NONE
        assert event.count >= 1
        assert event.process > 0
        assert 1_600_000_000 < event.time / 10**9 < 4_000_000_000
        assert event.subject.id


def test_a_program_start_is_whole(sensor: Sensor) -> None:
    """Programs that start have a path, arguments and a parent."""
    told = [event for event in events(read_some(sensor)) if event.kind is EventKind.EXEC]
    assert told
    assert any(event.text.startswith("/") and event.argv and event.parent for event in told)


def test_strings_of_a_generation_only_grow(sensor: Sensor) -> None:
    """What was computed for an index stays true as long as the generation is the same."""
    kept: dict[int, list[str]] = {}
    for batch in read_some(sensor, 200):
        known = kept.setdefault(batch.generation, [])
        assert list(batch.strings[: len(known)]) == known
        kept[batch.generation] = list(batch.strings)
        assert batch.strings[0] == ""


def test_counters_add_up(sensor: Sensor) -> None:
    """Every event that was seen was sent, folded, filtered or lost."""
    read_some(sensor)
    told = sensor.counters()
    assert told.seen == told.sent + told.folded + told.filtered + told.lost
    assert told.sent > 0


def test_it_can_be_told_policies_and_kept_alive(sensor: Sensor) -> None:
    """For any subject, in any order."""
    sensor.set_policy(NODE, KernelPolicy(enforce=True, kill_drift=True))
    sensor.heartbeat()
    sensor.set_policy(NODE, KernelPolicy())
    sensor.set_subjects([NODE])


def test_what_it_gives_can_be_recorded_and_replayed(sensor: Sensor, tmp_path: Path) -> None:
    """The replay of its recording gives the same events, in the same order; at the end EOFError."""
    batches = [batch for batch in read_some(sensor) if len(batch)]
    recorder = FileRecorder(tmp_path / "recording")
    for batch in batches:
        recorder.write(batch)
    recorder.close()
    again = ReplaySensor(tmp_path / "recording")
    again.start()
    assert events([again.read(0) for _ in batches]) == events(batches)
    with pytest.raises(EOFError):
        again.read(0)
    again.stop()


@pytest.mark.parametrize("plug", PLUGS)
def test_after_a_stop_it_can_start_again(plug: str) -> None:
    """A second life of the same plug."""
    for _ in range(2):
        one = make(plug)
        one.start()
        one.set_subjects([NODE])
        one.read(0.1)
        one.stop()
        one.stop()


def record_sample(path: Path) -> None:
    """Makes `sensor.recording` again: a container's worth of real events of this machine. Run by hand, as root."""
    live = watching.sensor("sample")
    watching.start_quiet(live)
    recorder = FileRecorder(path)
    try:
        for script in ("cat /etc/passwd", "ls /nowhere", "cd /tmp && cat ../etc/hostname", "exec true"):
            subprocess.run(["unshare", "-m", "/bin/sh", "-c", script], capture_output=True, check=False, env={"LC_ALL": "C"})
            os.sync()
            recorder.write(live.read(1.0))
    finally:
        recorder.close()
        live.stop()
