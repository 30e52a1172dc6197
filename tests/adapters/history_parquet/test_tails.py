"""What was read of logs is remembered, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.history_parquet.log import LogFile, LogReader, read_log
from periderm.adapters.history_parquet.tails import Span, Tails
from tests.past import events, some


def logs(folder: Path, count: int, rows: int = 5) -> list[LogFile]:
    """Logs that are being written."""
    made = [LogFile(folder / f"{number:012}.log", number) for number in range(count)]
    for log in made:
        log.write([some(rows)])
    return made


def test_what_was_added_is_there_the_next_time(tmp_path: Path) -> None:
    """As for somebody who reads all; what was given before stays as it was."""
    (log,) = logs(tmp_path, 1)
    tails = Tails()
    before = tails.read(log.path, 0)
    log.write([some(5, at=1)])
    assert events([tails.read(log.path, 0).batch]) == events([read_log(log.path, 0).batch])
    assert (len(before.batch), tails.span(log.path, 0).rows) == (5, 10)
    log.close()


def test_no_more_is_remembered_than_may_be(tmp_path: Path) -> None:
    """The oldest are read anew, and answer the same."""
    made = logs(tmp_path, 4)
    tails = Tails(most=11)
    for _ in range(2):
        for log in made:
            assert len(tails.read(log.path, log.number).batch) == 5
    assert sorted(tails.remembered()) == [2, 3]
    for log in made:
        log.close()


def test_rows_that_were_only_counted_are_not_remembered(tmp_path: Path) -> None:
    """Who counts rows now and then holds no memory for it."""
    (log,) = logs(tmp_path, 1)
    tails = Tails()
    times = [event.time for event in events([read_log(log.path, 0).batch])]
    assert tails.span(log.path, 0) == Span(log.path.stat().st_size, 5, min(times), max(times))
    assert list(tails.remembered()) == []
    log.close()


def test_a_log_that_did_not_grow_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that grew again; one that is gone is told, also by who knew it."""
    (log,) = logs(tmp_path, 1)
    tails = Tails()
    assert tails.known_span(log.path, 0) is None
    first = tails.span(log.path, 0)
    with monkeypatch.context() as patched:
        patched.setattr(LogReader, "read", pytest.fail)
        assert tails.span(log.path, 0) == tails.known_span(log.path, 0) == first
    log.write([some(2, at=9)])
    assert tails.known_span(log.path, 0) is None
    assert tails.span(log.path, 0).rows == 7
    log.close()
    log.path.unlink()
    with pytest.raises(FileNotFoundError):
        tails.span(log.path, 0)


def test_a_damaged_log_is_read_each_time(tmp_path: Path) -> None:
    """It may be mended without growing."""
    (log,) = logs(tmp_path, 1)
    log.close()
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:60] + bytes(40) + whole[100:])
    tails = Tails()
    tails.span(log.path, 0)
    assert tails.known_span(log.path, 0) is None
    log.path.write_bytes(whole)
    assert tails.span(log.path, 0).rows == 5


def test_a_log_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    """Its rows lie elsewhere by then; whoever asks for it is told."""
    gone, other = logs(tmp_path, 2)
    tails = Tails()
    for log in (gone, other):
        tails.read(log.path, log.number)
        log.close()
    gone.path.unlink()
    tails.read(other.path, other.number)
    assert list(tails.remembered()) == [1]
    with pytest.raises(FileNotFoundError):
        tails.read(gone.path, 0)
    assert list(tails.remembered()) == [1]


def test_damage_is_seen_as_long_as_it_is_there(tmp_path: Path) -> None:
    """And what came in its place is read."""
    (log,) = logs(tmp_path, 1)
    log.close()
    whole = log.path.read_bytes()
    tails = Tails()
    log.path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    assert tails.read(log.path, 0).wrong
    log.path.write_bytes(whole)
    found = tails.read(log.path, 0)
    assert (found.wrong, len(found.batch)) == ("", 5)
