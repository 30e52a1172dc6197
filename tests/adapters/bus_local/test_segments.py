"""Walking through segments gives what is right, in order, and says what is not there."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.bus_local import frames
from periderm.adapters.bus_local.frames import Frame
from periderm.adapters.bus_local.segments import Damage, Segment, Step, Walk, listed, path_of

START = Step(0, -1, 0)


def write(folder: Path, sizes: list[list[int]]) -> int:
    """Segments of frames of messages that hold their number; returns the next number."""
    number = 0
    for frame_sizes in sizes:
        data = frames.segment_header(b"saltsalt", number)
        first = number
        for count in frame_sizes:
            data += frames.encode(b"saltsalt", number, [b"%d" % n for n in range(number, number + count)])
            number += count
        path_of(folder, first).write_bytes(data)
    return number


def walk(folder: Path, until: int, wanted: int = 0) -> list[Frame | Damage]:
    """All parts."""
    walking = Walk(folder, listed(folder), START, until)
    try:
        return list(walking.frames(wanted))
    finally:
        walking.close()


@given(
    sizes=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=1, max_size=4),
    hits=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10_000), st.integers(1, 255)), max_size=3),
    cuts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10_000)), max_size=1),
    data=st.data(),
)
@settings(max_examples=150, deadline=None)
def test_every_number_is_read_or_told_as_lost(
    sizes: list[list[int]], hits: list[tuple[int, int, int]], cuts: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whatever bytes are wrong or missing, from wherever the walk begins: parts follow each other without a hole, and no
    message is another than was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        until = write(folder, sizes)
        files = [path_of(folder, first) for first in listed(folder)]
        for which, place, wrong in hits:
            content = bytearray(files[which % len(files)].read_bytes())
            content[place % len(content)] ^= wrong
            files[which % len(files)].write_bytes(content)
        for which, place in cuts:
            content = bytearray(files[which % len(files)].read_bytes())
            files[which % len(files)].write_bytes(content[: place % (len(content) + 1)])
        at = data.draw(st.integers(0, until - 1))
        for part in walk(folder, until, at):
            assert part.first <= at < part.after
            if isinstance(part, Frame):
                assert part.messages == tuple(b"%d" % n for n in range(part.first, part.after))
            else:
                assert part.first == at
            at = part.after
        assert at == until


def test_a_walk_goes_on_from_its_steps(tmp_path: Path) -> None:
    """Each step leads to the frames from there on, without reading what is before."""
    until = write(tmp_path, [[2, 2], [1, 3]])
    walking = Walk(tmp_path, listed(tmp_path), START, until)
    whole = list(walking.frames(0))
    walking.close()
    assert [step.first for step in walking.steps] == [0, 2, 4, 5]
    for number, step in enumerate(walking.steps):
        onward = Walk(tmp_path, listed(tmp_path), step, until)
        assert list(onward.frames(step.first)) == whole[number:]
        onward.close()


def test_nothing_behind_the_end_is_read(tmp_path: Path) -> None:
    """What is in the file but was not committed."""
    write(tmp_path, [[2, 2]])
    assert [part.after for part in walk(tmp_path, until=2)] == [2]


def test_a_segment_with_a_damaged_header_is_still_read(tmp_path: Path) -> None:
    """Its salt stands in each frame too."""
    write(tmp_path, [[2]])
    path = path_of(tmp_path, 0)
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    segment = Segment(tmp_path, 0)
    assert segment.whole is False
    assert segment.salt == b"saltsalt"
    segment.close()
    assert [part.after for part in walk(tmp_path, until=2)] == [2]


def test_foreign_files_are_no_segments(tmp_path: Path) -> None:
    """Only our own names count."""
    for name in ("1.seg", "x.seg", f"{5:020d}.seg~", f"{7:020d}.seg"):
        (tmp_path / name).write_bytes(b"")
    assert listed(tmp_path) == [7]
