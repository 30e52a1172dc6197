"""Names of files tell what counts, whatever moment a crash chose."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.history_parquet import names
from periderm.adapters.history_parquet.names import Part
from periderm.model.event import EventKind


def part(low: int, high: int, hour: str = "h", group: str = "file") -> Part:
    """A partition of these logs."""
    return Part(f"{hour}/{group}-{low}-{high}", hour, group, 0, 0, 1, low, high)


def test_a_name_says_what_the_file_holds(tmp_path: Path) -> None:
    """Written, listed, read: the same values; what has no right name is not listed."""
    places = names.Places(tmp_path)
    folder = places.parts / names.hour_name(494_000)
    folder.mkdir(parents=True)
    name = names.part_name("network", (-5, 7), 12, (3, 4))
    for file in (name, f"{name}.tmp", "network-1-2-3-4-5.parquet", "x"):
        (folder / file).touch()
    assert names.parts(places) == [Part(str(folder / name), folder.name, "network", 0, 7, 12, 3, 4)]


def test_an_hour_has_an_end() -> None:
    """Of a folder that is none, it is long over."""
    assert names.hour_name(494_000) == "2026-05-10T08"
    assert names.hour_end("2026-05-10T08") == 494_001 * names.HOUR_NS
    assert names.hour_end("lost+found") == 0


def test_logs_come_in_their_order(tmp_path: Path) -> None:
    """By number; other files are none; no folder, no logs."""
    places = names.Places(tmp_path)
    assert names.logs(places) == {}
    places.log.mkdir()
    for name in ("000000000010.log", "000000000009.log", "9.log", ".000000000011.log.1"):
        (places.log / name).touch()
    assert list(names.logs(places)) == [9, 10]


def test_every_kind_has_a_group() -> None:
    """Also those that come later: they are the system's until they are told apart."""
    groups = {names.GROUPS[names.group_of(kind)] for kind in EventKind}
    assert groups == set(names.GROUPS)
    assert names.GROUPS[names.group_of(250)] == "system"


def test_partitions_of_one_log_stand_together() -> None:
    """A log with huge texts became several, and none of them hides another."""
    beside = [part(3, 3)._replace(path="a"), part(3, 3)._replace(path="b")]
    assert names.counting(beside, [])[0] == beside
    assert names.counting([*beside, part(2, 3)], [])[0] == [part(2, 3)]


def test_unfinished_and_compacted_partitions_do_not_count() -> None:
    """A partition of a log that is there is not finished; one within a larger one was compacted."""
    found = [part(1, 1), part(2, 2), part(1, 2), part(3, 3), part(4, 4), part(4, 4, group="process")]
    good, bad = names.counting(found, [4])
    assert [(p.low, p.high) for p in good] == [(1, 2), (3, 3)]
    assert [(p.low, p.high) for p in bad] == [(1, 1), (2, 2), (4, 4), (4, 4)]


RANGES = st.sets(st.tuples(st.integers(1, 30), st.booleans(), st.sampled_from("ab")), max_size=20)


@given(RANGES, st.sets(st.integers(1, 30)))
def test_no_log_counts_twice(ranges: set[tuple[int, bool, str]], waiting: set[int]) -> None:
    """Partitions that are nested as compaction nests them never count together within an hour."""
    wide = {(low // 6 * 6, low // 6 * 6 + 5, hour) for low, merged, hour in ranges if merged}
    nested = [part(*each) for each in wide | {(low, low, hour) for low, merged, hour in ranges if not merged}]
    good, bad = names.counting(nested, waiting)
    assert sorted(good + bad) == sorted(nested)
    held = [(p.hour, number) for p in good for number in range(p.low, p.high + 1)]
    assert len(held) == len(set(held))
