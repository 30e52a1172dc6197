"""Kernel events in columns, and one row as an object."""

from __future__ import annotations

import enum

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.asset import Container, Node
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventFlag, EventKind, Origin

NODE = Node(id="nod", name="n", hostname="n", machine_id="m", kernel="6", os_name="", architecture="")
CONTAINER = Container(id="ctr", name="c", container_id="c", runtime="podman", node_id="nod")
STRINGS = ("", "/bin/a", "/tmp/b", "b", "a\0-x\0", "comm")

# The record format of the sensor and of recordings: never change or reuse a number.
KINDS = {
    "NONE": 0, "EXEC": 1, "EXIT": 2, "FORK": 3, "OPEN": 4, "CONNECT": 5, "ACCEPT": 6, "BIND": 7, "LISTEN": 8,
    "SETNS": 9, "UNSHARE": 10, "MOUNT": 11, "PTRACE": 12, "BPF": 13, "MODULE": 14, "MEMFD": 15, "CHMOD": 16,
    "SETUID": 17, "DUP": 18, "CHROOT": 19, "PROCESS_VM": 20, "SYSCALL32": 21, "IO_URING": 22, "SOCKET": 23,
}  # fmt: skip
FLAGS = {
    "UPPER": 1, "TTY": 2, "MEMORY_BACKED": 4, "KILLED": 8, "WOULD_KILL": 16, "FOREIGN": 32, "EXEC_SESSION": 64,
    "PATH_UNREADABLE": 128, "SETUID_FILE": 256, "STDIO_SOCKET": 512, "TRUNCATED": 1024, "FROM_PROC": 2048,
    "FAILED": 4096, "KNOWN": 8192,
}  # fmt: skip
ORIGINS = {"SYSCALL": 0, "COMPAT32": 1, "IO_URING": 2, "TRACEPOINT": 3, "PROC": 4}


@pytest.mark.parametrize(("table", "pinned"), [(EventKind, KINDS), (EventFlag, FLAGS), (Origin, ORIGINS)])
def test_numbers_of_the_record_format_are_pinned(table: type[enum.IntEnum], pinned: dict[str, int]) -> None:
    """Known numbers keep their meaning for ever; new ones may be added, none used twice."""
    numbers = {name: int(member) for name, member in table.__members__.items()}
    assert pinned.items() <= numbers.items()
    assert len(set(numbers.values())) == len(numbers)


def batch(**columns: int) -> EventBatch:
    """One row, all zero but for the given columns."""
    rows = np.zeros(1, EVENT_DTYPE)
    for name, value in columns.items():
        rows[name] = value
    return EventBatch(rows, STRINGS, (NODE, CONTAINER))


NUMBERS = ("time", "process", "parent", "cgroup", "inode", "arg0", "arg1", "pid", "ppid", "uid", "gid", "device", "mntns")
PLAIN = (*NUMBERS, "ret", "count", "port", "family")


@pytest.mark.parametrize("column", PLAIN)
def test_every_number_reaches_its_field(column: str) -> None:
    """Each column's smallest and greatest value arrives in the field of its name, and nowhere else."""
    kind = np.iinfo(EVENT_DTYPE[column])
    empty = batch().event(0)
    for value in (int(kind.min), 1, int(kind.max)):
        assert batch(**{column: value}).event(0) == msgspec.structs.replace(empty, **{column: value})


@pytest.mark.parametrize(
    ("column", "index", "field", "value"),
    [
        ("exe", 1, "exe", "/bin/a"),
        ("text", 2, "text", "/tmp/b"),
        ("raw", 3, "raw", "b"),
        ("args", 4, "argv", ("a", "-x", "")),
        ("comm", 5, "comm", "comm"),
        ("subject", 1, "subject", CONTAINER),
        ("kind", 4, "kind", EventKind.OPEN),
        ("origin", 2, "origin", Origin.IO_URING),
        ("flags", 9, "flags", EventFlag.UPPER | EventFlag.KILLED),
    ],
)
def test_every_index_is_resolved(column: str, index: int, field: str, value: object) -> None:
    """Strings, subjects and enums come out of their tables."""
    expected = msgspec.structs.replace(batch().event(0), **{field: value})
    assert batch(**{column: index}).event(0) == expected


def test_no_column_is_forgotten() -> None:
    """The tests above cover every column, and every field of an event has a column."""
    indexed = {"exe", "text", "raw", "args", "comm", "subject", "kind", "origin", "flags"}
    assert set(PLAIN) | indexed == set(EVENT_DTYPE.names or ())
    assert {field.replace("argv", "args") for field in Event.__struct_fields__} == set(EVENT_DTYPE.names or ())


def test_a_batch_knows_its_size_and_generation() -> None:
    """Length is that of the rows; the generation says which string table the indexes belong to."""
    rows = np.zeros(7, EVENT_DTYPE)
    assert len(EventBatch(rows, STRINGS, (NODE,))) == 7
    assert EventBatch(rows, STRINGS, (NODE,), 3).generation == 3


def test_the_row_is_aligned_for_the_ring() -> None:
    """Rows are naturally aligned, so that a column is read without unpacking."""
    assert EVENT_DTYPE.isalignedstruct
    assert EVENT_DTYPE.itemsize % 8 == 0


@given(st.sets(st.sampled_from(list(EventFlag))))
def test_flags_are_asked_one_by_one(flags: set[EventFlag]) -> None:
    """An event has exactly the flags that were set, unknown bits change nothing."""
    value = sum(flags) | 1 << 30
    event = batch(flags=value).event(0)
    assert {flag for flag in EventFlag if event.has(flag)} == flags
