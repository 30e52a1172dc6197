"""What the live sensor promises beyond the kinds: exact counts, nothing lost at a restart, nothing left after a stop."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.asset import Container
from periderm.model.errors import SensorError
from periderm.model.event import Event, EventBatch, EventFlag, EventKind, Subject
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE, call, drain, events_of, of_kind, program, until

pytestmark = pytest.mark.root


def opens_of(events: list[Event], path: Path | str) -> list[Event]:
    """Open rows of one path."""
    return [event for event in of_kind(events, EventKind.OPEN) if event.text == str(path)]


def test_processes_that_were_there_are_told(tmp_path: Path) -> None:
    """The first batch holds the machine's processes with their parents, and the same keys as live rows have."""
    fresh = watching.sensor("first")
    before = time.time_ns()
    sleeper = subprocess.Popen(["sleep", "100000"])
    try:
        fresh.start()
        fresh.set_subjects([NODE])
        batch = fresh.read(1.0)
        rows = {event.pid: event for event in (batch.event(index) for index in range(len(batch)))}
        told = rows[sleeper.pid]
        assert told.has(EventFlag.FROM_PROC)
        assert told.argv == ("sleep", "100000")
        assert told.parent == rows[os.getpid()].process
        tick = 20_000_000  # /proc tells starts in hundredths of a second
        assert before - tick <= told.time <= time.time_ns() + tick
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
        process = call("open-many", str(target), "2000000000", wait=False)  # until it is killed
        told: list[Event] = []

        def known() -> list[Event]:
            told.extend(opens_of(drain(short), target))
            return [event for event in told if event.has(EventFlag.KNOWN)]

        assert until(lambda: bool(known()))
        process.kill()
        process.wait()
        assert all(event.count > 1 for event in known())
        counters = short.counters()
        assert sum(event.count for event in told) <= counters.folded + len(told)
    finally:
        short.stop()


def opened_below(sensor: EbpfSensor, folder: Path) -> dict[str, int]:
    """The behaviour of each open of a file there."""
    keys: dict[str, int] = {}
    for batch in watching.batches(sensor):
        for index in range(len(batch)):
            event = batch.event(index)
            if event.kind is EventKind.OPEN and event.text.startswith(f"{folder}/"):
                keys[event.text] = int(sensor.behaviours[index])
    return keys


class Replica:
    """A mount namespace that lasts, as that of a container of a workload."""

    def __init__(self, number: int, workload: str) -> None:
        self._holder = subprocess.Popen(["unshare", "-m", "--propagation", "private", "sleep", "100000"])
        host = os.stat("/proc/self/ns/mnt").st_ino
        space = host
        while space == host:
            time.sleep(0.01)
            space = os.stat(f"/proc/{self._holder.pid}/ns/mnt").st_ino
        self.container = Container(
            id=f"ctr-{number}",
            name="web",
            container_id="c" * 64,
            runtime="podman",
            node_id=NODE.id,
            workload_id=workload,
            mount_namespace=space,
        )

    def call(self, *arguments: str) -> None:
        """Runs the caller there."""
        command = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", str(program()), *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self) -> None:
        """Nothing is left of it."""
        self._holder.kill()
        self._holder.wait()


@pytest.fixture
def replicas() -> Iterator[tuple[Replica, Replica, Replica]]:
    """Two of one workload and one of another."""
    made = (Replica(1, "wkl-web"), Replica(2, "wkl-web"), Replica(3, "wkl-other"))
    yield made
    for each in made:
        each.end()


def test_a_learned_behaviour_is_only_counted(replicas: tuple[Replica, Replica, Replica], tmp_path: Path) -> None:
    """What one replica was seen to do can be learned; another run of the sensor then only counts it, in another replica too.
    The same done by another workload is told, and after it was unlearned everything is."""
    first, second, other = replicas
    subjects: list[Subject] = [NODE, *(each.container for each in replicas)]
    for index in range(200):
        (tmp_path / str(index)).write_text("x")
    before = watching.sensor("before", stable_seed=77)
    try:
        watching.start_quiet(before)
        before.set_subjects(subjects)
        first.call("open-each", str(tmp_path), "200")
        keys = opened_below(before, tmp_path)
        learned = np.array(list(keys.values()), np.uint64)
        assert len(set(learned.tolist())) == len(keys) == 200
        assert 0 not in learned
    finally:
        before.stop()
    fresh = watching.sensor("after", stable_seed=77)
    try:
        watching.start_quiet(fresh)
        fresh.set_subjects(subjects)
        fresh.learn("wkl-web", learned)
        assert fresh.learned() == 200
        second.call("open-each", str(tmp_path), "200")
        assert opened_below(fresh, tmp_path) == {}
        assert [fresh.learned_count(key) for key in learned.tolist()] == [1] * 200
        other.call("open-each", str(tmp_path), "200")
        strange = opened_below(fresh, tmp_path)
        assert len(strange) == 200
        assert not set(strange.values()) & set(keys.values())
        fresh.unlearn("wkl-web")
        first.call("open-each", str(tmp_path), "200")
        assert opened_below(fresh, tmp_path) == keys
    finally:
        fresh.stop()


