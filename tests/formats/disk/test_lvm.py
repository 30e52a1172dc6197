"""Logical volumes: metadata laid out by hand from LVM2's own layout, and by LVM2's tools where there is root."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.lvm import Physical, Segment, Volume, physical, reader, volumes
from periderm.model.errors import FormatError
from tests.formats.disk.disks import MIB, Image, image, of_bytes, run, tool

EXTENT = 4 * MIB
UUIDS = ("A" * 32, "B" * 32)


def dashed(uuid: str) -> str:
    """As LVM2 writes a UUID in its text."""
    return "-".join((uuid[:6], uuid[6:10], uuid[10:14], uuid[14:18], uuid[18:22], uuid[22:26], uuid[26:]))


def crc(data: bytes) -> bytes:
    """LVM2's CRC-32."""
    return struct.pack("<I", zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF)


def label(uuid: str, *, text: str = "", size: int = 64 * MIB, offset: int = 4096, ring: int = MIB - 4096) -> bytes:
    """The begin of a physical volume: its label, and its metadata area with a text at `offset` of the ring."""
    areas = struct.pack("<QQQQQQQQ", MIB, 0, 0, 0, 4096, ring, 0, 0)
    body = struct.pack("<I8s", 32, b"LVM2 001") + uuid.encode() + struct.pack("<Q", size) + areas
    body = body.ljust(512 - 20, b"\0")
    data = bytearray(MIB)
    data[512:1024] = b"LABELONE" + struct.pack("<Q", 1) + crc(body) + body
    raw = text.encode() + b"\0"
    location = struct.pack("<QQ4sI", offset, len(raw), crc(raw), 0) if text else bytes(24)
    head = (b" LVM2 x[5A%r0N*>" + struct.pack("<IQQ", 1, 4096, ring) + location + bytes(24)).ljust(508, b"\0")
    data[4096:4608] = crc(head) + head
    first = min(len(raw), ring - offset)
    data[4096 + offset : 4096 + offset + first] = raw[:first]
    data[4608 : 4608 + len(raw) - first] = raw[first:]
    return bytes(data)


def described(*logical: str, group: str = "vg0", seqno: int = 3) -> str:
    """The description of a group of two physical volumes."""
    disks = "".join(f'pv{n} {{ id = "{dashed(u)}" pe_start = 2048 pe_count = 15 }}\n' for n, u in enumerate(UUIDS))
    return (
        f'{group} {{ id = "{"G" * 32}" seqno = {seqno} extent_size = 8192\nphysical_volumes {{ {disks} }}\n'
        f'logical_volumes {{ {" ".join(logical)} }} }}\ncontents = "Text Format Volume Group"\nversion = 1\n'
    )


def logical(name: str, *segments: str, status: str = '"READ", "VISIBLE"') -> str:
    """One logical volume."""
    inside = " ".join(f"segment{n} {{ {s} }}" for n, s in enumerate(segments, start=1))
    return f'{name} {{ id = "{name}-id" status = [{status}] segment_count = {len(segments)} {inside} }}'


def linear(start: int, count: int, disk: int, first: int) -> str:
    """A segment on one disk."""
    return f'start_extent = {start} extent_count = {count} type = "striped" stripe_count = 1 stripes = ["pv{disk}", {first}]'


