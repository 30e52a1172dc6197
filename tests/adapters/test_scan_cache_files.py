"""The cache of scans in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.adapters.scan_cache_files import FileCache, fingerprint
from periderm.ports.scan_cache import ScanCache


def only(folder: Path) -> Path:
    """The one file below a folder."""
    (file,) = (p for p in folder.rglob("*") if p.is_file())
    return file


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    """By kind and key; another kind or key is a miss; another process finds it too."""
    cache: ScanCache = FileCache(str(tmp_path / "c"))
    assert cache.get("layer", "k") is None
    cache.put("layer", "k\0\udce9", b"value" * 1000)
    assert FileCache(str(tmp_path / "c")).get("layer", "k\0\udce9") == b"value" * 1000
    assert cache.get("result", "k\0\udce9") is None
    assert only(tmp_path).stat().st_mode & 0o777 == 0o600


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_damage_is_a_miss(tmp_path: Path, where: int, bits: int) -> None:
    """One changed byte anywhere, or a cut, and it is not believed."""
    cache = FileCache(str(tmp_path))
    cache.put("layer", "k", b"some facts of a layer")
    file = only(tmp_path)
    data = bytearray(file.read_bytes())
    data[where % len(data)] ^= bits
    file.write_bytes(data)
    assert cache.get("layer", "k") is None
    file.write_bytes(data[: where % len(data)])
    assert cache.get("layer", "k") is None


def test_what_was_moved_is_a_miss(tmp_path: Path) -> None:
    """A file under another's name is not believed: its checksum covers its key."""
    cache = FileCache(str(tmp_path))
    cache.put("layer", "a", b"facts of a")
    first = only(tmp_path)
    kept = first.read_bytes()
    first.unlink()
    cache.put("layer", "b", b"facts of b")
    only(tmp_path).write_bytes(kept)
    assert cache.get("layer", "b") is None


def test_links_pipes_and_folders_are_misses(tmp_path: Path) -> None:
    """What is no file of ours is not opened, and never waited for."""
    cache = FileCache(str(tmp_path / "c"))
    cache.put("layer", "k", b"value")
    file = only(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert cache.get("layer", "k") is None
    file.unlink()
    os.mkfifo(file)
    assert cache.get("layer", "k") is None
    file.unlink()
    file.mkdir()
    assert cache.get("layer", "k") is None
    cache.put("layer", "k", b"value")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Nothing is kept, and nothing is raised."""
    (tmp_path / "file").write_text("")
    cache = FileCache(str(tmp_path / "file" / "below"))
    cache.put("layer", "k", b"value")
    assert cache.get("layer", "k") is None
    with cache.spool([b"a", b"b"]) as data:
        assert data == b"ab"


def test_the_longest_unused_goes_first(tmp_path: Path) -> None:
    """The bound holds; what was asked for lately stays; what a crash left half written goes after a while."""
    cache = FileCache(str(tmp_path), most=2600)
    for n in range(3):
        cache.put("layer", str(n), os.urandom(800))
        for file in tmp_path.rglob("*"):
            if file.is_file():
                os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns - 10**10))
    assert cache.get("layer", "0")
    half = tmp_path / ".half"
    half.write_bytes(b"x")
    os.utime(half, (1, 1))
    cache.put("layer", "3", os.urandom(800))
    assert [n for n in range(4) if cache.get("layer", str(n))] == [0, 2, 3]
    assert not half.exists()


def test_nothing_is_kept_if_nothing_may_be(tmp_path: Path) -> None:
    """Neither given nor taken; a large content still does not lie in memory."""
    FileCache(str(tmp_path)).put("layer", "k", b"value")
    cache = FileCache(str(tmp_path), 0)
    assert cache.get("layer", "k") is None
    cache.put("layer", "other", b"value")
    assert FileCache(str(tmp_path)).get("layer", "other") is None
    with cache.spool([b"large"]) as data:
        assert not isinstance(data, bytes)


def test_the_identity_of_a_file(tmp_path: Path) -> None:
    """Any change of content, size, times or the file itself is another identity; a file just changed has none yet."""
    cache = FileCache(str(tmp_path / "c"))
    file = tmp_path / "image.tar"
    file.write_bytes(b"1")
    status = file.stat()

    def settled() -> str:
        while not (told := cache.identity(str(file))):
            pass
        return told

    first = settled()
    assert first == settled()
    file.write_bytes(b"2")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))  # what an attacker would do: only ctime tells
    assert settled() != first
    second = settled()
    other = tmp_path / "other"
    other.write_bytes(b"2")
    other.replace(file)
    assert settled() != second
    assert cache.identity(str(tmp_path)) == ""
    assert cache.identity(str(tmp_path / "none")) == ""


@pytest.mark.parametrize("size", [0, 5, 3 << 20])
def test_spooled_contents(tmp_path: Path, size: int) -> None:
    """They can be searched and sliced as bytes can, and leave no file behind."""
    cache = FileCache(str(tmp_path / "c"))
    whole = os.urandom(size)
    with cache.spool(whole[i : i + 100_000] for i in range(0, size, 100_000)) as data:
        assert data[:] == whole
        assert data.startswith(whole[:4])
        assert data.find(whole[-2:]) >= 0
        assert len(data) == size
        assert list((tmp_path / "c").iterdir()) == []


def test_the_engine_is_its_code(tmp_path: Path) -> None:
    """The same code has the same name."""
    assert FileCache(str(tmp_path)).engine == fingerprint() == fingerprint()
