"""Reading while others write, compact, drop and damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.history_parquet import names, reading
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.log import LogReader
from periderm.adapters.history_parquet.reading import Reading
from periderm.adapters.history_parquet.selecting import Selection
from periderm.model.errors import HistoryError
from periderm.model.event_query import EventQuery
from tests.flow.conftest import T0
from tests.past import ROOMY, events, history, some

EVERYTHING = EventQuery(limit=0, newest=False)
LATER = T0 + 10**15


def filled(folder: Path, count: int = 3) -> ParquetHistory:
    """Each second a log of its own, all partitioned."""
    for number in range(count):
        past = history(folder)
        past.append(some(10, at=number))
        past.close()
        past.maintain(T0)
    return past


def test_slices_are_bounded_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows one may hold, also when most rows lie in one moment."""
    monkeypatch.setattr(reading, "SLICE_ROWS", 20)
    past = history(tmp_path)
    past.append(some(300, at=0))
    past.append(some(5, at=3000))
    past.close()
    past.maintain(T0)
    sizes = [len(batch) for batch in past.batches(EventQuery())]
    assert sum(sizes) == 305
    assert max(sizes) <= 2 * 20
    times = [event.time for event in past.query(EVERYTHING)]
    assert times == sorted(times)
    newest = [event.time for event in past.query(EventQuery(limit=0))]
    assert newest == times[::-1]


def test_a_reader_that_began_before_compaction_ends(tmp_path: Path) -> None:
    """The partitions that it found stay for a while."""
    past = filled(tmp_path)
    rows = past.query(EVERYTHING)
    first = next(rows)
    past.maintain(LATER)
    assert len([first, *rows]) == 30


def test_a_partition_that_was_dropped_meanwhile_is_left_out(tmp_path: Path) -> None:
    """Its rows are gone, the others are answered."""
    past = filled(tmp_path)
    found = Reading(names.Places(tmp_path / "history"), Selection(EVERYTHING))
    first = min(names.parts(names.Places(tmp_path / "history")), key=lambda part: part.low)
    Path(first.path).unlink()
    assert sum(len(each.batch) for each in found.slices(newest=False, limit=0)) == 20
    found.close()
    assert found.notes == []
    past.close()


@pytest.mark.parametrize("how", ["cut", "empty", "middle", "end"])
def test_a_damaged_partition_is_set_aside_and_told(tmp_path: Path, how: str) -> None:
    """The rest is answered; the next question does not meet it again, and `info` counts it."""
    filled(tmp_path)
    places = names.Places(tmp_path / "history")
    bad = Path(max(names.parts(places), key=lambda part: part.low).path)
    data = bytearray(bad.read_bytes())
    if how == "middle":
        data[8:200] = bytes(192)
    elif how == "end":
        data[-8:-4] = bytes(4)
    bad.write_bytes(data[:-40] if how == "cut" else b"" if how == "empty" else data)
    notes: list[str] = []
    past = ParquetHistory(places.root, ROOMY, notes.append)
    assert len(list(past.query(EVERYTHING))) == 20
    assert len(notes) == 1
    assert bad.name in notes[0]
    assert not bad.exists()
    assert (places.damaged / bad.name).exists()
    assert len(list(past.query(EVERYTHING))) == 20
    assert len(notes) == 1
    assert past.info().damaged == 1


def test_a_damaged_log_is_told(tmp_path: Path) -> None:
    """What is before the damage is answered, and the keeper sets it aside with its good rows kept."""
    past = history(tmp_path)
    past.append(some(5))
    past.flush()
    past.append(some(5, at=1))
    past.close()
    places = names.Places(tmp_path / "history")
    (path,) = names.logs(places).values()
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    notes: list[str] = []
    again = ParquetHistory(places.root, ROOMY, notes.append)
    assert events([some(5)]) == list(again.query(EVERYTHING))
    again.maintain(T0)
    assert events([some(5)]) == list(again.query(EVERYTHING))
    assert len(notes) == 1
    assert again.info().damaged == 1
    assert any("5 rows before the damage" in note for note in again.info().notes)


def test_files_that_vanish_all_the_time_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some tries."""

    def gone(_reader: LogReader) -> None:
        raise FileNotFoundError

    past = history(tmp_path)
    past.append(some(1))
    past.flush()
    monkeypatch.setattr(LogReader, "read", gone)
    with pytest.raises(HistoryError, match="changes too fast"):
        list(past.query(EVERYTHING))
    past.close()