def on_disk(uuid: str, text: str = "") -> Physical:
    """A physical volume whose extents are filled with their number."""
    head = label(uuid, text=text)

    def read(offset: int, size: int) -> bytes:
        if offset < MIB:
            return head[offset : offset + size]
        return bytes((uuid.encode()[0] + (at - MIB) // EXTENT) % 256 for at in range(offset, offset + size))

    found = physical(read, 64 * MIB)
    assert found is not None
    return found


def test_linear_volumes_over_two_disks() -> None:
    """Segments on several disks follow each other; the newest description counts; hidden volumes are left out."""
    old = described(logical("root", linear(0, 1, 0, 5)), seqno=2)
    new = described(
        logical("root", linear(0, 2, 0, 3), linear(2, 1, 1, 0)), logical("hidden", linear(0, 1, 0, 0), status='"READ"')
    )
    (root,) = volumes([on_disk(UUIDS[0], old), on_disk(UUIDS[1], new)])
    assert (root.group, root.name, root.size, root.why) == ("vg0", "root", 3 * EXTENT, "")
    read = reader(root)
    found = [read(n * EXTENT - (2 if n else 0), 4) for n in range(4)]
    assert found == [b"DDDD", b"DDEE", b"EEBB", b"BB"]


def test_stripes() -> None:
    """Pieces of a stripe's size lie on the disks in turn."""
    text = (
        'start_extent = 0 extent_count = 4 type = "striped" stripe_count = 2 stripe_size = 128 stripes = ["pv0", 1, "pv1", 2]'
    )
    (one,) = volumes([on_disk(UUIDS[0], described(logical("s", text))), on_disk(UUIDS[1])])
    read = reader(one)
    assert [read(n * 65536, 1) for n in range(3)] == [b"B", b"D", b"B"]
    assert read(65536 - 1, 2) == b"BD"
    assert read(2 * EXTENT, 1) == b"C"
    assert read(4 * EXTENT, 1) == b""


@pytest.mark.parametrize(
    ("segment", "why"),
    [
        ('start_extent = 0 extent_count = 1 type = "thin" thin_pool = "pool"', "type thin"),
        ('start_extent = 0 extent_count = 1 type = "raid1" raids = ["a", "b"]', "type raid1"),
        ('start_extent = 0 extent_count = 1 type = "cache"', "type cache"),
        (linear(0, 1, 1, 0), "another disk"),
        (linear(0, 1, 9, 0), "another disk"),
        (linear(0, 0, 0, 0), "damaged"),
        (linear(3, -1, 0, 0), "damaged"),
        ('start_extent = 0 extent_count = 1 type = "striped" stripes = ["pv0", "x"]', "damaged"),
        ('start_extent = 0 extent_count = 3 type = "striped" stripe_size = 8 stripes = ["pv0", 0, "pv0", 5]', "damaged"),
    ],
)
def test_what_is_not_read_says_why(segment: str, why: str) -> None:
    """Other kinds, and parts that lie elsewhere, are named."""
    (one,) = volumes([on_disk(UUIDS[0], described(logical("v", segment)))])
    assert why in one.why


def test_gaps_and_snapshots_say_why() -> None:
    """A volume with a gap is not read, nor the store of a snapshot's changes."""
    snapshot = 'start_extent = 0 extent_count = 1 type = "snapshot" origin = "root" cow_store = "store"'
    text = described(
        logical("gap", linear(0, 1, 0, 0), linear(2, 1, 0, 3)),
        logical("store", linear(0, 1, 0, 5)),
        logical("snapshot0", snapshot, status='"READ"'),
    )
    gap, store = volumes([on_disk(UUIDS[0], text)])
    assert "gap or overlap" in gap.why
    assert "snapshot" in store.why


def test_a_description_that_goes_round_its_ring() -> None:
    """The ring of metadata continues after its header; offsets and checksums are verified."""
    text = described(logical("root", linear(0, 1, 0, 0)))
    ring = 8192
    disk = physical(of_bytes(label(UUIDS[0], text=text, offset=ring - 100, ring=ring)).read, MIB)
    assert disk is not None
    assert disk.text == text


@pytest.mark.parametrize(("at", "why"), [(550, "label"), (4096 + 20, "metadata area"), (8192 + 5, "description")])
def test_checksums_are_verified(at: int, why: str) -> None:
    """A flipped bit in label, header or text is an error."""
    data = bytearray(label(UUIDS[0], text=described()))
    data[at] ^= 1
    with pytest.raises(FormatError, match=why):
        physical(of_bytes(bytes(data)).read, MIB)


def test_what_is_no_physical_volume() -> None:
    """Anything else is none, and one without metadata carries no text."""
    assert physical(of_bytes(bytes(4096)).read, 4096) is None
    assert on_disk(UUIDS[0]).text == ""
    with pytest.raises(FormatError, match="no size"):
        volumes([on_disk(UUIDS[0], 'vg { id = "x" seqno = 1 }')])


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5)), min_size=1, max_size=4), st.integers(0, 90), st.integers(0, 90)
)
def test_any_striping_is_a_permutation(shape: list[tuple[int, int]], offset: int, size: int) -> None:
    """Whatever the segments: a read is the same as byte by byte."""
    segments, start = [], 0
    for parts, rows in shape:
        stripe = 4
        places = tuple((lambda at, n, p=p: bytes((p * 50 + at + i) % 251 for i in range(n)), p * 7) for p in range(parts))
        segments.append(Segment(start, parts * rows * stripe, stripe, places))
        start += parts * rows * stripe
    read = reader(Volume("g", "v", "", start, tuple(segments)))
    whole = b"".join(read(at, 1) for at in range(start))
    assert len(whole) == start
    assert read(offset, size) == whole[offset : offset + size]


