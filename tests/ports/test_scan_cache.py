"""What every cache of scans keeps to, also the one that keeps nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.scan_cache_files import FileCache
from periderm.flow.reading import NoCache
from periderm.ports.scan_cache import ScanCache


@pytest.fixture(params=["files", "none"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> ScanCache:
    """One of each."""
    return FileCache(str(tmp_path / "cache")) if request.param == "files" else NoCache()


def test_a_value_comes_back_whole_or_not_at_all(cache: ScanCache) -> None:
    """A miss is None; putting never fails; kinds and keys do not meet."""
    assert cache.get("layer", "k") is None
    cache.put("layer", "k", b"value")
    assert cache.get("layer", "k") in (None, b"value")
    assert cache.get("result", "k") is None
    assert cache.get("layer", "other") is None


def test_a_spooled_content_is_like_bytes(cache: ScanCache) -> None:
    """Length, slices, searching, beginnings."""
    with cache.spool([b"\x7fELF", b"", b"body"]) as data:
        assert len(data) == 8
        assert (data[:4], data[4:], data.find(b"body")) == (b"\x7fELF", b"body", 4)
        assert data.startswith(b"\x7fELF")


def test_what_is_no_file_has_no_identity(cache: ScanCache, tmp_path: Path) -> None:
    """A folder, or nothing at all, is never taken for unchanged."""
    assert cache.identity(str(tmp_path)) == cache.identity(str(tmp_path / "none")) == ""
    assert isinstance(cache.engine, str)
