"""A bbolt file (go.etcd.io/bbolt, file format 2), read only: the keys and values of one bucket. Never writes, takes no lock.

Podman 4 keeps its containers in one. A writer may be at work while the bytes are copied: it never overwrites pages
that the newest complete meta page reaches before the next but one transaction, and what still tore is a FormatError,
after which the caller reads again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.model.errors import FormatError, LimitError

_PAGE = struct.Struct("<QHHI")  # id, flags, count, overflow
_META = struct.Struct("<IIIIQQQQQQ")  # magic, version, page size, flags, root, sequence, freelist, pages, txid, checksum
_BRANCH = struct.Struct("<IIQ")  # pos, ksize, pgid
_LEAF = struct.Struct("<IIII")  # flags, pos, ksize, vsize
_BUCKET = struct.Struct("<QQ")  # root, sequence
_MAGIC = 0xED0CDAED
_BRANCH_PAGE, _LEAF_PAGE, _META_PAGE = 1, 2, 4
_BUCKET_LEAF = 1
_DEPTH = 64
_ELEMENTS = 1_000_000


def _fnv64a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class BoltFile:
    """The newest complete state in the bytes. Raises FormatError for what is no bolt file or is torn."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _ELEMENTS
        self._known: dict[tuple[bytes, ...], dict[bytes, int]] = {}
        first = self._meta(0)
        size = first[0] if first else 4096
        metas = [meta for meta in (first, self._meta(size)) if meta]
        if not metas:
            raise FormatError("No valid meta page: this is no bolt file, or it is damaged.")
        self._size, self._root, _ = max(metas, key=lambda meta: meta[2])
        if self._size < 512 or self._size & (self._size - 1):
            raise FormatError(f"A bolt page of {self._size} bytes does not exist.")

    def _meta(self, offset: int) -> tuple[int, int, int] | None:
        """(page size, root page, transaction) of the meta page at `offset`, None if it is not valid."""
        end = offset + _PAGE.size + _META.size
        if end > len(self._data):
            return None
        _, flags, _, _ = _PAGE.unpack_from(self._data, offset)
        magic, version, size, _, root, _, _, _, txid, checksum = _META.unpack_from(self._data, offset + _PAGE.size)
        body = self._data[offset + _PAGE.size : end - 8]
        if not flags & _META_PAGE or magic != _MAGIC or version != 2 or checksum != _fnv64a(body):
            return None
        return size, root, txid

    def _slice(self, start: int, length: int) -> bytes:
        if start < 0 or start + length > len(self._data):
            raise FormatError("A bolt element lies beyond the end of the file.")
        return self._data[start : start + length]

    def _page(self, page: int) -> int:
        offset = page * self._size
        if page < 2 or offset + _PAGE.size > len(self._data):
            raise FormatError(f"Bolt page {page} is not in the file.")
        return offset

    def _walk(self, offset: int, depth: int) -> Iterator[tuple[bytes, int, int, int]]:
        """(key, flags, start of the value, its length) below the page at a byte offset."""
        if depth > _DEPTH:
            raise FormatError("Bolt pages nest without end.")
        _, flags, count, _ = _PAGE.unpack(self._slice(offset, _PAGE.size))
        base = offset + _PAGE.size
        self._left -= count
        if self._left < 0:
            raise LimitError(f"More than {_ELEMENTS} elements in a bolt file.")
        for index in range(count):
            at = base + index * 16
            if flags & _BRANCH_PAGE:
                _, _, page = _BRANCH.unpack(self._slice(at, 16))
                yield from self._walk(self._page(page), depth + 1)
            elif flags & _LEAF_PAGE:
                kind, pos, ksize, vsize = _LEAF.unpack(self._slice(at, 16))
                yield self._slice(at + pos, ksize), kind, at + pos + ksize, vsize
            else:
                raise FormatError("A bolt page is neither branch nor leaf.")

    def _inside(self, path: tuple[bytes, ...]) -> dict[bytes, int]:
        """Byte offsets of the pages of the buckets in the bucket at `path`; each level is walked once and remembered."""
        known = self._known.get(path)
        if known is None:
            known = {}
            offset = self._bucket(path)
            for key, kind, start, length in self._walk(offset, 0) if offset is not None else ():
                if kind & _BUCKET_LEAF:
                    root, _ = _BUCKET.unpack(self._slice(start, _BUCKET.size))
                    if not root and length < _BUCKET.size + _PAGE.size:
                        raise FormatError("An inline bolt bucket is too short.")
                    known[key] = self._page(root) if root else start + _BUCKET.size
            self._known[path] = known
        return known

    def _bucket(self, path: tuple[bytes, ...]) -> int | None:
        """The byte offset of the page of a bucket, None if there is no such bucket."""
        return self._inside(path[:-1]).get(path[-1]) if path else self._page(self._root)

    def buckets(self, path: tuple[bytes, ...]) -> Iterator[bytes]:
        """Names of the buckets inside the bucket at `path`; nothing if there is no such bucket."""
        yield from self._inside(path)

    def values(self, path: tuple[bytes, ...]) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values of the bucket at `path`, in key order, without the buckets inside it."""
        offset = self._bucket(path)
        if offset is not None:
            for key, kind, start, length in self._walk(offset, 0):
                if not kind & _BUCKET_LEAF:
                    yield key, self._slice(start, length)