def test_the_seed_is_in_every_behaviour(replicas: tuple[Replica, Replica, Replica], tmp_path: Path) -> None:
    """Whoever does not know the seed cannot tell which number a behaviour has."""
    (tmp_path / "0").write_text("x")
    found = []
    for seed in (1, 2):
        fresh = watching.sensor("seed", stable_seed=seed)
        try:
            watching.start_quiet(fresh)
            fresh.set_subjects([NODE, replicas[0].container])
            replicas[0].call("open-each", str(tmp_path), "1")
            found.append(opened_below(fresh, tmp_path))
        finally:
            fresh.stop()
    assert found[0].keys() == found[1].keys() != set()
    assert found[0] != found[1]


def test_a_known_behaviour_is_told_again_with_its_count(replicas: tuple[Replica, Replica, Replica], tmp_path: Path) -> None:
    """Seldom, and then one row stands for all that were only counted: nobody takes it for unused."""
    (tmp_path / "0").write_text("x")
    fresh = watching.sensor("retell", resend_seconds=0.0)
    try:
        watching.start_quiet(fresh)
        fresh.set_subjects([NODE, replicas[0].container])
        replicas[0].call("open-each", str(tmp_path), "1")
        (key,) = opened_below(fresh, tmp_path).values()
        fresh.learn("wkl-web", np.array([key], np.uint64))
        for _ in range(4):
            replicas[0].call("open-each", str(tmp_path), "1")
        assert opened_below(fresh, tmp_path) == {}
        control = fresh._open().maps["control"]
        zero = bytes(4)
        control.put(zero, (control.get(zero) or b"")[:48] + bytes(8))  # the time has come
        replicas[0].call("open-each", str(tmp_path), "1")
        told = opens_of(drain(fresh), tmp_path / "0")
        assert [(event.count, event.has(EventFlag.KNOWN)) for event in told] == [(5, True)]
    finally:
        fresh.stop()


def test_what_nobody_owns_cannot_be_known(live: EbpfSensor, tmp_path: Path) -> None:
    """A mount namespace that belongs to no subject has no behaviour: it is always told."""
    (tmp_path / "0").write_text("x")
    while live.pressure().ring > 0.01:  # nobody has read for long: others on the machine wait in it
        drain(live)
    call("open-each", str(tmp_path), "1", fresh=True)
    assert list(opened_below(live, tmp_path).values()) == [0]


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
    while process.poll() is None:
        told += sum(event.kind is EventKind.EXEC for event in drain(live, 0.05))
    told += sum(event.kind is EventKind.EXEC for event in drain(live))
    lost = live.counters().lost - before.lost
    assert told + lost > 0
    assert live.counters().seen > before.seen


def read_ahead(sensor: EbpfSensor, least: int) -> bool:
    """Whether so many records were copied out of its ring."""
    return sensor.counters().other.get("read-ahead", 0) >= least


