"""What kind of file a disk lies in: raw, or wrapped as qcow2, VMDK, VHD or VHDX. Opens no further file."""

from __future__ import annotations

from periderm.formats.disk import qcow2, vhd, vhdx, vmdk
from periderm.formats.disk.pieces import Disk
from periderm.formats.disk.reading import Read
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

# Wrappings that are known by their first bytes and not read.
_OTHERS = {
    b"QED\0": "QED",
    b"<<< ": "VDI",
    b"COWD": "an old VMDK",
    b"OFS ": "an OFS image",
    b"\x1f\x8b": "a file compressed with gzip",
    b"BZh": "a file compressed with bzip2",
    b"\xfd7zXZ": "a file compressed with xz",
    b"\x28\xb5\x2f\xfd": "a file compressed with zstd",
    b"PK\x03\x04": "a zip archive",
    b"MSWIM\0": "a WIM image",
}


def unwrapped(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Disk:
    """The disk in a file of `size` bytes. Raises FormatError for a wrapping that is damaged or not read here."""
    head = read(0, 512)
    if head[:4] == qcow2.MAGIC:
        return qcow2.open_disk(read, limits)
    if head[:8] == vhdx.MAGIC:
        return vhdx.open_disk(read)
    if head[:4] == vmdk.MAGIC or head.startswith(vmdk.DESCRIPTOR):
        return vmdk.open_disk(read, size, limits)
    if head[:8] == vhd.MAGIC or (size % 512 == 0 and size >= 1024 and read(size - 512, 8) == vhd.MAGIC):
        return vhd.open_disk(read, size, limits)
    for mark, name in _OTHERS.items():
        if head.startswith(mark):
            packed = "compressed" in name or "archive" in name
            step = "Unpack it first." if packed else "Make a raw or qcow2 image of it: qemu-img convert."
            raise FormatError(f"it is {name}, which is not read here.", step)
    return Disk("raw", read, size)
