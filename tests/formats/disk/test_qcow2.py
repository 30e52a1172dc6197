"""qcow2 as QEMU makes it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from periderm.formats.disk.qcow2 import open_disk
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes, run, tool
from tests.formats.disk.wrapped import raw, same, wrap


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ("compat=1.1", ()),
        ("compat=0.10", ()),
        ("cluster_size=512", ()),
        ("cluster_size=2M", ()),
        ("", ("-c",)),
        ("compression_type=zstd", ("-c",)),
        ("preallocation=metadata", ()),
    ],
)
def test_every_byte_is_what_it_was(tmp_path: Path, options: str, more: tuple[str, ...]) -> None:
    """Both versions, small and large clusters, and both compressions."""
    source = raw(tmp_path / "raw")
    same(open_disk(wrap(tmp_path / "raw", tmp_path / "disk", "qcow2", options, *more).read), source)


def test_snapshots_are_told(tmp_path: Path) -> None:
    """What an image holds besides its newest state is said."""
    raw(tmp_path / "raw")
    wrap(tmp_path / "raw", tmp_path / "disk", "qcow2")
    run(tool("qemu-img", "qemu-utils"), "snapshot", "-c", "one", tmp_path / "disk")
    data = (tmp_path / "disk").read_bytes()
    assert "1 snapshots" in open_disk(of_bytes(data).read).told[0]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("-b", "{raw}", "-F", "raw"), "differs from another image"),
        (("-o", "extended_l2=on"), "extended entries"),
        (("-o", "data_file={data},data_file_raw=on"), "another file"),
    ],
)
def test_what_needs_another_file_is_refused(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    """No path that an image names is ever opened."""
    raw(tmp_path / "raw")
    given = [one.format(raw=tmp_path / "raw", data=tmp_path / "data") for one in arguments]
    run(tool("qemu-img", "qemu-utils"), "create", "-q", "-f", "qcow2", *given, tmp_path / "disk", "9M")
    with pytest.raises(FormatError, match=why):
        open_disk(of_bytes((tmp_path / "disk").read_bytes()).read)


def header(**changed: int) -> bytes:
    """A header by hand."""
    values = {
        "version": 3,
        "backing": 0,
        "bits": 16,
        "size": 1 << 20,
        "crypt": 0,
        "l1": 1,
        "at": 65536,
        "features": 0,
        **changed,
    }
    data = struct.pack(
        ">4sIQIIQIIQQIIQ",
        b"QFI\xfb",
        values["version"],
        values["backing"],
        0,
        values["bits"],
        values["size"],
        values["crypt"],
        values["l1"],
        values["at"],
        0,
        0,
        0,
        0,
    )
    return (data + struct.pack(">Q", values["features"])).ljust(65536, b"\0") + bytes(65536)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"version": 9}, "version 9"),
        ({"bits": 40}, "clusters of"),
        ({"crypt": 1}, "encrypted"),
        ({"features": 2}, "damaged"),
        ({"features": 1 << 40}, "features"),
        ({"size": 1 << 60}, "shorter"),
        ({"size": 1 << 60, "l1": 0xFFFFFFFF}, "most that is read"),
        ({"at": 1 << 50}, "beyond the end"),
    ],
)
def test_headers_that_cannot_be(changed: dict[str, int], why: str) -> None:
    """Sizes that no disk has, and features that are not known, are refused; nothing is allocated for them."""
    with pytest.raises(FormatError, match=why):
        open_disk(of_bytes(header(**changed)).read)


@pytest.mark.parametrize("more", [("-c",), ("-c", "-o", "compression_type=zstd")])
def test_damaged_clusters_are_told(tmp_path: Path, more: tuple[str, ...]) -> None:
    """A compressed cluster that does not inflate is an error."""
    raw(tmp_path / "raw")
    data = bytearray(wrap(tmp_path / "raw", tmp_path / "disk", "qcow2", "", *more).read(0, 1 << 30))
    disk = open_disk(of_bytes(bytes(data)).read)
    for at in range(5 << 16, len(data), 7):
        data[at] ^= 0x55
    disk = open_disk(of_bytes(bytes(data)).read)
    with pytest.raises(FormatError):
        disk.read(0, disk.size)
