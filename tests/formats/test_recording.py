"""A recording gives back what was written, and a cut or changed one says so after its good part."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import recording
from periderm.model.asset import Container, Node
from periderm.model.errors import FormatError, LimitError
from periderm.model.event import EVENT_DTYPE, EventBatch, Rows

NODE = Node(id="n", name="n", hostname="h", machine_id="m", kernel="k", os_name="o", architecture="a")
BOX = Container(id="c", name="c", container_id="c" * 64, runtime="podman", node_id="n", cgroup=2**60)


def rows_of(texts: Sequence[int], subject: int = 0) -> Rows:
    """Open rows with these string numbers."""
    rows: Rows = np.zeros(len(texts), EVENT_DTYPE)
    rows["kind"], rows["count"], rows["text"], rows["subject"] = 4, 1, texts, subject
    rows["process"] = 2**63 - 1
    return rows


def file_of(*batches: EventBatch) -> bytes:
    """A whole file."""
    writer = recording.Writer()
    return writer.begin() + b"".join(writer.batch(batch) for batch in batches) + writer.end()


def block(data: bytes) -> bytes:
    """A block with a right checksum around any bytes."""
    return struct.pack("<II", len(data), zlib.crc32(data)) + data


texts = st.lists(st.text(), min_size=1, max_size=6)


@given(st.lists(st.tuples(texts, st.integers(0, 2)), max_size=5))
def test_what_is_written_is_read(items: list[tuple[list[str], int]]) -> None:
    """Rows, strings, subjects and generations, also when the table begins anew."""
    batches: list[EventBatch] = []
    table: dict[int, list[str]] = {}
    for strings, generation in sorted(items, key=lambda item: item[1]):
        known = table.setdefault(generation, [""])
        known.extend(strings)
        batches.append(EventBatch(rows_of(range(len(known)), 1), list(known), [NODE, BOX], generation))
    again = list(recording.parse(file_of(*batches)))
    assert len(again) == len(batches)
    for old, new in zip(batches, again, strict=True):
        assert (old.rows == new.rows).all()
        assert [new.event(index) for index in range(len(new))] == [old.event(index) for index in range(len(old))]
        assert new.generation == old.generation


def test_a_cut_file_gives_its_good_part() -> None:
    """At every length: the whole batches before the cut, then FormatError."""
    whole = file_of(EventBatch(rows_of([1]), ["", "/a"], [NODE]), EventBatch(rows_of([1, 2]), ["", "/a", "/b"], [NODE]))
    for length in range(len(whole)):
        good: list[EventBatch] = []
        with pytest.raises(FormatError):
            good.extend(recording.parse(whole[:length]))
        assert len(good) <= 2
    assert len(list(recording.parse(whole))) == 2


def test_changed_bytes_are_noticed() -> None:
    """A flipped bit in a block does not match the checksum."""
    whole = bytearray(file_of(EventBatch(rows_of([1]), ["", "/a"], [NODE])))
    whole[30] ^= 1
    with pytest.raises(FormatError, match="checksum"):
        list(recording.parse(bytes(whole)))


@pytest.mark.parametrize(
    "rows",
    [rows_of([9]), rows_of([0], subject=5), np.full(1, 255, "u1").tobytes() * 128],
    ids=["string", "subject", "kind"],
)
def test_rows_that_point_nowhere_are_refused(rows: Rows | bytes) -> None:
    """Indices are checked before anyone follows them."""
    data = rows if isinstance(rows, bytes) else rows.tobytes()
    made = recording.Block(version=1, generation=0, strings=("", "a"), subjects=(NODE,), rows=data)
    packed = zstandard.compress(msgspec.msgpack.encode(made))
    with pytest.raises(FormatError):
        list(recording.parse(recording.MAGIC + block(packed) + recording.END))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A block that would unpack to more than the limit."""
    bomb = zstandard.compress(bytes(recording.MAX_UNPACKED + 1))
    with pytest.raises(LimitError):
        list(recording.parse(recording.MAGIC + block(bomb) + recording.END))


def test_another_file_is_said_to_be_no_recording() -> None:
    """With what to do."""
    with pytest.raises(FormatError, match="periderm record"):
        list(recording.parse(b"\x7fELF and more"))


@given(st.binary(max_size=200))
def test_any_bytes_raise_only_format_errors(data: bytes) -> None:
    """After the magic, and inside a block that has the right checksum."""
    for form in (recording.MAGIC + data, recording.MAGIC + block(data), recording.MAGIC + block(zstandard.compress(data))):
        with contextlib.suppress(FormatError):
            list(recording.parse(form))


@given(st.lists(st.tuples(st.sampled_from(["", "a", "/b", "é", "\udcff", "x" * 40]), st.integers(0, 3)), max_size=20))
def test_a_packed_batch_needs_no_other(rows: list[tuple[str, int]]) -> None:
    """Whatever its rows name is in it and nothing else; a text of any bytes is written visibly."""
    node = Node(id="n", name="n", hostname="n", machine_id="n", kernel="6", os_name="D", architecture="x86_64")
    boxes = [Container(id=f"c{i}", name=f"b{i}", container_id=str(i), runtime="podman", node_id="n") for i in range(3)]
    strings = ["", "never used", *(text for text, _ in rows)]
    made = np.zeros(len(rows), EVENT_DTYPE)
    made["text"] = np.arange(2, 2 + len(rows))
    made["subject"] = [subject for _, subject in rows]
    found = recording.unpacked(recording.packed(EventBatch(made, strings, (node, *boxes), 7)), 1 << 20)
    assert "never used" not in found.strings
    assert len(found.subjects) == 1 + len({subject for _, subject in rows} - {0})
    told = [(found.event(i).text, found.event(i).subject.id) for i in range(len(found))]
    assert told == [(recording.storable(text), [node, *boxes][subject].id) for text, subject in rows]


def test_a_packed_batch_that_is_not_whole_or_too_large_is_refused() -> None:
    """Cut, with more behind it, or larger than asked for."""
    node = Node(id="n", name="n", hostname="n", machine_id="n", kernel="6", os_name="D", architecture="x86_64")
    data = recording.packed(EventBatch(np.zeros(100, EVENT_DTYPE), [""], (node,), 1))
    for wrong in (data[:-1], data + b"x", b"", data[:4]):
        with pytest.raises(FormatError):
            recording.unpacked(wrong, 1 << 20)
    with pytest.raises(LimitError):
        recording.unpacked(data, 1000)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_packed_batch_raise_only_format_errors(data: bytes) -> None:
    """With a right checksum too."""
    for form in (data, block(data), block(zstandard.compress(data))):
        with contextlib.suppress(FormatError):
            recording.unpacked(form, 1 << 16)


def test_batches_of_the_same_tables_become_one() -> None:
    """Others stay apart; the rows and their order are the same."""
    strings, other = ["", "a"], ["", "b"]
    rows = np.zeros(2, EVENT_DTYPE)
    rows["text"] = 1
    subjects: tuple[Node | Container, ...] = ()
    found = recording.joined([EventBatch(rows, s, subjects, 1) for s in (strings, strings, other, strings)])
    assert [(len(each), each.strings[1]) for each in found] == [(4, "a"), (2, "b"), (2, "a")]
