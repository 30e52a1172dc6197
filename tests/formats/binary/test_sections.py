"""Sections and addresses of executables."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.binary.sections import elf_at, has_sections, is_elf, section
from tests.executables import elf, fat, macho, pe

CONTENTS = {b".text": b"code", b".data.x": b"content", b".last": b""}
SHAPES = [
    elf(CONTENTS),
    elf(CONTENTS, wide=False),
    elf(CONTENTS, big=True),
    elf(CONTENTS, wide=False, big=True),
    pe(CONTENTS),
    macho(CONTENTS),
    macho(CONTENTS, wide=False),
    macho(CONTENTS, big=True),
    fat(macho(CONTENTS)),
]


@pytest.mark.parametrize("data", SHAPES)
def test_a_named_section(data: bytes) -> None:
    """Its bytes, in every form, width and byte order; None for a name that is not there."""
    assert section(data, b".data.x") == b"content"
    assert section(data, b".last") == b""
    assert section(data, b".data") is None
    assert section(data, b".other") is None


@given(
    st.binary(max_size=300),
    st.sampled_from([b"\x7fELF\2\1", b"\x7fELF\1\2", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b""]),
)
@settings(max_examples=200)
def test_any_bytes(data: bytes, magic: bytes) -> None:
    """Damage has no section, and no other consequence."""
    section(magic + data, b".text")
    has_sections(magic + data)
    elf_at(magic + data, 0x400000, 8)


@given(st.data())
@settings(max_examples=150)
def test_damaged_headers(data: st.DataObject) -> None:
    """Any bytes of a header changed."""
    whole = bytearray(data.draw(st.sampled_from(SHAPES)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    section(bytes(whole), b".data.x")
    elf_at(bytes(whole), 0x400010, 8)


def test_absurd_counts_end() -> None:
    """65,535 sections, commands of no length, an archive inside an archive inside an archive."""
    data = bytearray(elf(CONTENTS))
    struct.pack_into("<H", data, 60, 0xFFFF)
    section(bytes(data), b".nothing")
    mach = bytearray(macho(CONTENTS))
    struct.pack_into("<I", mach, 16, 0xFFFFFFFF)
    struct.pack_into("<I", mach, 36, 0)
    assert section(bytes(mach), b".nothing") is None
    deep = macho(CONTENTS)
    for _ in range(3000):
        deep = fat(deep)
    assert section(deep, b".data.x") is None


def test_addresses() -> None:
    """The bytes that are loaded at an address; nothing where they are not all in one segment."""
    data = elf(CONTENTS)
    where = 0x400000 + data.index(b"content")
    assert elf_at(data, where, 7) == b"content"
    assert elf_at(data, where, 1 << 40) == b""
    assert elf_at(data, 1, 4) == b""
    assert elf_at(b"MZ", where, 4) == b""


def test_what_an_elf_file_is() -> None:
    """A known class and byte order; whether it was stripped of its section headers."""
    assert is_elf(elf({}))
    assert not is_elf(b"\x7fELF\3\1")
    assert has_sections(elf({}))
    assert not has_sections(elf({})[:40] + b"\0" * 24)
    assert not has_sections(b"\x7fELF\2\1")
