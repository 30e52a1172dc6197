"""Numbers of system calls and capabilities become the names that people and profiles use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from periderm.model.asset import Node
from periderm.model.event import Event, EventKind, Origin
from periderm.model.system_calls import (
    CAPABILITIES,
    NAMES,
    NAMES_32,
    UNSEEN,
    capability_name,
    system_call_name,
    system_call_of,
)

NODE = Node(id="n", name="n", hostname="h", machine_id="m", kernel="k", os_name="o", architecture="x86_64")
HEADERS = Path("/usr/include/x86_64-linux-gnu/asm")


def test_known_numbers_have_their_names() -> None:
    """Some that nobody would renumber, in both tables, and the newest ones that both share."""
    assert [NAMES[n] for n in (0, 56, 59, 231, 257, 435, 450, 451, 469)] == [
        *("read", "clone", "execve", "exit_group", "openat", "clone3", "set_mempolicy_home_node", "cachestat", "file_setattr"),
    ]
    assert [NAMES_32[n] for n in (3, 11, 102, 295, 435, 469)] == [
        *("read", "execve", "socketcall", "openat", "clone3", "file_setattr"),
    ]


def test_numbers_that_came_later_are_told_as_numbers() -> None:
    """A kernel newer than the table loses nothing."""
    assert system_call_name(999) == "number-999"
    assert capability_name(63) == "CAP_63"


@pytest.mark.parametrize(("name", "table"), [("unistd_64.h", NAMES), ("unistd_32.h", NAMES_32)])
def test_the_tables_are_those_of_the_headers(name: str, table: dict[int, str]) -> None:
    """Where the machine has the kernel's headers, every one of their numbers has their name here."""
    file = HEADERS / name
    if not file.exists():
        pytest.skip("linux-libc-dev is not installed")
    told = {int(number): call for call, number in re.findall(r"#define __NR_(\w+) (\d+)", file.read_text())}
    assert {number: table.get(number) for number in told} == told


def test_a_row_is_named_by_the_table_of_its_entry() -> None:
    """Number 11 is munmap by the 64-bit entry and execve by the 32-bit one; other rows have no call."""
    row = Event(kind=EventKind.SYSCALL_USED, subject=NODE, arg0=11)
    assert system_call_of(row) == "munmap"
    assert system_call_of(Event(kind=EventKind.SYSCALL_USED, subject=NODE, arg0=11, origin=Origin.COMPAT32)) == "execve"
    assert system_call_of(Event(kind=EventKind.OPEN, subject=NODE, arg0=11)) == ""


def test_what_is_never_seen_to_end_is_listed() -> None:
    """Each is a call of one of the tables, so that a profile can name it."""
    assert set(UNSEEN) <= {*NAMES.values(), *NAMES_32.values()}


def test_capabilities_have_their_numbers() -> None:
    """First, last and one in between, as the kernel counts."""
    assert (capability_name(0), capability_name(21), capability_name(40)) == (
        "CAP_CHOWN",
        "CAP_SYS_ADMIN",
        "CAP_CHECKPOINT_RESTORE",
    )
    assert len(CAPABILITIES) == 41
