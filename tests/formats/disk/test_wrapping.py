"""What kind of file a disk lies in is told by its bytes, never by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.wrapping import unwrapped
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes
from tests.formats.disk.wrapped import raw, same, wrap


@pytest.mark.parametrize(
    ("kind", "told"), [("raw", "raw"), ("qcow2", "qcow2"), ("vmdk", "VMDK"), ("vpc", "VHD"), ("vhdx", "VHDX")]
)
def test_every_kind_is_recognised(tmp_path: Path, kind: str, told: str) -> None:
    """The same disk comes out of all of them."""
    source = raw(tmp_path / "raw", 2 << 20)
    disk = wrap(tmp_path / "raw", tmp_path / "disk.bin", kind)
    found = unwrapped(disk.read, disk.size)
    assert found.kind == told
    same(found, source)


@pytest.mark.parametrize("head", [b"QED\0", b"<<< QEMU VM Virtual Disk Image >>>", b"\x1f\x8b\x08", b"PK\x03\x04"])
def test_other_kinds_say_what_they_are(head: bytes) -> None:
    """What is not read is named, with the way out."""
    data = head + bytes(5000)
    with pytest.raises(FormatError, match=r"not read here.*(qemu-img|Unpack)"):
        unwrapped(of_bytes(data).read, len(data))


@given(st.sampled_from([b"QFI\xfb", b"KDMV", b"vhdxfile", b"conectix", b""]), st.binary(max_size=2000))
def test_any_bytes_open_or_are_refused(magic: bytes, data: bytes) -> None:
    """No bytes behind a magic number make it do anything else."""
    whole = (magic + data).ljust(2048, b"\0")
    try:
        disk = unwrapped(of_bytes(whole).read, len(whole))
        disk.read(0, 4096)
    except FormatError:
        pass
