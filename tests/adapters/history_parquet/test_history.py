"""The whole plug, where it promises more than the port: it lies in files that other processes read."""

from __future__ import annotations

import os
from pathlib import Path

from periderm.adapters.history_parquet.history import last_number
from periderm.adapters.history_parquet.names import Places
from periderm.adapters.history_parquet.tails import Tails
from periderm.model.event_query import EventQuery
from tests.adapters import crash
from tests.flow.conftest import T0
from tests.past import history, some

READING = """
import sys
from pathlib import Path
from tests.past import history
from periderm.model.event_query import EventQuery
print(len(list(history(Path(sys.argv[1])).query(EventQuery()))))
assert "duckdb" not in sys.modules or len(sys.argv) > 2
"""


def test_another_process_reads_what_was_flushed(tmp_path: Path) -> None:
    """While it is written, and without a database for what is not yet partitioned."""
    past = history(tmp_path)
    past.append(some(5))
    past.flush()
    assert crash.run(READING, str(tmp_path)).split() == ["5"]
    past.close()
    past.maintain(T0)
    assert crash.run(READING, str(tmp_path), "partitioned").split() == ["5"]


def test_a_question_changes_nothing(tmp_path: Path) -> None:
    """Neither where nothing was kept, nor where something was."""
    past = history(tmp_path)
    assert list(past.query(EventQuery())) == []
    assert past.info().files == 0
    assert past.last() < 1 << 24
    assert os.listdir(tmp_path) == []


def test_the_last_number_is_below_every_later_one(tmp_path: Path) -> None:
    """With an empty log, with rows in it, after partitioning."""
    places = Places(tmp_path / "history")
    past = history(tmp_path)
    seen: list[int] = [last_number(places, Tails())]
    for _ in range(3):
        past.append(some(2))
        past.flush()
        later = [found.number for found in past.rows(EventQuery(after=seen[-1]))]
        assert len(later) == 2
        seen.append(last_number(places, Tails()))
        assert seen[-1] == max(later)
    past.close()
    past.maintain(T0)
    assert last_number(places, Tails()) >= seen[-1]
    past.append(some(1))
    past.flush()
    assert len(list(past.rows(EventQuery(after=last_number(places, Tails()) - 1)))) == 1
    past.close()
