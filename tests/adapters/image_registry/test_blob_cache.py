"""Blobs are whole and verified or not there, whoever fetches, kills, fills the disk or edits beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.image_registry import blob_cache
from periderm.adapters.image_registry.blob_cache import BlobCache
from periderm.model.errors import ConnectError, FormatError, ImageSourceError, LimitError
from tests.images import digest

DATA = os.urandom(50_000)
NAME = digest(DATA)


class Source:
    """Gives the data from an offset; remembers from where it was asked."""

    def __init__(self, data: bytes = DATA, breaks: int = 0) -> None:
        self.data, self.breaks = data, breaks
        self.asked: list[int] = []

    def __call__(self, begin: int) -> Iterator[bytes]:
        self.asked.append(begin)
        for at in range(begin, len(self.data), 7_000):
            if self.breaks and at >= self.breaks:
                raise ConnectError("it broke off", "")
            yield self.data[at : at + 7_000]


def keep(cache: BlobCache, source: Source, name: str = NAME, size: int = len(DATA)) -> None:
    """Fetches and lets go."""
    os.close(cache.keep(name, size, source, lambda _size: None))


def test_a_blob_is_kept_and_held(tmp_path: Path) -> None:
    """Whole, for its owner only, and asked for once."""
    cache, source, seen = BlobCache(str(tmp_path / "b")), Source(), []
    os.close(cache.keep(NAME, len(DATA), source, seen.append))
    assert sum(seen) == len(DATA)
    path = Path(cache.path(NAME))
    assert path.read_bytes() == DATA
    assert path.stat().st_mode & 0o777 == 0o600
    held = cache.hold(NAME, len(DATA))
    assert held is not None
    os.close(held)
    assert source.asked == [0]


def test_what_broke_off_is_gone_on_with(tmp_path: Path) -> None:
    """By the next run, from where it was."""
    cache = BlobCache(str(tmp_path))
    with pytest.raises(ConnectError):
        keep(cache, Source(breaks=20_000))
    assert cache.hold(NAME, len(DATA)) is None
    again = Source()
    keep(cache, again)
    assert again.asked == [21_000]
    assert Path(cache.path(NAME)).read_bytes() == DATA


def test_other_bytes_than_promised_are_not_kept(tmp_path: Path) -> None:
    """Nothing of them: the next run begins anew."""
    cache = BlobCache(str(tmp_path))
    for wrong in (DATA[:-1], DATA[:-1] + b"x", DATA[:100]):
        with pytest.raises(FormatError, match="another digest"):
            keep(cache, Source(wrong))
    assert cache.hold(NAME, len(DATA)) is None
    right = Source()
    keep(cache, right)
    assert right.asked == [0]


def test_what_was_changed_on_disk_is_not_believed(tmp_path: Path) -> None:
    """It is removed, and fetched again."""
    cache = BlobCache(str(tmp_path))
    keep(cache, Source())
    path = Path(cache.path(NAME))
    path.write_bytes(b"y" * len(DATA))
    assert cache.hold(NAME, len(DATA)) is None
    assert not path.exists()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    """Neither read nor written through."""
    cache = BlobCache(str(tmp_path / "b"))
    (tmp_path / "victim").write_bytes(DATA)
    path = Path(cache.path(NAME))
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "victim")
    assert cache.hold(NAME, len(DATA)) is None
    Path(f"{path}.part").symlink_to(tmp_path / "victim")
    with pytest.raises(ImageSourceError):
        keep(cache, Source())
    assert (tmp_path / "victim").read_bytes() == DATA


def test_the_oldest_go_and_what_is_held_stays(tmp_path: Path) -> None:
    """The bound holds for what nobody uses."""
    cache = BlobCache(str(tmp_path), 120_000)
    blobs = [os.urandom(50_000) for _ in range(3)]
    held = cache.keep(digest(blobs[0]), 50_000, Source(blobs[0]), lambda _size: None)
    os.utime(cache.path(digest(blobs[0])), (1, 1))
    keep(cache, Source(blobs[1]), digest(blobs[1]))
    os.utime(cache.path(digest(blobs[1])), (2, 2))
    keep(cache, Source(blobs[2]), digest(blobs[2]))
    there = [os.path.exists(cache.path(digest(blob))) for blob in blobs]
    assert there == [True, False, True]
    os.close(held)
    cache.tidy()
    with pytest.raises(LimitError, match="PERIDERM_REGISTRY_CACHE_MIB"):
        cache.room(120_001)
    cache.room(120_000)


def test_a_disk_without_room_is_said_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the folder is yet to be made."""
    cache = BlobCache(str(tmp_path / "not/yet"))
    monkeypatch.setattr(blob_cache, "_free", lambda _folder: 5)
    with pytest.raises(ImageSourceError, match="room"):
        cache.room(6)
    monkeypatch.undo()
    cache.room(1)


def test_parts_that_were_given_up_go(tmp_path: Path) -> None:
    """After days; a fresh one stays, to be gone on with."""
    cache = BlobCache(str(tmp_path))
    old, fresh = (tmp_path / name for name in ("a.part", "b.part"))
    for path in (old, fresh):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    cache.tidy()
    assert not old.exists()
    assert fresh.exists()


def test_two_who_want_the_same_fetch_it_once(tmp_path: Path) -> None:
    """The second waits, and finds it there."""
    cache, sources = BlobCache(str(tmp_path)), [Source(), Source()]
    threads = [threading.Thread(target=keep, args=(cache, source)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(source.asked) for source in sources) == [0, 1]
    assert list(tmp_path.rglob("*.part")) == []


def test_a_process_that_dies_locks_nobody_out(tmp_path: Path) -> None:
    """Its lock dies with it, and its part is gone on with."""
    script = (
        "import os, sys\n"
        "from periderm.adapters.image_registry.blob_cache import BlobCache\n"
        "def source(begin):\n    yield b'z' * 10\n    os.kill(os.getpid(), 9)\n"
        "BlobCache(sys.argv[1]).keep(sys.argv[2], 50000, source, lambda size: None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), NAME], check=False)
    assert done.returncode == -9
    keep_source = Source()
    with pytest.raises(FormatError):
        keep(BlobCache(str(tmp_path)), keep_source)
    assert keep_source.asked == [10]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Is said, with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ImageSourceError, match="cannot be written") as caught:
        keep(BlobCache(str(tmp_path / "file/b")), Source())
    assert "PERIDERM_CACHE" in caught.value.next_step
