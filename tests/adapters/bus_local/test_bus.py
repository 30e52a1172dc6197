"""The spool on the real thing: killed processes, full disks, damaged files. What every bus promises is in tests/ports."""

from __future__ import annotations

import os
import stat
from collections import Counter
from pathlib import Path

import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.bus_local.frames import FRAME, SEGMENT
from periderm.model.errors import BusError
from tests.adapters import crash

PUBLISHER = """
import os, sys, threading
from periderm.adapters.bus_local.bus import LocalBus

bus = LocalBus(sys.argv[1], segment_bytes=20_000)
life = sys.argv[2]

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def publish(thread):
    number = 0
    while True:
        some = [f"{life} {thread} {number + i} ".encode() + bytes(37 * (number % 50)) for i in range(1 + number % 3)]
        say("sent", life, thread, number + len(some) - 1, bus.publish("t", some))
        number += len(some)

def read():
    while True:
        bus.wait("t", "reader", 1)
        messages = bus.read("t", "reader", 7)
        if messages:
            bus.acknowledge("t", "reader", messages[-1].offset)
            say("read", messages[-1].offset)

for work in (publish, publish, publish, lambda _: read()):
    threading.Thread(target=work, args=(threading.active_count(),)).start()
"""


def test_nothing_that_was_accepted_is_lost_to_kill_9(tmp_path: Path) -> None:
    """Three threads publish and one reads; the process is killed at random moments, many times, on one spool. Each
    message that was acknowledged is there, under its number, once, whole and in its sender's order."""
    folder = str(tmp_path / "spool")
    with_place = LocalBus(folder, segment_bytes=20_000)
    with_place.read("t", "check")
    with_place.close()
    sent: dict[int, tuple[str, str, str]] = {}
    place = -1
    for life, after in enumerate(crash.lives(6.0, seed=1, enough=lambda: len(sent) > 50)):
        for words in crash.killed(PUBLISHER, folder, str(life), after=after):
            if words[0] == "sent":
                sent[int(words[4])] = (words[1], words[2], words[3])
            else:
                place = int(words[1])
    bus = LocalBus(folder, segment_bytes=20_000)
    published = bus.publish("t", [b"last"])
    assert bus.pending("t", "reader") <= published - place
    found: dict[int, tuple[str, ...]] = {}
    orders: dict[tuple[str, str], int] = Counter()
    while messages := bus.read("t", "check"):
        for message in messages[: -1 if messages[-1].offset == published else None]:
            life_thread_number = tuple(message.data.rstrip(b"\0").decode().split())
            found[message.offset] = life_thread_number
            who = life_thread_number[:2]
            assert int(life_thread_number[2]) == orders[who]
            orders[who] += 1
        bus.acknowledge("t", "check", messages[-1].offset)
    assert sorted(found) == list(range(published))
    assert {offset: found[offset] for offset in sent} == sent
    bus.close()


FULL = """
import os, resource, sys
from periderm.adapters.bus_local.bus import LocalBus
from periderm.model.errors import BusError

bus = LocalBus(sys.argv[1] + "/spool", segment_bytes=100_000)
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
accepted = []
bus.read("t", "g")
failure = None
while failure is None:
    some = [b"%d " % (len(accepted) + i) + os.urandom(700) for i in range(5)]
    try:
        bus.publish("t", some)
        accepted += some
    except BusError as error:
        failure = error
assert failure.next_step and "space" in failure.next_step or "limit" in failure.next_step, failure
for again in range(3):
    try:
        bus.publish("t", [bytes(100_000)])
        raise SystemExit("the disk was not full")
    except BusError:
        pass
def read():
    found = []
    while messages := bus.read("t", "g"):
        found += [message.data for message in messages]
        bus.acknowledge("t", "g", messages[-1].offset)
    return found
assert read() == accepted, "what was accepted is not what is read"
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
last = bus.publish("t", [b"after"])
assert last == len(accepted), (last, len(accepted))
assert read() == [b"after"]
bus.close()
bus = LocalBus(sys.argv[1] + "/spool", segment_bytes=100_000)
assert bus.publish("t", [b"and again"]) == last + 1
assert read() == [b"and again"]
assert bus.losses("t").damaged_messages == 0
print("accepted", len(accepted))
"""


@pytest.mark.root
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """On a file system without space: a clear error, what was accepted is read, acknowledging frees space, and then it
    goes on."""
    assert "accepted" in crash.run_on_small_disk(FULL, tmp_path, "400k")


