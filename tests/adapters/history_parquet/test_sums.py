"""The small file of sums."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.history_parquet.names import Places
from periderm.adapters.history_parquet.sums import MOST_NOTES, Sums, read_sums, write_sums


def test_sums_are_kept(tmp_path: Path) -> None:
    """With the newest notes only."""
    places = Places(tmp_path)
    write_sums(places, Sums(last=3, dropped_rows=4, notes=tuple(map(str, range(100)))))
    read = read_sums(places)
    assert (read.last, read.dropped_rows) == (3, 4)
    assert read.notes == tuple(map(str, range(100 - MOST_NOTES, 100)))


@pytest.mark.parametrize("data", [b"", b"{", b'{"last": "x"}', b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, data: bytes) -> None:
    """They only inform: a damaged file stops nobody."""
    places = Places(tmp_path)
    places.kept.write_bytes(data)
    assert read_sums(places) == Sums()
    assert read_sums(Places(tmp_path / "none")) == Sums()
