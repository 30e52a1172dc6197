"""ext2, ext3 and ext4: superblock, groups, inodes, folders and links. Read only: no journal is replayed, nothing repaired.

Sources: Linux Documentation/filesystems/ext4 (super, group_descr, inodes, directory, inlinedata, checksums), ext2_fs.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from periderm.formats.disk import ext4_attributes, ext4_blocks, ext4_folders
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

MAGIC = 0xEF53
SUPER = 1024  # where the superblock lies, and its size
# Incompatible features: s_feature_incompat.
_COMPRESSION, _RECOVER, _JOURNAL_DEVICE, _META_BG, _64BIT = 0x1, 0x4, 0x8, 0x10, 0x80
_CSUM_SEED = 0x2000
_KNOWN = 0x2 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000
_SPARSE_SUPER, _METADATA_CSUM = 0x1, 0x400  # s_feature_ro_compat
_SPARSE_SUPER2 = 0x200  # s_feature_compat
_ENCRYPTED, _EXTENTS, _INLINE = 0x800, 0x80000, 0x10000000  # i_flags
_FOLDER, _LINK, _REGULAR = 0o040000, 0o120000, 0o100000
_DEVICES = (0o020000, 0o060000)
_INODE = struct.Struct("<HHIIIIIHHII")  # mode … flags
_ROOT = 2
_FAST = 60  # bytes of i_block, which hold a short link


class Ext4:
    """`reading.FileSystem` over a volume. Raises FormatError if it is none, or has features that are not known."""

    def __init__(self, read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> None:
        data = exactly(read, SUPER, 1024, "ext4")
        if int.from_bytes(data[56:58], "little") != MAGIC:
            raise FormatError("this is no ext4 file system.", where="ext4")
        self._read = read
        self._limits = limits
        self._super = data
        compatible, incompatible, self._read_only = struct.unpack_from("<III", data, 92)
        self._incompatible = incompatible
        if incompatible & _JOURNAL_DEVICE:
            raise FormatError("this is another file system's journal and holds no files.", where="ext4")
        unknown = incompatible & ~_KNOWN
        if unknown:
            raise FormatError(f"it uses features that are not known here ({unknown:#x}).", where="ext4")
        self._checksums = bool(self._read_only & _METADATA_CSUM)
        if self._checksums and crc32c(data[:1020]) != int.from_bytes(data[1020:], "little"):
            raise FormatError("its superblock's checksum does not hold.", where="ext4")
        self._geometry(size, compatible)
        self._seed = int.from_bytes(data[0x270:0x274], "little") if incompatible & _CSUM_SEED else crc32c(data[104:120])
        self._tables: dict[int, int] = {}
        budget = Budget(bounded(size, self.block, limits), "blocks of block maps")
        self._space = ext4_blocks.Space(read, self.block, self.blocks, budget)

    def _geometry(self, size: int, compatible: int) -> None:
        data = self._super
        self._first: int
        self._per_group: int
        self._inodes_per_group: int
        (inodes,) = struct.unpack_from("<I", data)
        blocks, _, _, _, self._first, log, _, self._per_group, _, self._inodes_per_group = struct.unpack_from("<10I", data, 4)
        revision = int.from_bytes(data[76:80], "little")
        width = int.from_bytes(data[88:90], "little") if revision else 128
        if self._incompatible & _64BIT:
            blocks |= int.from_bytes(data[0x150:0x154], "little") << 32
        if log > 6:
            raise FormatError(f"a block size of 2^{log + 10} is not possible.", where="ext4")
        self.block: int = 1024 << log
        if width < 128 or width > self.block or width & (width - 1):
            raise FormatError(f"inodes of {width} bytes are not possible.", where="ext4")
        if not self._per_group or not self._inodes_per_group or self._first > 1 or not blocks:
            raise FormatError("its groups have no size.", where="ext4")
        if self._per_group > self.block * 8 * 65_536 or self._inodes_per_group > self.block * 8:
            raise FormatError("its groups are larger than their bitmaps.", where="ext4")
        self._inodes, self._width = inodes, width
        self.blocks = min(blocks, size // self.block)
        self._cut = blocks > self.blocks
        described = int.from_bytes(data[254:256], "little") if self._incompatible & _64BIT else 32
        if described < 32 or described > 1024 or described & (described - 1):
            raise FormatError(f"group descriptors of {described} bytes are not possible.", where="ext4")
        self._descriptor = described
        self._groups = -(-(blocks - self._first) // self._per_group)
        self._sparse2 = bool(compatible & _SPARSE_SUPER2)

    @property
    def name(self) -> str:
        """ext2 has no journal, ext3 one and no extents."""
        journal = int.from_bytes(self._super[92:96], "little") & 0x4
        return "ext4" if self._incompatible & 0x2C0 or self._checksums else "ext3" if journal else "ext2"

    @property
    def uuid(self) -> str:
        """See the protocol."""
        return uuid_text(self._super[104:120])

    @property
    def label(self) -> str:
        """See the protocol."""
        return label_text(self._super[120:136])

    @property
    def root(self) -> int:
        """See the protocol."""
        return _ROOT

    def told(self) -> Sequence[str]:
        """See the protocol."""
        told = []
        if self._incompatible & _RECOVER:
            told.append(
                "its journal holds changes that were not written to their places yet, and was not replayed: what changed "
                "last may be missing"
            )
        if self._cut:
            told.append("it is larger than what is there of it")
        return told

    def _group(self, number: int) -> int:
        """The byte offset of a group's inode table."""
        known = self._tables.get(number)
        if known is not None:
            return known
        if number >= self._groups:
            raise FormatError(f"there is no group {number}.", where="ext4")
        per_block = self.block // self._descriptor
        index, slot = divmod(number, per_block)
        if self._incompatible & _META_BG and index >= int.from_bytes(self._super[0x104:0x108], "little"):
            first = index * per_block
            at = self._first + first * self._per_group + self._has_super(first)
            at += SUPER // self.block - self._first if not first else 0  # bigalloc with blocks of 1024: super is in block 1
        else:
            at = SUPER // self.block + 1 + index
        data = exactly(self._read, at * self.block + slot * self._descriptor, self._descriptor, f"ext4 group {number}")
        if self._checksums:
            self._verify_group(number, data)
        table = int.from_bytes(data[8:12], "little")
        if self._descriptor >= 64:
            table |= int.from_bytes(data[0x28:0x2C], "little") << 32
        if not table or table >= self.blocks:
            raise FormatError("its inodes lie beyond the end of the disk.", where=f"ext4 group {number}")
        if len(self._tables) < 100_000:
            self._tables[number] = table * self.block
        return table * self.block

    def _verify_group(self, number: int, data: bytes) -> None:
        computed = crc32c(number.to_bytes(4, "little"), self._seed)
        computed = crc32c(data[:30] + b"\0\0" + data[32:], computed)
        if computed & 0xFFFF != int.from_bytes(data[30:32], "little"):
            raise FormatError("its descriptor's checksum does not hold.", where=f"ext4 group {number}")

    def _has_super(self, group: int) -> bool:
        """Whether a group begins with a copy of the superblock."""
        if self._sparse2:
            return group in (0, *struct.unpack_from("<II", self._super, 0x24C))
        if group <= 1 or not self._read_only & _SPARSE_SUPER:
            return True
        for base in (3, 5, 7):
            power = base
            while power < group:
                power *= base
            if power == group:
                return True
        return False

    def node(self, number: int) -> Node:
        """See the protocol."""
        if not 0 < number <= self._inodes:
            raise FormatError(f"there is no inode {number}.", where="ext4")
        group, slot = divmod(number - 1, self._inodes_per_group)
        raw = exactly(self._read, self._group(group) + slot * self._width, self._width, f"ext4 inode {number}")
        mode, uid, size, _, _, mtime, _, gid, _, _, flags = _INODE.unpack_from(raw)
        kind = mode & 0o170000
        if kind in (_REGULAR, _FOLDER):
            size |= int.from_bytes(raw[108:112], "little") << 32
        uid |= int.from_bytes(raw[120:122], "little") << 16
        gid |= int.from_bytes(raw[122:124], "little") << 16
        if self._width > 128:
            extra = int.from_bytes(raw[128:130], "little")
            epoch = int.from_bytes(raw[136:140], "little") & 3 if extra >= 12 else 0
        else:
            epoch = 0
        mtime = mtime - (1 << 32) if mtime & 0x80000000 else mtime  # signed, then the epoch's bits: inodes.rst
        device = _device(raw) if kind in _DEVICES else (0, 0)
        near = ext4_blocks.near(raw, flags) * self.block if kind in (_REGULAR, _FOLDER) and not flags & _INLINE else 0
        return Node(number, kind, mode & 0o7777, uid, gid, size, mtime + (epoch << 32), near, raw, flags, device)

    def runs(self, node: Node) -> Sequence[Run]:
        """See the protocol."""
        where = f"ext4 inode {node.number}"
        blocks = -(-node.size // self.block)
        if node.flags & _EXTENTS:
            verify = self._verifier(node) if self._checksums else None
            found = ext4_blocks.extents(self._space, node.raw[40:100], where, verify)
        else:
            found = ext4_blocks.indirect(self._space, node.raw[40:100], blocks, where)
        runs = []
        for run in found:
            if run.offset >= node.size:
                break
            runs.append(run)
            if len(runs) > self._limits.extents:
                raise LimitError("it has more parts than are followed.", where=where)
        return filled(runs, node.size, where)

    def _verifier(self, node: Node) -> int:
        """The value that the checksums of an inode's blocks begin with."""
        return crc32c(node.number.to_bytes(4, "little") + node.raw[100:104], self._seed)

    def inline(self, node: Node) -> bytes | None:
        """See the protocol."""
        if not node.flags & _INLINE:
            return None
        rest = ext4_attributes.in_inode(node.raw).get((7, b"data"), b"")
        data = node.raw[40:100] + rest
        if len(data) < node.size:
            raise FormatError("less lies in the inode than its size.", where=f"ext4 inode {node.number}")
        return data[: node.size]

    def names(self, folder: Node) -> Iterator[tuple[bytes, int]]:
        """See the protocol."""
        where = f"ext4 folder {folder.number}"
        if folder.size > self._limits.folder:
            raise LimitError(f"a folder of {folder.size} bytes is not read.", where=where)
        if folder.flags & _INLINE:
            rest = ext4_attributes.in_inode(folder.raw).get((7, b"data"), b"")
            yield from ext4_folders.entries(folder.raw[44:100], where)  # after the parent's number
            yield from ext4_folders.entries(rest, where)
            return
        kept = b""
        for piece in content(self._read, self.runs(folder), folder.size, where):
            data = kept + piece
            self._space.budget.take(len(piece) // self.block)
            whole = len(data) // self.block * self.block
            for at in range(0, whole, self.block):
                yield from ext4_folders.entries(data[at : at + self.block], where)
            kept = data[whole:]

    def link(self, node: Node) -> bytes:
        """See the protocol."""
        if node.size > self._limits.link:
            raise LimitError(f"a link of {node.size} bytes is not read.", where=f"ext4 inode {node.number}")
        if node.flags & _INLINE:
            return self.inline(node) or b""
        if node.size < _FAST and not node.flags & _EXTENTS:
            return node.raw[40 : 40 + node.size]
        return b"".join(content(self._read, self.runs(node), node.size, f"ext4 link {node.number}"))

    def capability(self, node: Node) -> bytes:
        """See the protocol."""
        key = (6, b"capability")
        found = ext4_attributes.in_inode(node.raw).get(key)
        if found is None:
            block = int.from_bytes(node.raw[104:108], "little") | int.from_bytes(node.raw[118:120], "little") << 32
            if not block:
                return b""
            if block >= self.blocks:
                raise FormatError("its attributes lie beyond the end of the disk.", where=f"ext4 inode {node.number}")
            data = exactly(self._read, block * self.block, self.block, f"ext4 inode {node.number}")
            found = ext4_attributes.in_block(data).get(key)
        return found or b""

    def closed(self, node: Node) -> str:
        """See the protocol."""
        return "it is encrypted" if node.flags & _ENCRYPTED else ""


def _device(raw: bytes) -> tuple[int, int]:
    """Major and minor number: the old form is 8:8 bits in the first word, the new one lies in the second."""
    old, new = struct.unpack_from("<II", raw, 40)
    if old:
        return old >> 8 & 0xFF, old & 0xFF
    return (new & 0xFFF00) >> 8, new & 0xFF | (new >> 12) & 0xFFF00
