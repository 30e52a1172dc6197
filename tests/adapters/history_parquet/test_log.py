"""The log gives back what was written into it, however it ends."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.history_parquet.log import LogFile, LogReader, Tables, read_log, storable
from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.model.event import EventBatch
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import batch
from tests.past import batches, events, some


def write(folder: Path, given_batches: list[EventBatch], *, close: bool = True) -> Path:
    """A log of these batches, each made durable alone."""
    path = folder / "000000000003.log"
    path.unlink(missing_ok=True)
    log = LogFile(path, 3)
    for each in given_batches:
        log.write([each])
    if close:
        log.close()
    return path


@settings(max_examples=40)
@given(batches(), st.booleans())
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, drawn: list[EventBatch], whole: bool) -> None:
    """Rows, strings of any kind and subjects; also of a log that nobody ended."""
    path = write(tmp_path_factory.mktemp("log"), drawn, close=whole)
    read = read_log(path, 3)
    assert read.wrong == ""
    assert read.number == 3 << 24
    assert events([read.batch]) == events(drawn)


def test_a_follower_reads_only_what_was_added(tmp_path: Path) -> None:
    """The same rows as somebody who reads all, also when the end was torn in between."""
    path = write(tmp_path, [some(5), some(5, at=1), some(5, at=2)])
    data = path.read_bytes()
    path.write_bytes(b"")
    reader = LogReader(path, 3)
    for end in range(0, len(data) + 50, 50):
        path.write_bytes(data[:end])
        assert events([reader.read().batch]) == events([read_log(path, 3).batch])
    assert len(reader.read().batch) == 15


def test_a_torn_end_costs_only_what_was_torn(tmp_path: Path) -> None:
    """Wherever a crash cuts the file, the blocks before are read, and that is not called damage."""
    path = write(tmp_path, [some(5), some(5, at=1)])
    data = path.read_bytes()
    lengths = set()
    for end in range(len(data)):
        path.write_bytes(data[:end])
        read = read_log(path, 3)
        assert read.wrong == ""
        lengths.add(len(read.batch))
    assert lengths == {0, 5, 10}


def test_damage_is_told_and_what_is_before_it_is_read(tmp_path: Path) -> None:
    """A changed byte in the last block leaves the first."""
    path = write(tmp_path, [some(5), some(5, at=1)])
    data = bytearray(path.read_bytes())
    data[-20] ^= 0xFF
    path.write_bytes(data)
    read = read_log(path, 3)
    assert "checksum" in read.wrong
    assert len(read.batch) == 5
    path.write_bytes(b"something else entirely")
    assert read_log(path, 3).wrong


def test_a_log_is_a_recording(tmp_path: Path) -> None:
    """The same file can be judged again."""
    sensor = ReplaySensor(write(tmp_path, [some(4)]))
    sensor.start()
    assert events([sensor.read(0.0)]) == events([some(4)])
    sensor.stop()


def test_no_string_is_refused() -> None:
    """A lone surrogate, which no format can hold, becomes what the sensor would have written."""
    assert storable("/tmp/\udcff") == "/tmp/\\udcff"
    assert storable("/tmp/é") == "/tmp/é"


def test_facts_of_a_subject_that_change_are_kept_apart() -> None:
    """Rows before and after the change show what was true then; equal facts are kept once."""
    renamed = msgspec.structs.replace(CONTAINER, name="new")
    same = msgspec.structs.replace(CONTAINER)
    tables = Tables()
    taken = [tables.take(batch({"subject": 1}, subjects=(NODE, each))) for each in (CONTAINER, same, renamed, renamed)]
    assert [int(rows["subject"][0]) for rows in taken] == [1, 1, 2, 2]
    assert tables.subjects == [NODE, CONTAINER, renamed]
    assert tables.take(batch({"subject": 0}, subjects=()))["subject"][0] == 0


def test_a_growing_table_is_followed() -> None:
    """The sensor's table grows between two batches of one generation, and a new one begins with other numbers."""
    strings = ["", "a"]
    tables = Tables()
    first, second = batch({"text": "a"}), batch({"text": "a"})
    one = tables.take(EventBatch(first.rows, strings, (NODE,), 5))
    strings.append("b")
    second.rows["text"] = 2
    two = tables.take(EventBatch(second.rows, strings, (NODE,), 5))
    three = tables.take(EventBatch(first.rows, ["", "b"], (NODE,), 6))
    found = [tables.strings[int(rows["text"][0])] for rows in (one, two, three)]
    assert found == ["a", "b", "b"]
