"""How the file is laid out: tables, keys, and rows packed into checked, compressed pieces. Opens nothing.

A package's rows lie together in one piece under a hash of its name, so that a look-up is one step down one tree. Each
piece begins with its CRC-32 and one byte that says whether it is compressed.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from typing import TYPE_CHECKING

import msgspec

from periderm.model.advisory import Advisory, AdvisoryHit, PackageName
from periderm.model.errors import AdvisoryError

if TYPE_CHECKING:
    import zstandard

SCHEMA = 1
APPLICATION_ID = 0x50444156  # 'PDAV'
PAGE = 4096
BUILD_AGAIN = "Build it again with `periderm advisories build` or `periderm advisories update`."

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE package (key INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE detail (key INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE alias (key INTEGER NOT NULL, detail INTEGER NOT NULL, PRIMARY KEY (key, detail)) WITHOUT ROWID;
CREATE TABLE exploitation (
    cve INTEGER PRIMARY KEY, probability INTEGER, percentile INTEGER, known INTEGER, due INTEGER, ransomware INTEGER
);
"""

_CVE = re.compile(r"CVE-(\d{4})-(\d{4,10})", re.ASCII)
_HEAD = struct.Struct("<LB")
_PLAIN, _ZSTD = 0, 1
_SMALLEST = 96  # bytes below which compression costs more than it saves
_LARGEST = 256 << 20  # what a piece may inflate to
_NUMBER = 10**10

hits_encoder = msgspec.msgpack.Encoder()
hits_decoder = msgspec.msgpack.Decoder(list[AdvisoryHit])
detail_decoder = msgspec.msgpack.Decoder(Advisory)


def key_of(*words: str) -> int:
    """The key of a package (ecosystem, name) or of an id, as SQLite's signed 64 bits."""
    text = "\0".join(words).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def key_of_package(name: PackageName) -> int:
    """The key of a package's rows."""
    return key_of(name.ecosystem, name.name)


def cve_number(cve: str) -> int:
    """The year and the number as one integer, -1 for what is no CVE id."""
    match = _CVE.fullmatch(cve)
    return int(match.group(1)) * _NUMBER + int(match.group(2)) if match else -1


def pack(body: bytes, compressor: zstandard.ZstdCompressor | None) -> bytes:
    """A piece with its check; compressed where that is smaller."""
    kind = _PLAIN
    if compressor is not None and len(body) >= _SMALLEST:
        packed = compressor.compress(body)
        if len(packed) < len(body):
            kind, body = _ZSTD, packed
    return _HEAD.pack(zlib.crc32(body), kind) + body


def unpack(piece: bytes, decompressor: zstandard.ZstdDecompressor | None) -> bytes:
    """The body of a piece. Raises AdvisoryError if its bytes are not those that were written."""
    if len(piece) < _HEAD.size:
        raise damaged("a row is too short")
    check, kind = _HEAD.unpack_from(piece)
    body = piece[_HEAD.size :]
    if zlib.crc32(body) != check:
        raise damaged("a row does not match its checksum")
    if kind == _PLAIN:
        return body
    if kind != _ZSTD or decompressor is None:
        raise damaged("a row is packed in an unknown way")
    import zstandard

    try:
        return decompressor.decompress(body, max_output_size=_LARGEST)
    except zstandard.ZstdError as error:
        raise damaged(f"a row cannot be unpacked ({error})") from error


def damaged(why: str) -> AdvisoryError:
    """The error for a file that is not as it was written."""
    return AdvisoryError(f"The advisory store is damaged: {why}.", BUILD_AGAIN)