@pytest.mark.parametrize("ahead", [True, False])
def test_what_comes_while_nobody_reads_is_there_afterwards(tmp_path: Path, ahead: bool) -> None:
    """An agent that starts compiles its patterns for seconds: several times what the ring holds is still told, in order.
    Without reading ahead the rest is lost, and counted."""
    slow = watching.sensor("ahead", ring_bytes=1 << 20)
    watching.start_quiet(slow)
    many = 4 * ((1 << 20) // 256)
    try:
        if ahead:
            slow.read_ahead()
        for part in range(8):
            (tmp_path / str(part)).mkdir()
            call("open-each", str(tmp_path / str(part)), str(many // 8))
            least = (part + 1) * (many // 8) - ((1 << 20) // 256) // 8  # an eighth of the ring is left in it
            assert not ahead or until(partial(read_ahead, slow, least), 60)
        after = slow.counters()
        events: list[Event] = []
        while more := drain(slow):
            events += more
        told = [event.text for event in events if event.text.startswith(f"{tmp_path}/")]
        assert (after.lost == 0) is ahead
        assert (len(told) == many) is ahead
        if ahead:
            assert after.other["read-ahead"] > many // 2
            assert told == [f"{tmp_path}/{part}/{number}" for part in range(8) for number in range(many // 8)]
    finally:
        slow.stop()


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    """What happens while no agent runs is read by the next one, with program names, and not loaded again."""
    (tmp_path / "between").write_text("x")
    first = watching.sensor("restart")
    watching.start_quiet(first)
    loaded = pinned_programs("restart")
    first.stop(keep=True)
    call("openat", str(tmp_path / "between"))
    second = watching.sensor("restart")
    try:
        second.start()
        assert pinned_programs("restart") == loaded != set()
        second.set_subjects([NODE])
        told = opens_of(drain(second), tmp_path / "between")
        assert [event.exe for event in told] == [str(program())]
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


def pinned_programs(name: str) -> set[str]:
    """Ids of the programs that one sensor's pinned links hold: others on the machine may load theirs at any time."""
    found = set()
    for path in Path(watching.pin_dir(name)).glob("link_*"):
        told = subprocess.run(["bpftool", "link", "show", "pinned", path], capture_output=True, text=True, check=True).stdout
        found |= set(re.findall(r"\bprog (\d+)", told))
    return found


def loaded_programs() -> set[str]:
    """Ids of our programs that the kernel holds now."""
    told = subprocess.run(["bpftool", "prog", "list"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^(\d+): tracing\s+name on_(?:exec|call|fork|end|uring)", told, re.MULTILINE))


def test_a_clean_stop_leaves_nothing() -> None:
    """No pin, no program and no folder is left."""
    one = watching.sensor("clean")
    one.start()
    mine = pinned_programs("clean")
    assert len(mine & loaded_programs()) >= 5
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


def run_in_namespace(script: str) -> None:
    """A shell script in a mount namespace of its own."""
    command = ["unshare", "-m", "--propagation", "private", "/bin/sh", "-c", script]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300)


def test_the_same_deed_below_another_ancestor_is_told_again(live: EbpfSensor, tmp_path: Path) -> None:
    """What a program does for one ancestor is no repeat of what it did for another: each is told once, with its own descent."""
    target = tmp_path / "coveted"
    target.write_text("x")
    for name in ("first", "second"):
        shutil.copy("/usr/bin/env", tmp_path / name)
    run_in_namespace("; ".join(f"{tmp_path}/{name} cat {target}" for name in ("first", "second", "first", "second")))
    told = [event for event in drain(live) if event.kind is EventKind.OPEN and event.text == str(target)]
    assert len(told) == 2
    assert len({event.process for event in told}) == 2


def test_a_flood_of_details_leaves_room_for_what_matters(tmp_path: Path) -> None:
    """Reads fill three quarters of the ring at most: the program that is started behind them, and the file that it writes,
    are told; what had no room is counted as given up, and nothing as lost."""
    small = watching.sensor("flood", ring_bytes=1 << 18)
    files = [tmp_path / f"read{number}" for number in range(3000)]
    for file in files:
        file.write_text("x")
    try:
        watching.start_quiet(small)
        before = small.counters()
        run_in_namespace(f"cat {tmp_path}/read* >/dev/null; echo done > {tmp_path}/written")
        told = drain(small)
        after = small.counters()
        written = [event for event in told if event.kind is EventKind.OPEN and event.text == f"{tmp_path}/written"]
        assert len(written) == 1
        assert after.lost == before.lost
        assert after.other["shed"] - before.other.get("shed", 0) > 1_000
    finally:
        small.stop()


READER = """
import os, sys
print("runs", flush=True)  # its exec, which would end what it is given, is over
sys.stdin.readline()
for name in ("plain", "missing"):
    try:
        open(sys.argv[1] + "/" + name).close()
    except OSError:
        pass
if os.fork() == 0:
    open(sys.argv[1] + "/forked").close()
    os._exit(0)
os.wait()
open(sys.argv[1] + "/written", "w").close()
os.execv("/bin/cat", ["cat", sys.argv[1] + "/after"])
"""


def test_what_our_own_commands_read_is_not_told(live: EbpfSensor, tmp_path: Path) -> None:
    """Neither what the command opens for reading nor what its children do; what it writes is told, and whatever it runs
    instead is watched as anybody is."""
    for name in ("plain", "forked", "after"):
        (tmp_path / name).write_text("x")
    command = ["unshare", "-m", "--propagation", "private", "/usr/bin/python3", "-c", READER, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "runs\n"
    live.ignore_reads(process.pid)
    process.communicate("go\n", timeout=300)
    told = {event.text.rpartition("/")[2] for event in drain(live) if event.text.startswith(f"{tmp_path}/")}
    assert told == {"written", "after"}
    live.watch_again(process.pid)  # it is gone, and that is no error
