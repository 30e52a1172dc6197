"""What the loader will load, of real programs and of damaged ones."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.binary.needed import Needed, needed


def elf(libraries: tuple[str, ...], interpreter: str = "", path: tuple[int, str] | None = None, *, wide: bool = True) -> bytes:
    """A small ELF file that needs these libraries; `path` is (29 or 15, search path)."""
    strings, places = b"\0", []
    for name in (*libraries, *([path[1]] if path else [])):
        places.append(len(strings))
        strings += name.encode() + b"\0"
    pair, head = ("<qQ", "<IIQQQQQQ") if wide else ("<iI", "<IIIIIIII")
    size, count = struct.calcsize(head), 3
    start = 64 if wide else 52
    at = start + size * count
    tags = [(1, place) for place in places[: len(libraries)]]
    if path:
        tags.append((path[0], places[-1]))
    dynamic_size = struct.calcsize(pair) * (len(tags) + 2)
    tags += [(5, at + dynamic_size), (0, 0)]
    body = b"".join(struct.pack(pair, *tag) for tag in tags) + strings
    interp_at = at + len(body)
    body += interpreter.encode() + b"\0"
    whole = at + len(body)

    def header(kind: int, offset: int, length: int) -> bytes:
        if wide:
            return struct.pack(head, kind, 0, offset, offset, offset, length, length, 1)
        return struct.pack(head, kind, offset, offset, offset, length, length, 0, 1)

    headers = (
        header(1, 0, whole) + header(2, at, dynamic_size) + header(3 if interpreter else 0, interp_at, len(interpreter) + 1)
    )
    ident = b"\x7fELF" + (b"\2\1" if wide else b"\1\1")
    if wide:
        first = struct.pack("<32sQ14xHH6x", ident.ljust(16, b"\0"), start, size, count)
    else:
        first = struct.pack("<28sI10xHH6x", ident.ljust(16, b"\0"), start, size, count)
    return first.ljust(start, b"\0") + headers + body


@pytest.mark.parametrize("wide", [True, False])
def test_libraries_interpreter_and_path(wide: bool) -> None:
    """Both classes tell all three, in the file's own order."""
    data = elf(("libb.so.1", "liba.so.2"), "/lib64/ld.so", (29, "$ORIGIN/../lib:/opt/lib"), wide=wide)
    assert needed(data) == Needed(("libb.so.1", "liba.so.2"), ("$ORIGIN/../lib", "/opt/lib"), "/lib64/ld.so")


def test_an_older_search_path_counts_where_there_is_no_newer() -> None:
    """DT_RPATH is read too."""
    found = needed(elf(("liba.so",), path=(15, "/old")))
    assert found is not None
    assert found.paths == ("/old",)


def test_a_real_program() -> None:
    """This interpreter, or what it is a link to, needs a C library."""
    data = Path("/bin/ls").read_bytes()
    found = needed(data)
    assert found is not None
    assert any(name.startswith("libc.") for name in found.libraries)
    assert found.interpreter.startswith("/lib")


def test_what_is_no_program_needs_nothing() -> None:
    """Text, other systems' programs and cut files."""
    assert needed(b"#!/bin/sh\n") is None
    assert needed(b"MZ" + b"\0" * 100) is None
    assert needed(b"\x7fELF\2\1") is None


@given(st.data())
def test_damage_is_nothing(data: st.DataObject) -> None:
    """Flipped and cut bytes give an answer or None, and no error."""
    raw = bytearray(elf(("libc.so.6", "libm.so.6"), "/lib64/ld.so"))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(6, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = needed(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    assert found is None or all(name.isprintable() for name in found.libraries)
