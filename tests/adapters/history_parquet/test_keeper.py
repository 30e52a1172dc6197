"""Files in order: nothing is answered otherwise, wherever the keeper was interrupted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.history_parquet import files, keeper, names
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.keeper import Keeper, runs
from periderm.adapters.history_parquet.names import Part
from periderm.model.event_query import EventQuery
from tests.adapters import crash
from tests.flow.conftest import T0
from tests.past import HOUR, ROOMY, events, history, some

EVERYTHING = EventQuery(limit=0, newest=False)
LATER = T0 + 10**15
KEEPING = """
import sys
from pathlib import Path
from tests.past import history
print("begun", flush=True)
for round in range(1000):
    history(Path(sys.argv[1])).maintain(int(sys.argv[2]))
"""


def logged(folder: Path, count: int, rows: int = 5, step: float = 1.0) -> ParquetHistory:
    """So many logs, none of them partitioned."""
    for number in range(count):
        past = history(folder)
        past.append(some(rows, at=number * step))
        past.append(some(rows, at=number * step, kind=1))
        past.close()
    return past


def test_logs_become_partitions_and_hours_become_few(tmp_path: Path) -> None:
    """Ten logs of two groups: twenty partitions, two when the hour has settled; the answer stays what it was."""
    past = logged(tmp_path, 10)
    before = list(past.rows(EVERYTHING))
    assert past.info().waiting_rows == 100
    past.maintain(T0)
    places = names.Places(tmp_path / "history")
    good, _ = names.counting(names.parts(places), names.logs(places))
    assert {part.group for part in good} == {"process", "file"}
    assert len(good) == 2  # ten of a group are merged while the hour lasts
    assert past.info().waiting_rows == 0
    assert list(past.rows(EVERYTHING)) == before
    past.maintain(LATER)
    past.maintain(LATER)
    assert len(names.parts(places)) == 2
    assert list(past.rows(EVERYTHING)) == before


def test_hours_are_kept_apart(tmp_path: Path) -> None:
    """Rows of one log lie in the hour of their time; those of long before share one folder."""
    past = history(tmp_path)
    past.append(some(2, at=-500 * HOUR))
    past.append(some(2, at=-300 * HOUR))
    past.append(some(9, at=0))
    past.close()
    past.maintain(T0)
    found = names.parts(names.Places(tmp_path / "history"))
    assert sorted(part.rows for part in found) == [4, 9]
    assert len({part.hour for part in found}) == 2
    assert len(list(past.query(EVERYTHING))) == 13


def test_the_log_that_is_written_is_left_alone(tmp_path: Path) -> None:
    """Until its writer is gone."""
    past = history(tmp_path)
    past.append(some(5))
    past.flush()
    history(tmp_path).maintain(T0)
    assert past.info().waiting_rows == 5
    past.append(some(5, at=1))
    past.close()
    past.maintain(T0)
    assert past.info().waiting_rows == 0
    assert len(list(past.query(EVERYTHING))) == 10


def test_one_keeper_at_a_time(tmp_path: Path) -> None:
    """The second has nothing to do."""
    past = logged(tmp_path, 1)
    places = names.Places(tmp_path / "history")
    held = files.lock(places.root / "keeper.lock")
    assert held is not None
    assert not Keeper(places, ROOMY, T0).run()
    os.close(held)
    assert Keeper(places, ROOMY, T0).run()
    assert past.info().waiting_rows == 0
    assert Keeper(names.Places(tmp_path / "none"), ROOMY, T0).run()


def test_a_keeper_that_is_killed_changes_no_answer(tmp_path: Path) -> None:
    """kill -9 at any moment of partitioning and compacting: every row is there once, and the next run finds nothing to
    repair."""
    past = logged(tmp_path, 12, rows=40)
    before = list(past.rows(EVERYTHING))
    for number, after in enumerate((0.05, 0.15, 0.25, 0.35)):
        crash.killed(KEEPING, str(tmp_path), str(T0 if number < 2 else LATER), after=after)
        assert list(past.rows(EVERYTHING)) == before
    past.maintain(LATER)
    past.maintain(LATER)
    assert list(past.rows(EVERYTHING)) == before
    assert not any((tmp_path / "history" / "work").iterdir())


def test_huge_texts_make_several_partitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the memory for one is bounded; all are answered and merged like others."""
    monkeypatch.setattr(keeper, "MOST_CHARACTERS", 1000)
    past = history(tmp_path)
    past.append(some(10, args="x" * 400))
    past.close()
    past.maintain(T0)
    places = names.Places(tmp_path / "history")
    assert len(names.parts(places)) > 3
    assert events([some(10, args="x" * 400)]) == list(past.query(EVERYTHING))
    past.maintain(LATER)  # nothing beside them to be merged with
    assert events([some(10, args="x" * 400)]) == list(past.query(EVERYTHING))
    past = history(tmp_path)
    past.append(some(1, at=9))
    past.close()
    past.maintain(LATER)
    past.maintain(LATER)
    assert len(names.parts(places)) == 1
    assert events([some(10, args="x" * 400), some(1, at=9)]) == list(past.query(EVERYTHING))


def test_damage_does_not_stop_the_others(tmp_path: Path) -> None:
    """A partition that cannot be merged is set aside, the others are merged the next time."""
    past = logged(tmp_path, 4)
    past.maintain(T0)
    places = names.Places(tmp_path / "history")
    bad = next(part for part in names.parts(places) if part.group == "file" and part.low == 2)
    Path(bad.path).write_bytes(b"PAR1 nothing PAR1")
    past.maintain(LATER)
    past.maintain(LATER)
    assert len(list(past.query(EVERYTHING))) == 35
    info = past.info()
    assert info.damaged == 1
    assert any(Path(bad.path).name in note for note in info.notes)


def test_runs_are_bounded_and_part_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours until they are large; partitions of one log are never parted."""
    monkeypatch.setattr(keeper, "MOST_MERGED_ROWS", 10)
    parts = [Part(str(i), "h", "file", 0, 0, 6, low, low) for i, low in enumerate((1, 2, 2, 3))]
    assert [[part.low for part in run] for run in runs(parts)] == [[1], [2, 2], [3]]
