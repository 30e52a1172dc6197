"""Packages.db, written here in the layout that rpm's ndb backend keeps."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.rpm.ndb import blobs, read
from periderm.model.errors import FormatError, LimitError
from tests.rpms import header, headers, ndb


@given(st.lists(headers(), max_size=6), st.integers(1, 3))
@settings(max_examples=40)
def test_what_is_written_is_read(packages: list[tuple[str, str, tuple[str, ...], bytes]], pages: int) -> None:
    """Every slot's blob, however many pages of slots there are."""
    assert list(blobs(ndb([p[3] for p in packages], pages))) == [p[3] for p in packages]
    told = read(ndb([p[3] for p in packages], pages), "db")
    assert {(p.name, p.version) for p in told.packages} == {(p[0], p[1]) for p in packages}


def test_a_wrong_check_sum_hides_no_package() -> None:
    """rpm does not compare it when it reads, so a scanner that did would be blind to what rpm shows."""
    data = bytearray(ndb([header(name="hidden")]))
    data[-12:-8] = b"\0\0\0\0"
    assert [p.name for p in read(bytes(data), "db").packages] == ["hidden"]


def test_damage() -> None:
    """Marks, counts and offsets that are not what they should be."""
    good = ndb([header(), header(name="b")])
    damages = {
        "magic": b"XpmP" + good[4:],
        "version": good[:4] + b"\1" + good[5:],
        "pages": good[:12] + struct.pack("<I", 99) + good[16:],
        "slot": good[:32] + b"X" + good[33:],
        "offset": good[:40] + struct.pack("<I", 0xFFFFFFFF) + good[44:],
        "short": good[:100],
    }
    for name, data in damages.items():
        with pytest.raises(FormatError):
            list(blobs(data))
        assert name
    mark = good[:4096] + b"X" + good[4097:]
    assert [p.name for p in read(mark, "db").packages] == ["b"]
    assert len(read(mark, "db").missed) == 1
    with pytest.raises(LimitError):
        list(blobs(good[:12] + struct.pack("<I", 2049) + good[16:] + b"\0" * (2049 * 4096)))


def test_slots_that_share_a_blob_are_bounded() -> None:
    """Many slots that name the same large blob would give far more bytes than the file has."""
    data = bytearray(ndb([header([("/usr/", f"f{i}") for i in range(5000)])]))
    for at in range(48, 4096, 16):
        data[at : at + 16] = data[32:48]
    told = read(bytes(data), "db")
    assert len(told.packages) == 1
    assert "share" in told.missed[0].en


@given(st.data())
@settings(max_examples=100)
def test_damage_gives_packages_or_an_error(data: st.DataObject) -> None:
    """A file with any bytes changed, cut anywhere, never does anything else."""
    whole = bytearray(ndb([header(), header(name="b")]))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, 80) | st.integers(4096, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        read(bytes(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))]), "db")
