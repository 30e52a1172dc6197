"""XFS, versions 4 and 5: superblock, inodes, links. Read only: no log is replayed, nothing is repaired.

Sources: xfs_format.h, xfs_da_format.h and xfs_log_format.h of xfsprogs; everything is big-endian but checksums.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from periderm.formats.disk import xfs_attributes, xfs_blocks, xfs_folders, xfs_log
from periderm.formats.disk.reading import (
    Budget,
    Node,
    Read,
    Run,
    bounded,
    content,
    crc32c,
    exactly,
    filled,
    label_text,
    uuid_text,
)
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

MAGIC = b"XFSB"
_SECTOR_CRC = 224  # offset of sb_crc, which is little-endian
# sb_features_incompat: file types in folders, sparse inode chunks, metadata UUID, bigtime, needs repair, large counters
_KNOWN = 0x3F
_FTYPE, _NEEDS_REPAIR, _FTYPE_V4 = 0x1, 0x10, 0x200
_MORE_BITS = 0x8000
_BIGTIME, _LARGE_COUNTERS = 0x8, 0x10  # di_flags2
_EPOCH = 1 << 31  # bigtime counts from the smallest classic time
_REALTIME = 0x1  # di_flags
_CORE = struct.Struct(">2sHBBHIIIHH8sQQQQQIIHBBIHHI")  # magic … generation
_REGULAR, _FOLDER, _LINK = 0o100000, 0o040000, 0o120000
_DEVICES = (0o020000, 0o060000)
LOCAL, EXTENTS, BTREE = 1, 2, 3
_LINK_HEADER = 56  # struct xfs_dsymlink_hdr, one at the begin of each extent


class Xfs:
    """`reading.FileSystem` over a volume. Raises FormatError if it is none, or has features that are not known."""

    def __init__(self, read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> None:
        data = exactly(read, 0, 512, "XFS")
        if data[:4] != MAGIC:
            raise FormatError("this is no XFS file system.", where="XFS")
        self._read = read
        self._limits = limits
        self._super = data
        version = int.from_bytes(data[100:102], "big")
        self._number = version & 0xF
        if self._number not in (4, 5):
            raise FormatError(f"version {self._number} is not read here.", where="XFS")
        self._incompatible = int.from_bytes(data[216:220], "big") if self._number == 5 else 0
        if self._incompatible & ~_KNOWN:
            raise FormatError(f"it uses features that are not known here ({self._incompatible & ~_KNOWN:#x}).", where="XFS")
        features2 = int.from_bytes(data[200:204], "big") if version & _MORE_BITS else 0
        self._types = bool(self._incompatible & _FTYPE) if self._number == 5 else bool(features2 & _FTYPE_V4)
        self._geometry(size)
        self._budget = Budget(bounded(size, self.block, limits), "blocks of extent trees")
        self._dirty = xfs_log.dirty(self._read, self._super, self._place)

    def _geometry(self, size: int) -> None:
        data = self._super
        self.block = int.from_bytes(data[4:8], "big")
        self._total = int.from_bytes(data[8:16], "big")
        self._group: int
        self._groups: int
        self._group, self._groups = struct.unpack_from(">II", data, 84)
        sector, self._width = struct.unpack_from(">HH", data, 102)
        block_log, _, inode_log, self._per_log, self._group_log = data[120:125]
        if not 512 <= self.block <= 65536 or self.block != 1 << block_log:
            raise FormatError(f"a block size of {self.block} is not possible.", where="XFS")
        if not 256 <= self._width <= 2048 or self._width != 1 << inode_log or self._per_log != block_log - inode_log:
            raise FormatError(f"inodes of {self._width} bytes are not possible.", where="XFS")
        if not self._group or not self._groups or self._group > 1 << self._group_log or self._group_log > 31:
            raise FormatError("its allocation groups have no size.", where="XFS")
        self._folder_log = data[192]
        if self._folder_log + block_log > 16:
            raise FormatError("its folders' blocks are too large.", where="XFS")
        self._cut = self._total * self.block > size
        self._size = size
        if self._number == 5 and 512 <= sector <= 32768:
            whole = exactly(self._read, 0, sector, "XFS")
            computed = crc32c(whole[:_SECTOR_CRC] + bytes(4) + whole[_SECTOR_CRC + 4 :]) ^ 0xFFFFFFFF
            if computed != int.from_bytes(whole[_SECTOR_CRC : _SECTOR_CRC + 4], "little"):
                raise FormatError("its superblock's checksum does not hold.", where="XFS")

    @property
    def name(self) -> str:
        """See the protocol."""
        return "xfs"

    @property
    def uuid(self) -> str:
        """See the protocol."""
        return uuid_text(self._super[32:48])

    @property
    def label(self) -> str:
        """See the protocol."""
        return label_text(self._super[108:120])

    @property
    def root(self) -> int:
        """See the protocol."""
        return int.from_bytes(self._super[56:64], "big")

    def told(self) -> Sequence[str]:
        """See the protocol."""
        told = []
        if self._dirty:
            told.append(
                "its log holds changes that were not written to their places yet, and was not replayed: what changed last "
                "may be missing"
            )
        if self._incompatible & _NEEDS_REPAIR:
            told.append("it says of itself that it needs repair")
        if self._cut:
            told.append("it is larger than what is there of it")
        return told

    def _place(self, number: int) -> int:
        """The byte offset of a file system block. Raises FormatError."""
        group, block = number >> self._group_log, number & ((1 << self._group_log) - 1)
        if group >= self._groups or block >= self._group:
            raise FormatError(f"block {number:#x} lies beyond the end.", where="XFS")
        return (group * self._group + block) * self.block

    def node(self, number: int) -> Node:
        """See the protocol."""
        where = f"XFS inode {number}"
        at = self._place(number >> self._per_log) + (number & ((1 << self._per_log) - 1)) * self._width
        raw = exactly(self._read, at, self._width, where)
        fields = _CORE.unpack_from(raw)
        magic, mode, version, form = fields[0], fields[1], fields[2], fields[3]
        if magic != b"IN" or version not in (1, 2, 3):
            raise FormatError("it is damaged.", where=where)
        if version == 3 and int.from_bytes(raw[152:160], "big") != number:
            raise FormatError("it says that it is another one.", where=where)
        kind = mode & 0o170000
        more = int.from_bytes(raw[120:128], "big") if version == 3 else 0
        mtime = fields[12]
        if more & _BIGTIME:
            seconds = mtime // 1_000_000_000 - _EPOCH
        else:
            seconds = mtime >> 32
            seconds -= (1 << 32) if seconds & 0x80000000 else 0
        device = _device(raw, _core(raw)) if kind in _DEVICES else (0, 0)
        near = 0
        if form == EXTENTS and kind in (_REGULAR, _FOLDER):
            near = xfs_blocks.record(raw, _core(raw))[1] * self.block
        return Node(number, kind, mode & 0o7777, fields[5], fields[6], fields[14], seconds, near, raw, fields[22], device)

    def _fork(self, node: Node, *, attributes: bool) -> tuple[int, bytes, int]:
        """(format, bytes, number of extents) of the data or the attribute fork."""
        raw = node.raw
        start = _core(raw)
        offset = raw[82] * 8
        large = raw[4] == 3 and int.from_bytes(raw[120:128], "big") & _LARGE_COUNTERS
        if offset and start + offset > len(raw):
            raise FormatError("its attributes lie beyond it.", where=f"XFS inode {node.number}")
        if attributes:
            count = int.from_bytes(raw[76:80] if large else raw[80:82], "big")
            return (raw[83], raw[start + offset :], count) if offset else (0, b"", 0)
        count = int.from_bytes(raw[24:32] if large else raw[76:80], "big")
        return raw[5], raw[start : start + offset] if offset else raw[start:], count

    def _mapped(self, node: Node, *, attributes: bool = False) -> Iterator[Run]:
        where = f"XFS inode {node.number}"
        form, data, count = self._fork(node, attributes=attributes)
        if form == EXTENTS:
            found = xfs_blocks.extents(data, count, where)
        elif form == BTREE:
            found = xfs_blocks.tree(self._read, data, where, block=self.block, place=self._place, budget=self._budget)
        else:
            raise FormatError(f"its content has a form that is not known ({form}).", where=where)
        left = self._limits.extents
        for first, start, length, unwritten in found:
            if first * self.block >= node.size and not attributes and node.kind == _REGULAR:
                break
            left -= 1
            if left < 0:
                raise LimitError("it has more parts than are followed.", where=where)
            at = -1 if unwritten else self._place(start)
            if at >= 0:
                self._place(start + length - 1)  # an extent never leaves its group
            yield Run(first * self.block, at, length * self.block)

    def runs(self, node: Node) -> Sequence[Run]:
        """See the protocol."""
        return filled(list(self._mapped(node)), node.size, f"XFS inode {node.number}")

    def inline(self, node: Node) -> bytes | None:  # noqa: ARG002 -- the protocol's name
        """XFS keeps no file's content in its inode."""
        return None

    def names(self, folder: Node) -> Iterator[tuple[bytes, int]]:
        """See the protocol."""
        where = f"XFS folder {folder.number}"
        if folder.size > self._limits.folder:
            raise LimitError(f"a folder of {folder.size} bytes is not read.", where=where)
        form, data, _ = self._fork(folder, attributes=False)
        if form == LOCAL:
            yield from xfs_folders.short(data, self._types, where)
            return
        size = self.block << self._folder_log
        kept = b""
        for run in self._mapped(folder):
            if run.offset >= xfs_folders.INDEX:
                break
            if run.at < 0:
                raise FormatError("a folder has parts that were never written.", where=where)
            # A block of a folder may lie in several places; none has a hole.
            for piece in content(self._read, [Run(0, run.at, run.size)], run.size, where):
                data = kept + piece
                self._budget.take(len(piece) // self.block)
                whole = len(data) // size * size
                for at in range(0, whole, size):
                    yield from xfs_folders.block(data[at : at + size], self._types, where)
                kept = data[whole:]

    def link(self, node: Node) -> bytes:
        """See the protocol."""
        where = f"XFS link {node.number}"
        if node.size > self._limits.link:
            raise LimitError(f"a link of {node.size} bytes is not read.", where=where)
        form, data, _ = self._fork(node, attributes=False)
        if form == LOCAL:
            if node.size > len(data):
                raise FormatError("it is longer than its inode.", where=where)
            return data[: node.size]
        target = b""
        for run in self._mapped(node):
            piece = exactly(self._read, run.at, min(run.size, self._limits.link), where)
            if self._number == 5:
                if piece[:4] != b"XSLM":
                    raise FormatError("it is damaged.", where=where)
                piece = piece[_LINK_HEADER:]
            target += piece[: node.size - len(target)]
            if len(target) >= node.size:
                break
        if len(target) < node.size:
            raise FormatError("it is shorter than its size.", where=where)
        return target

    def capability(self, node: Node) -> bytes:
        """See the protocol."""
        form, data, count = self._fork(node, attributes=True)
        where = f"XFS inode {node.number}"
        if form == LOCAL:
            found = xfs_attributes.short(data, where)
        elif (form == EXTENTS and count) or form == BTREE:
            found = {}
            for run in self._mapped(node, attributes=True):
                for at in range(0, min(run.size, 1 << 20) if run.at >= 0 else 0, self.block):
                    self._budget.take()
                    found.update(xfs_attributes.leaf(exactly(self._read, run.at + at, self.block, where), where))
        else:
            return b""
        return found.get((xfs_attributes.SECURE, b"capability"), b"")

    def closed(self, node: Node) -> str:
        """See the protocol."""
        return "it lies on a real-time device" if node.flags & _REALTIME and node.kind == _REGULAR else ""


def _core(raw: bytes) -> int:
    """How long the fixed part of an inode is."""
    return 176 if raw[4] == 3 else 100


def _device(raw: bytes, start: int) -> tuple[int, int]:
    """XFS keeps 14 bits of the major and 18 of the minor number (sysv_encode_dev of the kernel's kdev_t.h)."""
    number = int.from_bytes(raw[start : start + 4], "big")
    return number >> 18 & 0x3FFF, number & 0x3FFFF
