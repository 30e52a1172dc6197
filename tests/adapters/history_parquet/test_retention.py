"""What goes first, and that it is counted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.history_parquet import files, names
from periderm.adapters.history_parquet.limits import DAY_NS, Limits
from periderm.adapters.history_parquet.retention import Retention
from periderm.adapters.history_parquet.sums import Sums


def stored(folder: Path, *ages: int, size: int = 1000) -> names.Places:
    """A partition of ten rows for each age in days before day 1,000."""
    places = names.Places(folder)
    for number, age in enumerate(ages):
        last = (1000 - age) * DAY_NS
        hour = places.parts / names.hour_name(last // names.HOUR_NS)
        hour.mkdir(parents=True, exist_ok=True)
        (hour / names.part_name("file", (last - 5, last), 10, (number, number))).write_bytes(bytes(size))
    return places


def left(places: names.Places) -> list[int]:
    """Ages of what is left."""
    return sorted(1000 - part.last // DAY_NS for part in names.parts(places))


def run(places: names.Places, limits: Limits) -> Sums:
    """On day 1,000."""
    return Retention(places, limits, 1000 * DAY_NS).run(Sums())


def test_age(tmp_path: Path) -> None:
    """What is over age goes, with its empty folder, and is not called a loss."""
    places = stored(tmp_path, 1, 20, 40)
    sums = run(places, Limits(days=30, free=0))
    assert left(places) == [1, 20]
    assert (sums.expired_rows, sums.dropped_rows) == (10, 0)
    assert len(list(places.parts.iterdir())) == 2


def test_quota(tmp_path: Path) -> None:
    """The oldest go until the rest fits; logs count, and damaged files go first."""
    places = stored(tmp_path, 1, 2, 3, 4)
    places.damaged.mkdir()
    (places.damaged / "x").write_bytes(bytes(500))
    places.log.mkdir()
    (places.log / names.log_name(9)).write_bytes(bytes(400))
    sums = run(places, Limits(days=30, quota=2500, free=0))
    assert left(places) == [1, 2]
    assert list(places.damaged.iterdir()) == []
    assert (sums.expired_rows, sums.dropped_rows) == (0, 20)
    assert sums.dropped_until == 997 * DAY_NS


def test_a_full_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shrinks history to what is protected and no further, whoever filled it."""
    monkeypatch.setattr(files, "free_bytes", lambda _: (5, 1 << 40))
    places = stored(tmp_path, 1, 2, 3, 4)
    sums = run(places, Limits(days=30, quota=8000, free=100))
    assert left(places) == [1, 2]
    assert sums.dropped_rows == 20


def test_room_for_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes, as many as are needed."""
    free = [10]
    monkeypatch.setattr(files, "free_bytes", lambda _: (free[0], 1 << 40))
    unlink = os.unlink

    def counted(path: str) -> None:
        free[0] += 1000
        unlink(path)

    monkeypatch.setattr("periderm.adapters.history_parquet.retention.os.unlink", counted)
    places = stored(tmp_path, 1, 2, 3, 4)
    sums = Retention(places, Limits(), 1000 * DAY_NS).make_room(Sums(), 1500)
    assert left(places) == [1, 2]
    assert sums.dropped_rows == 20
