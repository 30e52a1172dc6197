"""qcow2, versions 2 and 3: the newest state of an image without a backing file. Snapshots are not opened.

Source: QEMU docs/interop/qcow2.txt.
"""

from __future__ import annotations

import struct
import zlib

from periderm.formats.disk.pieces import Disk, Remembered, pieces, table
from periderm.formats.disk.reading import Read, exactly
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

MAGIC = b"QFI\xfb"
_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")
_OFFSET = (1 << 56) - (1 << 9)  # bits 9 to 55
_COMPRESSED, _ZEROS = 1 << 62, 1
_DIRTY, _CORRUPT, _EXTERNAL, _COMPRESSION, _EXTENDED = 1, 2, 4, 8, 16
_TABLES = 64  # second-level tables that are held
_WHERE = "qcow2"


def open_disk(read: Read, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Disk:
    """The virtual disk. Raises FormatError."""
    head = exactly(read, 0, 112, _WHERE)
    magic, version, backing, _, bits, size, encrypted, entries, top, _, _, snapshots, _ = _HEADER.unpack_from(head)
    if magic != MAGIC or version not in (2, 3):
        raise FormatError(f"version {version} is not read here.", where=_WHERE)
    incompatible = int.from_bytes(head[72:80], "big") if version == 3 else 0
    if backing:
        raise FormatError("it only holds what differs from another image.", "Make a whole one: qemu-img convert.", where=_WHERE)
    if encrypted:
        raise FormatError("it is encrypted.", "Scan it where it is decrypted.", where=_WHERE)
    if incompatible & ~(_DIRTY | _COMPRESSION):
        why = _refused(incompatible)
        raise FormatError(f"{why}, which is not read here.", "Make a plain one: qemu-img convert.", where=_WHERE)
    if not 9 <= bits <= 21:
        raise FormatError(f"clusters of 2^{bits} bytes are not possible.", where=_WHERE)
    cluster = 1 << bits
    per_table = cluster // 8
    if entries < -(-size // (cluster * per_table)):
        raise FormatError("its table is shorter than its disk.", where=_WHERE)
    first = table(read, top, -(-size // (cluster * per_table)) * 8, limits.tables, _WHERE)
    zstd = bool(incompatible & _COMPRESSION) and head[104] == 1
    inflated = Remembered(lambda entry: _inflate(read, entry, bits, zstd=zstd))
    second = Remembered(lambda at: exactly(read, at, cluster, _WHERE), _TABLES if bits <= 16 else 8)

    def locate(number: int) -> int | bytes | None:
        which, slot = divmod(number, per_table)
        (below,) = struct.unpack_from(">Q", first, which * 8)
        below &= _OFFSET
        if not below:
            return None
        (entry,) = struct.unpack_from(">Q", second(below), slot * 8)
        if entry & _COMPRESSED:
            return inflated(entry)
        if (version == 3 and entry & _ZEROS) or not entry & _OFFSET:
            return None
        return int(entry & _OFFSET)

    told = ["it was not closed properly"] if incompatible & _DIRTY else []
    if snapshots:
        told.append(f"it holds {snapshots} snapshots, which were not looked at")
    return Disk(_WHERE, pieces(read, locate, cluster, size, _WHERE), size, tuple(told))


def _refused(incompatible: int) -> str:
    for bit, why in ((_CORRUPT, "it says that it is damaged"), (_EXTERNAL, "its data lie in another file")):
        if incompatible & bit:
            return why
    return "it has extended entries" if incompatible & _EXTENDED else f"it uses features {incompatible:#x}"


def _inflate(read: Read, entry: int, bits: int, *, zstd: bool) -> bytes:
    """One compressed cluster: the lower bits are its place, the higher ones its further sectors."""
    split = 62 - (bits - 8)
    at = entry & ((1 << split) - 1)
    sectors = (entry >> split & ((1 << (62 - split)) - 1)) + 1
    size = 1 << bits
    data = read(at, sectors * 512 - at % 512)
    out = _unpack_zstd(data, size) if zstd else _unpack_deflate(data, size)
    if len(out) != size:
        raise FormatError("a compressed cluster is shorter than it should be.", where=_WHERE)
    return out


def _unpack_deflate(data: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(-12).decompress(data, size)  # no header, and a small window
    except zlib.error as error:
        raise FormatError(f"a compressed cluster is damaged ({error}).", where=_WHERE) from None


def _unpack_zstd(data: bytes, size: int) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(data) as stream:
            return stream.read(size)
    except zstandard.ZstdError as error:
        raise FormatError(f"a compressed cluster is damaged ({error}).", where=_WHERE) from None