def test_a_limit_on_files_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """The same without root: writing fails in the middle of a message."""
    assert "accepted" in crash.run(FULL, str(tmp_path), "limited")


def test_the_cap_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """A spool that nobody reads stops at its cap, says who is behind, and goes on when that group has read."""
    bus = LocalBus(str(tmp_path), segment_bytes=10_000, cap_bytes=50_000)
    bus.read("t", "slow")
    accepted = 0

    def fill() -> None:
        nonlocal accepted
        while True:
            bus.publish("t", [b"%d" % accepted + bytes(500)])
            accepted += 1

    with pytest.raises(BusError) as caught:
        fill()
    assert "full" in caught.value.what
    assert f"{accepted} messages for the group slow" in caught.value.what
    assert caught.value.next_step
    assert sum(path.stat().st_size for path in (tmp_path / "t").glob("*.seg")) <= 50_000
    numbers = []
    while messages := bus.read("t", "slow"):
        numbers += [int(message.data.rstrip(b"\0")) for message in messages]
        bus.acknowledge("t", "slow", messages[-1].offset)
    assert numbers == list(range(accepted))
    assert bus.publish("t", [bytes(40_000)]) == accepted
    bus.close()


def test_a_cap_in_one_segment_makes_room_too(tmp_path: Path) -> None:
    """The segment that is being written is removed as well once all have read it."""
    bus = LocalBus(str(tmp_path), segment_bytes=1_000_000, cap_bytes=10_000)
    for number in range(100):
        assert bus.publish("t", [bytes(3000)]) == number
        bus.acknowledge("t", "g", number)
    bus.close()


def test_files_that_all_have_read_are_removed(tmp_path: Path) -> None:
    """Not before the slowest group is past them, also if it is not open now."""
    bus = LocalBus(str(tmp_path), segment_bytes=1000)
    bus.acknowledge("t", "slow", bus.publish("t", [b"first"]))
    bus.close()
    bus = LocalBus(str(tmp_path), segment_bytes=1000)
    last = [bus.publish("t", [bytes(300)]) for _ in range(30)][-1]
    bus.acknowledge("t", "fast", last)
    assert len(list((tmp_path / "t").glob("*.seg"))) > 5
    bus.acknowledge("t", "slow", last)
    assert len(list((tmp_path / "t").glob("*.seg"))) == 1
    bus.close()


