"""The writing end: durable at each flush, never in two processes, and never until the disk is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.history_parquet import names, writer
from periderm.adapters.history_parquet.limits import Limits
from periderm.adapters.history_parquet.log import read_log
from periderm.adapters.history_parquet.sums import Sums, write_sums
from periderm.adapters.history_parquet.writer import Writer, next_number
from periderm.model.errors import HistoryError
from tests.adapters import crash
from tests.past import ROOMY, some

STORM = """
import sys, itertools
from pathlib import Path
from tests.past import history, some
past = history(Path(sys.argv[1]))
for number in itertools.count():
    past.append(some(3, at=number))
    past.flush()
    print(number, flush=True)
"""
FILLING = """
import os, sys
from pathlib import Path
from periderm.adapters.history_parquet.limits import MIB, Limits
from tests.past import history, some
past = history(Path(sys.argv[1]), Limits(quota=1024 * MIB, free=1024 * MIB))
least = 1.0
for number in range(300):
    past.append(some(20, at=number * 100, args=os.urandom(120_000).hex()))
    past.flush()
    if number % 30 == 29:
        past.maintain(10**18)
    found = os.statvfs(sys.argv[1])
    least = min(least, found.f_bavail / found.f_blocks)
past.close()
past.maintain(10**18)
info = past.info()
print(info.rows, past.dropped(), info.dropped_rows, least)
"""


def rows_in(places: names.Places) -> list[int]:
    """Rows of each log."""
    return [len(read_log(path, number).batch) for number, path in names.logs(places).items()]


@pytest.fixture
def places(tmp_path: Path) -> names.Places:
    """An empty history."""
    return names.Places(tmp_path / "history")


def test_nothing_is_made_before_the_first_row(places: names.Places) -> None:
    """Who only reads leaves no folder behind."""
    made = Writer(places, ROOMY)
    made.append(some(0))
    made.flush()
    made.close()
    assert not places.root.exists()


def test_flushed_rows_are_there_for_others(places: names.Places) -> None:
    """Before the writer is closed; numbers go on in the next life."""
    first = Writer(places, ROOMY)
    first.append(some(3))
    assert rows_in(places) == []
    first.flush()
    assert rows_in(places) == [3]
    first.close()
    second = Writer(places, ROOMY)
    second.append(some(2))
    second.close()
    assert rows_in(places) == [3, 2]
    assert list(names.logs(places)) == [1, 2]


def test_a_number_is_never_used_again(places: names.Places) -> None:
    """Also when everything that had it is gone."""
    places.root.mkdir()
    write_sums(places, Sums(last=41))
    assert next_number(places) == 42


def test_only_one_writes(places: names.Places) -> None:
    """The second is told so; its rows are counted as dropped."""
    first, second = Writer(places, ROOMY), Writer(places, ROOMY)
    first.append(some(1))
    first.flush()
    second.append(some(4))
    with pytest.raises(HistoryError, match="Another process"):
        second.flush()
    assert second.dropped == 4
    first.close()
    second.append(some(1))
    second.close()
    assert rows_in(places) == [1, 1]


def test_a_full_log_gives_way_to_the_next(places: names.Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """By rows and by age; more than one log can hold at once is dropped and counted."""
    monkeypatch.setattr(names, "MOST_LOG_ROWS", 10)
    made = Writer(places, ROOMY)
    for _ in range(4):
        made.append(some(4))
        made.flush()
    assert rows_in(places) == [8, 8]
    monkeypatch.setattr(writer, "LOG_SECONDS", -1.0)
    made.append(some(1))
    made.flush()
    assert rows_in(places) == [8, 8, 1]
    monkeypatch.setattr(writer, "MOST_GATHERED", 5)
    made.append(some(4))
    made.append(some(4))
    made.close()
    assert made.dropped == 4
    assert sum(rows_in(places)) == 21


def test_a_log_that_nobody_partitions_does_not_grow_for_ever(places: names.Places) -> None:
    """A quarter of the quota is what logs may take."""
    made = Writer(places, Limits(quota=4000, free=0))
    for _ in range(2 * writer.LOOK_EVERY):
        made.append(some(20))
        made.flush()
    assert 0 < made.dropped < 40 * writer.LOOK_EVERY
    assert sum(rows_in(places)) + made.dropped == 40 * writer.LOOK_EVERY
    made.close()


def test_what_was_flushed_survives_a_kill(tmp_path: Path) -> None:
    """kill -9 at any moment: every row that `flush` answered for is read, at most the rows of one flush more."""
    for number, after in enumerate(crash.moments(0.6, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        lines = crash.killed(STORM, str(folder), after=after)
        answered = int(lines[-1][0]) + 1
        found = sum(rows_in(names.Places(folder / "history")))
        assert 3 * answered <= found <= 3 * (answered + 1)


@pytest.mark.root
def test_a_small_disk_is_never_full(tmp_path: Path) -> None:
    """24 MiB, and far more than fits: old rows are dropped or new ones not kept, all of it counted, and room is left."""
    said = crash.run_on_small_disk(FILLING, tmp_path, "24m").split()
    kept, unwritten, dropped = map(int, said[:3])
    assert kept + unwritten + dropped == 6000
    assert kept > 0
    assert unwritten + dropped > 0
    assert float(said[3]) > 0.01
