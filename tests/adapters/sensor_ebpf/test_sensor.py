"""What the live sensor promises beyond the kinds: exact counts, nothing lost at a restart, nothing left after a stop."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.errors import SensorError
from periderm.model.event import Event, EventBatch, EventFlag, EventKind
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE, call, drain, events_of, of_kind, program

pytestmark = pytest.mark.root


def opens_of(events: list[Event], path: Path | str) -> list[Event]:
    """Open rows of one path."""
    return [event for event in of_kind(events, EventKind.OPEN) if event.text == str(path)]


def test_processes_that_were_there_are_told(tmp_path: Path) -> None:
    """The first batch holds the machine's processes with their parents, and the same keys as live rows have."""
    fresh = watching.sensor("first")
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        fresh.start()
        fresh.set_subjects([NODE])
        batch = fresh.read(1.0)
        rows = {event.pid: event for event in (batch.event(index) for index in range(len(batch)))}
        told = rows[sleeper.pid]
        assert told.has(EventFlag.FROM_PROC)
        assert told.argv == ("sleep", "60")
        assert told.parent == rows[os.getpid()].process
        assert abs(told.time - time.time_ns()) < 60 * 10**9
        sleeper.kill()
        sleeper.wait()
        ends = [event for event in drain(fresh) if event.kind is EventKind.EXIT and event.pid == sleeper.pid]
        assert [event.process for event in ends] == [told.process]
        assert ends[0].arg0 == 9
    finally:
        sleeper.kill()
        sleeper.wait()
        fresh.stop()


def test_folding_adds_up_exactly(live: EbpfSensor, tmp_path: Path) -> None:
    """Of 10,000 opens of one file one is sent, and the counters say exactly how many were not."""
    target = tmp_path / "again"
    target.write_text("x")
    before = live.counters()
    told = opens_of(events_of(live, "open-many", str(target), "10000"), target)
    after = live.counters()
    assert [event.count for event in told] == [1]
    assert after.folded - before.folded >= 9_999
    assert after.seen == after.sent + after.folded + after.filtered + after.lost
    assert after.lost == before.lost


def test_a_duplicate_is_told_again_with_its_count(tmp_path: Path) -> None:
    """After the folding time the next duplicate carries how many there were; all rows together make the exact sum."""
    short = watching.sensor("resend", resend_seconds=0.5)
    target = tmp_path / "again"
    target.write_text("x")
    try:
        watching.start_quiet(short)
        process = call("open-many", str(target), "2000000", wait=False)
        told: list[Event] = []
        end = time.monotonic() + 3
        while time.monotonic() < end:
            batch = short.read(0.1)
            told += opens_of([batch.event(index) for index in range(len(batch))], target)
        process.kill()
        process.wait()
        known = [event for event in told if event.has(EventFlag.KNOWN)]
        assert known
        assert all(event.count > 1 for event in known)
        counters = short.counters()
        assert sum(event.count for event in told) <= counters.folded + len(told)
    finally:
        short.stop()


def test_a_learned_behaviour_is_only_counted(live: EbpfSensor, tmp_path: Path) -> None:
    """Keys that were seen can be loaded in one batch; then the same behaviour of another run is not sent."""
    names = [str(index) for index in range(200)]
    for name in names:
        (tmp_path / name).write_text("x")
    call("open-each", str(tmp_path), "200")
    keys: dict[str, int] = {}
    while batch := live.read(0.15):
        for index in range(len(batch)):
            keys[batch.event(index).text] = int(live.behaviours[index])
    learned = np.array([keys[f"{tmp_path}/{name}"] for name in names], np.uint64)
    assert len(set(learned.tolist())) == 200
    fresh = watching.sensor("baseline")
    try:
        watching.start_quiet(fresh)
        fresh.load_baseline(learned)
        call("open-each", str(tmp_path), "200")
        assert [event for event in drain(fresh) if event.text.startswith(f"{tmp_path}/")] == []
        assert [fresh.baseline_count(int(key)) for key in learned] == [1] * 200
    finally:
        fresh.stop()


def test_forks_that_do_nothing_are_not_sent(live: EbpfSensor) -> None:
    """A process that forks 500 children which only end costs no rows for them."""
    before = live.counters()
    events = events_of(live, "fork-only", "500")
    after = live.counters()
    assert len(of_kind(events, EventKind.FORK)) <= 1
    assert after.other["held"] - before.other.get("held", 0) >= 1_000


