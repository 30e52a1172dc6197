"""The filter of system calls, run by an interpreter of the few instructions that it uses."""

from __future__ import annotations

import struct

import pytest

from periderm.adapters.sandbox_linux.calls import ALLOWED, CLONE, TGKILL, filter_for

X86, ARM = 0xC000003E, 0xC00000B7
ALLOW, ENOSYS, KILL = 0x7FFF0000, 0x00050000 | 38, 0x80000000


def verdict(code: bytes, number: int, arch: int = X86, first: int = 0) -> int:
    """What the kernel would do: linux/filter.h, classic BPF."""
    data = struct.pack("=IIQ6Q", number & 0xFFFFFFFF, arch, 0, first, 0, 0, 0, 0, 0)
    steps = list(struct.iter_unpack("=HBBI", code))
    at, held = 0, 0
    while True:
        what, true, false, value = steps[at]
        at += 1
        if what == 0x20:
            held = int.from_bytes(data[value : value + 4], "little")
        elif what == 0x15:
            at += true if held == value else false
        elif what == 0x45:
            at += true if held & value else false
        else:
            assert what == 0x06
            return int(value)


@pytest.mark.parametrize(("machine", "arch", "column"), [("x86_64", X86, 0), ("aarch64", ARM, 1)])
def test_only_the_list_passes(machine: str, arch: int, column: int) -> None:
    """Every call on the list passes, every other number does not, whatever its arguments."""
    code = filter_for(machine, 77)
    assert code is not None
    listed = {numbers[column] for numbers in ALLOWED.values()} - {None}
    for number in range(600):
        if number not in (CLONE[column], TGKILL[column]):
            assert verdict(code, number, arch, 0x10000) == (ALLOW if number in listed else ENOSYS), number


def test_threads_but_no_processes() -> None:
    """clone passes with CLONE_THREAD only; a signal goes to this process only."""
    code = filter_for("x86_64", 77)
    assert code is not None
    assert verdict(code, CLONE[0], first=0x3D0F00) == ALLOW
    assert verdict(code, CLONE[0], first=0x1200011) == ENOSYS
    assert verdict(code, TGKILL[0], first=77) == ALLOW
    assert verdict(code, TGKILL[0], first=1) == ENOSYS


def test_other_doors_are_shut() -> None:
    """The 32-bit entry kills; x32 numbers, and what a process in trouble would want, do not pass."""
    code = filter_for("x86_64", 77)
    assert code is not None
    assert verdict(code, 1, arch=0x40000003) == KILL
    assert verdict(code, 0x40000000) == ENOSYS
    # execve, socket, connect, ptrace, mount, bpf, keyctl, io_uring_setup, kill, fork, prctl, setuid, chmod, execveat
    for number in (59, 41, 42, 101, 165, 321, 250, 425, 62, 57, 157, 105, 90, 322):
        assert verdict(code, number) == ENOSYS


def test_an_unknown_machine_has_none() -> None:
    """No filter is better than one with wrong numbers; the sandbox says so."""
    assert filter_for("riscv64", 1) is None
