"""Bolt files: written here page by page in the documented layout, and read back; podman's and containerd's own files are
read in the suites of `ports.containers`."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.bolt import BoltFile, _fnv64a
from periderm.model.errors import FormatError

PAGE = 4096
Tree = dict[bytes, "bytes | Tree"]


def meta(number: int, root: int, txid: int) -> bytes:
    """A meta page."""
    body = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, PAGE, 0, root, 0, 2, 99, txid)
    return (struct.pack("<QHHI", number, 4, 0, 0) + body + struct.pack("<Q", _fnv64a(body))).ljust(PAGE, b"\0")


def leaf(number: int, entries: list[tuple[int, bytes, bytes]]) -> bytes:
    """A leaf page with (flags, key, value)."""
    head = struct.pack("<QHHI", number, 2, len(entries), 0)
    at = 16 * len(entries)
    elements = data = b""
    for index, (flags, key, value) in enumerate(entries):
        elements += struct.pack("<IIII", flags, at - 16 * index + len(data), len(key), len(value))
        data += key + value
    return head + elements + data


def branch(number: int, children: list[tuple[bytes, int]]) -> bytes:
    """A branch page with (key, page)."""
    head = struct.pack("<QHHI", number, 1, len(children), 0)
    at, elements, data = 16 * len(children), b"", b""
    for index, (key, page) in enumerate(children):
        elements += struct.pack("<IIQ", at - 16 * index + len(data), len(key), page)
        data += key
    return head + elements + data


def write(tree: Tree, *, split: bool = False) -> bytes:
    """A file: small buckets inline, or each in a page of its own below a branch page with `split`."""
    pages: dict[int, bytes] = {}

    def place(content: bytes) -> int:
        number = max(pages, default=2) + 1
        assert len(content) <= PAGE * 16
        pages[number] = content
        for extra in range(1, (len(content) + PAGE - 1) // PAGE):
            pages[number + extra] = b""
        return number

    def bucket(inner: Tree) -> list[tuple[int, bytes, bytes]]:
        entries = []
        for key, value in sorted(inner.items()):
            if isinstance(value, bytes):
                entries.append((0, key, value))
            elif split:
                page = place(leaf(0, bucket(value)))
                upper = place(branch(0, [(b"", page)]))
                entries.append((1, key, struct.pack("<QQ", upper, 0)))
            else:
                entries.append((1, key, struct.pack("<QQ", 0, 0) + leaf(0, bucket(value))))
        return entries

    root = place(leaf(0, bucket(tree)))
    body = bytearray(PAGE * (max(pages) + 17))
    body[:PAGE], body[PAGE : 2 * PAGE] = meta(0, root, 7), meta(1, root, 6)
    for number, content in pages.items():
        body[number * PAGE : number * PAGE + len(content)] = content
    return bytes(body)


def read(file: BoltFile, path: tuple[bytes, ...] = ()) -> Tree:
    """Everything below a bucket."""
    found: Tree = dict(file.values(path))
    for name in file.buckets(path):
        found[name] = read(file, (*path, name))
    return found


KEYS = st.binary(min_size=1, max_size=12)
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.dictionaries(KEYS, st.binary(max_size=40), max_size=4),
    lambda inner: st.dictionaries(KEYS, st.binary(max_size=20) | inner, max_size=4),
    max_leaves=8,
)


@given(TREES, st.booleans())
@settings(max_examples=60)
def test_what_is_written_is_read(tree: Tree, split: bool) -> None:
    """Inline buckets, buckets of their own, branch pages, values of any bytes."""
    assert read(BoltFile(write(tree, split=split))) == tree


def test_the_newest_complete_state_is_read() -> None:
    """A torn newest meta page leaves the one before it."""
    data = bytearray(write({b"a": b"1"}))
    assert dict(BoltFile(bytes(data)).values(())) == {b"a": b"1"}
    data[20] ^= 1
    assert dict(BoltFile(bytes(data)).values(())) == {b"a": b"1"}
    data[PAGE + 20] ^= 1
    with pytest.raises(FormatError, match="no bolt file"):
        BoltFile(bytes(data))


def test_a_bucket_that_is_not_there_is_empty() -> None:
    """Asking is no error."""
    file = BoltFile(write({b"a": {b"b": b"c"}}))
    assert list(file.buckets((b"x",))) == []
    assert list(file.values((b"a", b"x"))) == []


def test_pages_that_point_to_themselves_end() -> None:
    """A loop is an error, not a hang."""
    data = bytearray(write({b"a": b"1"}))
    data[3 * PAGE : 3 * PAGE + 64] = branch(3, [(b"a", 3)]).ljust(64, b"\0")
    with pytest.raises(FormatError, match="without end"):
        list(BoltFile(bytes(data)).values(()))


def test_pages_that_fan_out_without_end_are_cut_off() -> None:
    """Sixty levels of pages that each name the next one many times: bounded by the count of elements."""
    data = bytearray(write({b"a": b"1"}))
    data[3 * PAGE : 3 * PAGE + 16] = struct.pack("<QHHI", 3, 1, 200, 0)
    for index in range(200):
        struct.pack_into("<IIQ", data, 3 * PAGE + 16 + 16 * index, 0, 0, 3)
    with pytest.raises(FormatError):
        list(BoltFile(bytes(data)).values(()))


@given(st.data())
@settings(max_examples=150)
def test_damage_gives_values_or_an_error(data: st.DataObject) -> None:
    """A file with any bytes changed never does anything else."""
    whole = bytearray(write({b"ctr": {b"id": {b"config": b"{}"}}, b"k": b"v"}))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(2 * PAGE, 4 * PAGE - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    with contextlib.suppress(FormatError):
        read(BoltFile(bytes(whole[:cut])))