def test_a_known_program_that_does_something_new_is_told_with_its_exec(live: EbpfSensor, tmp_path: Path) -> None:
    """An exec that was folded is told after all, before the new thing that the process does."""
    (tmp_path / "first").write_text("x")
    call("openat", str(tmp_path / "first"))
    call("openat", str(tmp_path / "first"))
    drain(live)
    (tmp_path / "first").unlink()
    process = call("openat", str(tmp_path / "first"))
    events = [event for event in drain(live) if event.pid == process.pid]
    kinds = [event.kind for event in events]
    assert EventKind.EXEC in kinds
    act = next(
        index for index, event in enumerate(events) if event.has(EventFlag.FAILED) and event.raw == str(tmp_path / "first")
    )
    told = [event for event in events[:act] if event.kind is EventKind.EXEC]
    assert told[-1].argv == (str(program()), "openat", str(tmp_path / "first"))


def test_more_than_the_ring_holds_is_counted_as_lost(tmp_path: Path) -> None:
    """A full ring loses rows, and every one of them is counted: what was sent and what was lost make what was done."""
    small = watching.sensor("small", ring_bytes=1 << 18)
    try:
        watching.start_quiet(small)
        before = small.counters()
        call("open-each", str(tmp_path), "5000")
        told = [event for event in drain(small) if event.text.startswith(f"{tmp_path}/")]
        after = small.counters()
        assert after.lost - before.lost > 0
        assert len(told) + after.lost - before.lost >= 5_000
    finally:
        small.stop()


def test_fork_and_exec_as_fast_as_it_can(live: EbpfSensor) -> None:
    """3,000 programs with arguments of their own: each exec is told or counted as lost, and reading ends."""
    before = live.counters()
    process = call("fork-exec", "/bin/true", "3000", wait=False)
    told = 0
    while process.poll() is None or live.read(0.2):
        told += sum(event.kind is EventKind.EXEC for event in drain(live, 0.05))
    told += sum(event.kind is EventKind.EXEC for event in drain(live))
    lost = live.counters().lost - before.lost
    assert told + lost > 0
    assert live.counters().seen > before.seen


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    """What happens while no agent runs is read by the next one, with program names, and not loaded again."""
    (tmp_path / "between").write_text("x")
    first = watching.sensor("restart")
    watching.start_quiet(first)
    first.stop(keep=True)
    call("openat", str(tmp_path / "between"))
    second = watching.sensor("restart")
    try:
        began = time.monotonic()
        second.start()
        second.set_subjects([NODE])
        told = opens_of(drain(second), tmp_path / "between")
        assert [event.exe for event in told] == [str(program())]
        assert time.monotonic() - began < 60
    finally:
        second.stop()


def test_two_agents_do_not_share_a_ring() -> None:
    """The second one is told in words that another one runs."""
    first = watching.sensor("twice")
    first.start()
    try:
        with pytest.raises(SensorError, match="Another sensor"):
            watching.sensor("twice").start()
    finally:
        first.stop()


def loaded_programs() -> set[str]:
    """Ids of our programs that the kernel holds now."""
    told = subprocess.run(["bpftool", "prog", "list"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^(\d+): tracing\s+name on_(?:exec|call|fork|end|uring)", told, re.MULTILINE))


def test_a_clean_stop_leaves_nothing() -> None:
    """No pin, no program and no folder is left."""
    one = watching.sensor("clean")
    before = loaded_programs()
    one.start()
    mine = loaded_programs() - before
    assert len(mine) >= 5
    one.stop()
    assert not Path(watching.pin_dir("clean")).exists()
    assert watching.until(lambda: not (loaded_programs() & mine))


def test_our_own_process_is_not_told(live: EbpfSensor, tmp_path: Path) -> None:
    """The agent's own calls would feed the sensor with itself: they are counted as filtered."""
    before = live.counters().filtered
    for index in range(10):
        (tmp_path / f"own-{index}").write_text("x")
    assert [event for event in drain(live) if event.pid == os.getpid()] == []
    assert live.counters().filtered >= before + 10


def test_a_batch_is_not_changed_by_the_next_one(live: EbpfSensor, tmp_path: Path) -> None:
    """Rows are copies: what was read stays as it was."""
    call("openat", str(tmp_path / "a"))
    batch = live.read(2.0)
    assert isinstance(batch, EventBatch)
    copy = batch.rows.copy()
    call("openat", str(tmp_path / "b"))
    drain(live)
    assert (batch.rows == copy).all()


def test_without_an_object_it_says_how_to_get_it(tmp_path: Path) -> None:
    """A package without the kernel program is an error in words."""
    with pytest.raises(SensorError, match="not built"):
        EbpfSensor(tmp_path / "none.o", watching.pin_dir("none")).start()


def test_a_broken_object_is_an_error_in_words(tmp_path: Path) -> None:
    """Bytes that are no BPF object are refused, and nothing is left."""
    broken = tmp_path / "broken.o"
    broken.write_bytes(b"no object")
    with pytest.raises(SensorError, match="cannot be read"):
        EbpfSensor(broken, watching.pin_dir("broken")).start()
    assert not Path(watching.pin_dir("broken")).exists()
