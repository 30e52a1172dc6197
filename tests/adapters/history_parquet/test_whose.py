"""Whose rows were found: told rightly, and not looked up for rows that nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.history_parquet import names, partition, whose
from periderm.adapters.history_parquet.database import connect
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.names import Places
from periderm.adapters.history_parquet.partition import Packed, Subjects, key_of
from periderm.model.asset import Container
from periderm.model.event_query import EventQuery
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.flow.rows import batch
from tests.past import HOUR, ROOMY, history, some

MANY = tuple(msgspec.structs.replace(CONTAINER, id=f"ctr-{n}", name=f"shop-{n}", container_id=f"{n:064x}") for n in range(40))
# Letters whose small form Python and databases disagree on, what means something in a pattern, and what parts arguments.
LETTERS = st.sampled_from("İiIıΣσςSßẞKkÉé%_*'\"\\$\0 a中")


def filled(folder: Path, hours: int = 4) -> ParquetHistory:
    """Partitions of some hours, each with a row of each of many containers."""
    past = history(folder)
    for hour in range(hours):
        rows = ({"at": hour * HOUR + n, "kind": 4, "text": f"/srv/{hour}/{n}", "subject": n + 1} for n in range(len(MANY)))
        past.append(batch(*rows, subjects=(NODE, *MANY)))
        past.flush()
    past.close()
    past.maintain(T0)
    return past


class Looked:
    """How many files were asked whose rows they hold, and how many facts were made of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = self.facts = 0
        read, decode = partition.read_packed, whose._decode

        def counting(database: DuckDBPyConnection, paths: Sequence[str]) -> dict[str, Packed]:
            self.files += len(paths)
            return read(database, paths)

        def made(data: msgspec.Raw) -> object:
            self.facts += 1
            return decode(data)

        monkeypatch.setattr(partition, "read_packed", counting)
        monkeypatch.setattr(whose, "_decode", made)


def test_what_is_nowhere_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that no row holds: one file says which machine this is, and no container is made an object of."""
    past = filled(tmp_path)
    looked = Looked(monkeypatch)
    assert list(past.query(EventQuery(text="nowhere"))) == []
    assert (looked.files, looked.facts) == (1, 0)


def test_only_those_found_are_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of one container, in one hour of four."""
    past = filled(tmp_path)
    looked = Looked(monkeypatch)
    (found,) = past.query(EventQuery(text="/srv/1/7"))
    assert found.subject == MANY[7]
    assert looked.facts == 1
    assert looked.files <= 2


def test_the_same_facts_in_many_files_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows of all hours, and those of some containers by name."""
    past = filled(tmp_path)
    looked = Looked(monkeypatch)
    everything = list(past.query(EventQuery(limit=0)))
    assert [event.subject.name for event in everything if isinstance(event.subject, Container)] == [
        each.name for _ in range(4) for each in reversed(MANY)
    ]
    assert looked.facts == len(MANY)
    of_three = list(past.query(EventQuery(limit=0, container="shop-3?", text="/srv/2/")))
    assert {event.subject.name for event in of_three if isinstance(event.subject, Container)} == {
        f"shop-{n}" for n in range(30, 40)
    }


def test_a_file_that_names_rotten_facts_is_set_aside_when_they_are_asked_for(tmp_path: Path) -> None:
    """It is told, and the rest is answered."""
    past = history(tmp_path)
    past.append(batch({"text": "/srv/a", "subject": 1}, subjects=(NODE, CONTAINER)))
    past.close()
    past.maintain(T0)
    past = history(tmp_path)
    past.append(some(3, at=60))
    past.close()
    past.maintain(T0)
    places = Places(tmp_path / "history")
    first = min(names.parts(places), key=lambda part: part.low)
    database = connect(places)
    again = Path(first.path + ".new")
    try:
        good = partition.read_subjects(database, [first.path])[first.path]
        rotten = msgspec.structs.replace(good, others={str(key_of(CONTAINER)): msgspec.Raw(b'{"kind":"no such"}')})
        assert isinstance(rotten, Subjects)
        partition.merge(database, again, [first.path], rotten)
    finally:
        database.close()
    again.replace(first.path)
    notes: list[str] = []
    told = ParquetHistory(tmp_path / "history", ROOMY, notes.append)
    assert len(list(told.query(EventQuery(text="/etc")))) == 3
    assert notes == []
    assert [event.text for event in told.query(EventQuery(limit=0))] == ["/etc/2", "/etc/1", "/etc/0"]
    assert len(notes) == 1
    assert "damaged" in notes[0]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.text(LETTERS, max_size=8)] * 4), min_size=1, max_size=6),
    st.lists(st.text(LETTERS, min_size=1, max_size=4), min_size=1, max_size=4),
)
def test_a_text_is_found_alike_in_the_log_and_in_partitions(rows: list[tuple[str, ...]], texts: list[str]) -> None:
    """Whatever is searched, and whatever the rows hold: a row does not vanish when its log becomes a partition."""
    with TemporaryDirectory() as folder:
        past = history(Path(folder))
        written = (dict(zip(("exe", "text", "raw", "args"), row, strict=True), at=n, kind=4) for n, row in enumerate(rows))
        past.append(batch(*written))
        past.flush()
        asked = [EventQuery(text=text, limit=0) for text in texts]
        logged = [[found.number for found in past.rows(query)] for query in asked]
        past.close()
        past.maintain(T0)
        assert past.info().waiting_rows == 0
        assert [[found.number for found in past.rows(query)] for query in asked] == logged