def test_only_the_owner_reads_the_spool(tmp_path: Path) -> None:
    """Folders 0700, files 0600."""
    bus = LocalBus(str(tmp_path / "spool"))
    bus.publish("t", [b"x"])
    bus.read("t", "g")
    for path in [tmp_path / "spool", *(tmp_path / "spool").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    bus.close()


def spool(folder: Path, frames: int = 6) -> list[Path]:
    """Frames of three messages each, two frames a segment; the segments in order."""
    bus = LocalBus(str(folder), segment_bytes=200)
    bus.read("t", "g")
    for number in range(frames):
        bus.publish("t", [b"%d" % (3 * number + i) + bytes(20) for i in range(3)])
    bus.close()
    return sorted((folder / "t").glob("*.seg"))


def flip(path: Path, position: int) -> None:
    """One wrong byte."""
    data = bytearray(path.read_bytes())
    data[position] ^= 0x55
    path.write_bytes(data)


def survivors(folder: Path) -> tuple[list[int], list[BusError], LocalBus]:
    """What can still be read, and what was said."""
    bus = LocalBus(str(folder), segment_bytes=200)
    numbers: list[int] = []
    errors: list[BusError] = []
    while True:
        try:
            messages = bus.read("t", "g")
        except BusError as error:
            errors.append(error)
            continue
        if not messages:
            return numbers, errors, bus
        for message in messages:
            assert int(message.data.rstrip(b"\0")) == message.offset
            numbers.append(message.offset)
        bus.acknowledge("t", "g", messages[-1].offset)


FRAME_BYTES = FRAME.size + 3 * 4


@pytest.mark.parametrize("where", [0, 9, 17, SEGMENT.size, SEGMENT.size + 9, SEGMENT.size + FRAME.size + 13])
def test_a_wrong_byte_costs_its_frame_only(tmp_path: Path, where: int) -> None:
    """Anywhere in a file: what it hit is told once and counted, the rest is read, publishing goes on."""
    segments = spool(tmp_path)
    assert len(segments) > 1
    flip(segments[1], where)
    first = int(segments[1].stem)
    numbers, errors, bus = survivors(tmp_path)
    lost = [] if where < SEGMENT.size else [first, first + 1, first + 2]
    assert numbers == [number for number in range(18) if number not in lost]
    assert len(errors) == (1 if lost else 0)
    assert bus.losses("t").damaged_messages == len(lost)
    assert all(error.next_step for error in errors)
    assert bus.publish("t", [b"18"]) == 18
    assert [message.offset for message in bus.read("t", "g")] == [18]
    bus.close()


def test_a_wrong_byte_in_the_last_frame_is_no_torn_tail(tmp_path: Path) -> None:
    """What was acknowledged is not cut in silence: it is told, and its numbers are not used again."""
    segments = spool(tmp_path)
    flip(segments[-1], segments[-1].stat().st_size - 1)
    numbers, errors, bus = survivors(tmp_path)
    assert numbers == list(range(15))
    assert len(errors) == 1
    assert bus.pending("t", "g") == 0
    assert bus.publish("t", [b"18"]) == 18
    bus.close()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Somebody removed a segment: its messages are counted as lost, the others read."""
    segments = spool(tmp_path)
    segments[1].unlink()
    numbers, errors, bus = survivors(tmp_path)
    missing = range(int(segments[1].stem), int(segments[2].stem))
    assert numbers == [number for number in range(18) if number not in missing]
    assert len(errors) == 1
    assert bus.losses("t").damaged_messages == len(missing)
    bus.close()


def test_a_missing_first_file_is_told(tmp_path: Path) -> None:
    """The same for what would be read next."""
    segments = spool(tmp_path)
    segments[0].unlink()
    numbers, errors, bus = survivors(tmp_path)
    assert numbers == list(range(int(segments[1].stem), 18))
    assert len(errors) == 1
    bus.close()


@pytest.mark.parametrize("cut", [1, 5, FRAME.size - 1, FRAME.size, FRAME_BYTES + 5])
def test_a_torn_tail_is_cut_and_counted(tmp_path: Path, cut: int) -> None:
    """Half a frame that a dying process left (nobody was told it is safe) is never read."""
    segments = spool(tmp_path, frames=1)
    whole = segments[0].read_bytes()
    again = whole[SEGMENT.size : SEGMENT.size + cut]
    segments[0].write_bytes(whole + again)
    numbers, errors, bus = survivors(tmp_path)
    assert numbers == [0, 1, 2]
    assert errors == []
    assert bus.losses("t").torn_bytes == cut
    assert segments[0].read_bytes() == whole
    bus.close()


def test_a_file_of_nothing_is_no_loss(tmp_path: Path) -> None:
    """A process that died while it began a segment leaves an empty or half-written one."""
    spool(tmp_path, frames=2)
    (tmp_path / "t" / f"{6:020d}.seg").write_bytes(b"PDRM")
    numbers, errors, bus = survivors(tmp_path)
    assert numbers == list(range(6))
    assert errors == []
    assert bus.publish("t", [b"6"]) == 6
    assert [message.data for message in bus.read("t", "g")] == [b"6"]
    bus.close()


def test_a_lost_mark_costs_nothing(tmp_path: Path) -> None:
    """After a power cut the shared page may be old: the segments tell."""
    spool(tmp_path)
    (tmp_path / "t" / "mark").unlink()
    numbers, errors, bus = survivors(tmp_path)
    assert numbers == list(range(18))
    assert errors == []
    bus.close()


def test_a_link_in_the_spool_is_not_followed(tmp_path: Path) -> None:
    """A file that somebody put in place of ours is refused, and what it points to left alone."""
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "spool" / "t" / "groups").mkdir(parents=True)
    os.symlink(tmp_path / "precious", tmp_path / "spool" / "t" / "mark")
    bus = LocalBus(str(tmp_path / "spool"))
    with pytest.raises(BusError):
        bus.publish("t", [b"x"])
    assert (tmp_path / "precious").read_bytes() == b"mine"
    bus.close()


def test_too_much_at_once_is_refused(tmp_path: Path) -> None:
    """A publish has a limit, since a reader holds it in memory; nothing of it is kept."""
    bus = LocalBus(str(tmp_path))
    with pytest.raises(BusError):
        bus.publish("t", [bytes(40 << 20), bytes(40 << 20)])
    assert bus.publish("t", [b"x"]) == 0
    bus.close()