@pytest.mark.root
def test_what_lvm_itself_wrote(tmp_path: Path) -> None:
    """Two physical volumes and linear and striped volumes made by LVM2 (without the device mapper): names, UUIDs and places
    as LVM2 tells them, and the bytes that lie there."""
    lvm = tool("lvm", "lvm2")
    loops, paths = [], [tmp_path / "pv0", tmp_path / "pv1"]
    quiet = ("--driverloaded", "n")
    try:
        for path in paths:
            with path.open("wb") as file:
                file.truncate(64 * MIB)
            loops.append(run(tool("losetup", "mount"), "-f", "--show", path).strip())
        devices = ("--devices", ",".join(loops))
        run(lvm, "pvcreate", *quiet, *devices, "-ff", "-y", *loops)
        run(lvm, "vgcreate", *quiet, *devices, "periderm-test", *loops)
        made = ("lvcreate", *quiet, *devices, "-an", "-Zn", "-Wn")
        run(lvm, *made, "-n", "fast", "-i", "2", "-I", "64k", "-L", "16M", "periderm-test")
        run(lvm, *made, "-n", "root", "-L", "72M", "periderm-test")
        columns = "lv_name,lv_uuid,lv_size,seg_pe_ranges,segtype"
        told = json.loads(
            run(
                lvm,
                "lvs",
                *quiet,
                *devices,
                "--reportformat",
                "json",
                "--units",
                "b",
                "--nosuffix",
                "-o",
                columns,
                "periderm-test",
            )
        )
    finally:
        for loop in loops:
            run("losetup", "-d", loop)
    disks = [image(path) for path in paths]
    held = [found for disk in disks if (found := physical(disk.read, disk.size)) is not None]
    assert len(held) == 2
    found = {volume.name: volume for volume in volumes(held)}
    rows = told["report"][0]["lv"]
    assert {(r["lv_name"], r["lv_uuid"], int(r["lv_size"])) for r in rows} == {(v.name, v.uuid, v.size) for v in found.values()}
    assert [v.why for v in found.values()] == ["", ""]
    check_places(found["root"], paths, disks)


def check_places(root: Volume, paths: list[Path], disks: list[Image]) -> None:
    """A mark written at the end of the first segment is read there, and the next one lies on the other disk."""
    first, second = root.segments
    with paths[0].open("r+b") as file:
        file.seek(first.parts[0][1] + first.length - 4)
        file.write(b"MARK")
    with paths[1].open("r+b") as file:
        file.seek(second.parts[0][1])
        file.write(b"NEXT")
    assert reader(root)(first.length - 4, 8) == b"MARKNEXT"
    assert disks[0].read(first.parts[0][1] + first.length - 4, 4) == b"MARK"
