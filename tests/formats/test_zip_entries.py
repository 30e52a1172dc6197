"""Zip archives: the same files as the standard library finds, and no byte that the checks do not vouch for."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats import zip_entries
from periderm.model.errors import FormatError, LimitError


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("folder/", b"")
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(data: bytes, most: int = 1 << 20) -> dict[str, bytes]:
    """All entries."""
    view = memoryview(data)
    return {e.name: zip_entries.read(view, e, most=most) for e in zip_entries.entries(view)}


@settings(max_examples=40)
@given(
    st.dictionaries(st.text("ab/ün.", min_size=1, max_size=8).filter(lambda n: not n.endswith("/")), st.binary(max_size=300))
)
def test_round_trip(files: dict[str, bytes]) -> None:
    """Whatever the standard library packs is read back."""
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        assert read(packed(files, method)) == files


def test_many_entries() -> None:
    """More than 65,535 files need the 64-bit directory (APPNOTE 4.3.14): here by hand, entry by entry."""
    count, local, central = 66_000, bytearray(), bytearray()
    for number in range(count):
        name = b"%d" % number
        central += (
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, len(local)) + name
        )
        local += struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    end = len(local) + len(central)
    tail = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(central), len(local))
    tail += struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    tail += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    data = memoryview(bytes(local + central + tail))
    found = [entry.name for entry in zip_entries.entries(data)]
    assert found == [str(n) for n in range(count)]


def test_a_large_offset_field() -> None:
    """Entries written for 64 bits are read with the sizes of their extra field."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a", "w", force_zip64=True) as entry:
        entry.write(b"x" * 10)
    assert read(out.getvalue()) == {"a": b"x" * 10}


def test_bombs() -> None:
    """Beyond the limit nothing is inflated, whatever the directory claims."""
    data = bytearray(packed({"a": b"\0" * 1_000_000}))
    with pytest.raises(LimitError):
        read(bytes(data), most=1000)
    at = data.rindex(b"PK\1\2") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(FormatError):
        read(bytes(data), most=1000)


def test_encryption_and_unknown_methods() -> None:
    """They are refused by name."""
    for place, value in ((8, 1), (10, 12)):
        data = bytearray(packed({"a": b"hello"}))
        at = data.rindex(b"PK\1\2") + place
        data[at : at + 2] = value.to_bytes(2, "little")
        with pytest.raises(FormatError, match="encrypted or packed"):
            read(bytes(data))


@settings(max_examples=150)
@given(st.data())
def test_damage(data: st.DataObject) -> None:
    """Flipped bytes give the same content or a FormatError, and never another content."""
    good = packed({"a": b"hello" * 20, "b": b"world" * 20})
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(len(good) // 2, len(good)))])
    try:
        found = read(cut)
    except FormatError:
        return
    assert set(found.values()) <= {b"hello" * 20, b"world" * 20}


@pytest.mark.parametrize("data", [b"", b"PK\5\6", b"no zip at all", b"PK\5\6" + b"\xff" * 18])
def test_no_archive(data: bytes) -> None:
    """It is a FormatError."""
    with pytest.raises(FormatError):
        list(zip_entries.entries(memoryview(data)))
