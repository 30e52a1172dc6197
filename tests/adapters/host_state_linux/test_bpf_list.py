"""BPF programs and pins, from bytes, from folders and from the real kernel."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from periderm.adapters.host_state_linux import bpf_list
from periderm.adapters.host_state_linux.bpf_list import TYPES, Program, held, names_in, parse_info, pins


def info(kind: int, name: bytes) -> bytes:
    """`struct bpf_prog_info` up to the name."""
    return struct.pack("<II8sIIQQQIIQ16s", kind, 7, b"\x01" * 8, 0, 0, 0, 0, 99, 1000, 0, 0, name)


def test_what_the_kernel_says_of_a_program() -> None:
    """By the layout of linux/bpf.h; a type that is newer than this list keeps its number."""
    assert parse_info(info(2, b"hide_pid")) == Program(7, "kprobe", "hide_pid", 1000, 99, "01" * 8)
    assert parse_info(info(len(TYPES) + 5, b"")).type == str(len(TYPES) + 5)


@pytest.mark.root
def test_the_real_kernel_answers() -> None:
    """Ids ascend, types have names; where this kernel refuses the list, it says so by its error."""
    try:
        found = bpf_list.programs()
    except OSError as error:
        pytest.skip(f"bpf(2) lists nothing here: {error}")
    assert [p.number for p in found] == sorted(p.number for p in found)
    assert all(not p.type.isdigit() for p in found)


def test_who_holds_a_program(tmp_path: Path) -> None:
    """By the program's own descriptor or a link's; other descriptors are not asked."""
    for name in ("fd", "fdinfo"):
        (tmp_path / "12" / name).mkdir(parents=True)
    for number, target, text in (
        (3, "anon_inode:bpf-prog", "prog_type:\t2\nprog_id:\t41\n"),
        (4, "anon_inode:bpf_link", "prog_id: 42\n"),
    ):
        (tmp_path / f"12/fd/{number}").symlink_to(target)
        (tmp_path / f"12/fdinfo/{number}").write_text(text)
    (tmp_path / "12/fd/5").symlink_to("/dev/null")
    (tmp_path / "12/fdinfo/5").write_text("prog_id: 43\n")
    assert held(str(tmp_path)) == {41, 42}


def test_pins_are_listed_and_the_kernels_own_are_not(tmp_path: Path) -> None:
    """In all folders; a link is not followed."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/prog").touch()
    (tmp_path / "maps.debug").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert pins(str(tmp_path)) == (str(tmp_path / "a/b/prog"), str(tmp_path / "loop"))
    assert pins(str(tmp_path / "none")) == ()


def test_names_of_our_own_programs(tmp_path: Path) -> None:
    """Words between NULs, cut as the kernel cuts them; a missing file has none."""
    (tmp_path / "x.o").write_bytes(b"\x7fELF\0on_exec\0a_very_long_program_name\0\xff\xfe\0")
    assert names_in([str(tmp_path / "x.o"), str(tmp_path / "y.o")]) == {"on_exec", "a_very_long_pro"}
