"""The writer: one sync for many, and nothing of a failed publish is ever read."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.bus_local import files
from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.bus_local.writer import Writer, take_lock
from periderm.model.errors import BusError


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A writer in an empty folder."""
    lock = take_lock(tmp_path, 0.0)
    assert lock is not None
    made = Writer(tmp_path, lock, 0, 10_000, 1_000_000, committed=lambda _after: None, full=lambda: "")
    yield made
    made.close()


def test_publishers_share_one_sync(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes while a sync is running is written together with all others who came, by the next one."""
    writer.append([b"0"])
    real, syncs = os.fdatasync, 0
    arrived, go_on = threading.Event(), threading.Event()

    def slow(descriptor: int) -> None:
        nonlocal syncs
        syncs += 1
        arrived.set()
        assert go_on.wait(180)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", slow)
    ends: list[int] = []
    threads = [threading.Thread(target=lambda: ends.append(writer.append([b"x", b"y"]))) for _ in range(9)]
    threads[0].start()
    assert arrived.wait(180)
    for thread in threads[1:]:
        thread.start()
    while len(writer._queue) < 8:
        pass
    go_on.set()
    for thread in threads:
        thread.join()
    assert syncs == 2
    assert sorted(ends) == list(range(2, 19, 2))


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("cut_fails", [False, True], ids=["cut", "cut fails too"])
def test_what_could_not_be_synced_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, cut_fails: bool
) -> None:
    """The message was written whole when the sync failed: it is taken away again, or left behind for ever; the next one
    gets its number; the same after reopening."""
    bus = LocalBus(str(tmp_path))
    bus.publish("t", [b"0"])
    real_sync, real_cut = os.fdatasync, os.ftruncate

    def fail(*_arguments: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fdatasync", fail)
    if cut_fails:
        monkeypatch.setattr(os, "ftruncate", fail)
    with pytest.raises(BusError) as caught:
        bus.publish("t", [b"bad"])
    assert caught.value.next_step
    monkeypatch.setattr(os, "fdatasync", real_sync)
    monkeypatch.setattr(os, "ftruncate", real_cut)
    assert [message.data for message in bus.read("t", "g")] == [b"0"]
    assert bus.publish("t", [b"1"]) == 1
    for _ in range(2):
        assert [message.data for message in bus.read("t", "g")] == [b"0", b"1"]
        bus.close()
        bus = LocalBus(str(tmp_path))
    bus.close()


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between the write and the sync: the next message is the only one with that number, and others can publish."""
    bus = LocalBus(str(tmp_path))
    bus.publish("t", [b"0"])
    real = files.write_all

    def interrupted(descriptor: int, parts: list[bytes], position: int) -> None:
        real(descriptor, parts, position)
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "write_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bus.publish("t", [b"half", b"half", b"half"])
    monkeypatch.setattr(files, "write_all", real)
    bus.close()
    bus = LocalBus(str(tmp_path))
    assert bus.publish("t", [b"1"]) == 1
    assert [message.data for message in bus.read("t", "g")] == [b"0", b"1"]
    bus.close()


def test_a_segment_ends_at_its_size(writer: Writer, tmp_path: Path) -> None:
    """A publish that is larger than a segment has one of its own; none is split."""
    for size in (4000, 4000, 4000, 30_000, 10):
        writer.append([bytes(size)])
    names = sorted(path.name for path in tmp_path.glob("*.seg"))
    assert names == [f"{first:020d}.seg" for first in (0, 2, 3, 4)]


def test_the_lock_is_taken_once(tmp_path: Path) -> None:
    """And free again when its writer is closed."""
    lock = take_lock(tmp_path, 0.0)
    assert lock is not None
    assert take_lock(tmp_path, 0.05) is None
    Writer(tmp_path, lock, 0, 10, 10, committed=lambda _after: None, full=lambda: "").close()
    again = take_lock(tmp_path, 0.0)
    assert again is not None
    os.close(again)


def test_a_closed_writer_says_so(writer: Writer) -> None:
    """Publishing after the end is an error, not a lost message."""
    writer.close()
    with pytest.raises(BusError):
        writer.append([b"x"])
