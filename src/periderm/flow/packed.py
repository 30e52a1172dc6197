"""Looks into archives that lie in a layer: their texts one after the other, archives in archives too, up to limits.

Java archives, wheels, `tar.gz`, `zip`, compressed dumps and logs. It judges nothing and unpacks nothing to disk; what a
limit, damage or an unknown kind left out is counted and said in sentences.
"""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

from periderm.formats import zip_entries
from periderm.formats.compression import inflate
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import FileType
from periderm.model.limits import ScanLimits
from periderm.model.text import Text

PIECE = 1 << 20
_ZIP, _GZIP, _ZSTD, _BZIP2, _XZ = b"PK\3\4", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0"
_COMPRESSED = (_GZIP, _ZSTD, _BZIP2, _XZ)
_OTHERS = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")  # no reader here
_TAR_AT, _TAR = 257, b"ustar"
# What is compressed there was published with the distribution: manuals, character sets, fonts; kernel modules are programs.
_SHIPPED = re.compile(r"(^|/)usr/share/(?!.*\.(zip|tar|tgz|jar|war)(\.|$))|(^|/)lib/(modules|firmware)/|\.(svgz|ko)(\.|$)")
# No text, and no program that runs by itself: the most of every Java archive.
_NO_TEXT = re.compile(r"\.(class|png|jpe?g|gif|ico|webp|woff2?|ttf|eot|otf|mp[34]|kotlin_metadata|SF|DSA|RSA)$")
_DAMAGE = (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error, struct.error)
_TOO_LARGE, _TOO_DEEP, _TOO_MANY, _UNKNOWN, _DAMAGED = range(5)
_SENTENCES = {
    _TOO_LARGE: Text("{n} archives, or files in them, are too large ({where}).", "{n} 个归档或其中的文件过大（{where}）。"),
    _TOO_DEEP: Text("{n} archives are nested too deeply ({where}).", "{n} 个归档嵌套过深（{where}）。"),
    _TOO_MANY: Text(
        "The archives of a layer hold too much: {n} were not read to their ends ({where}).",
        "某一层的归档内容过多：{n} 个未读完（{where}）。",
    ),
    _UNKNOWN: Text(
        "{n} archives are encrypted or of a kind that is not read here ({where}).",
        "{n} 个归档已加密或属于此处不读取的类型（{where}）。",
    ),
    _DAMAGED: Text("{n} archives are damaged ({where}).", "{n} 个归档已损坏（{where}）。"),
}


def is_packed(path: str, head: bytes) -> bool:
    """Whether a file that begins so is looked into: the first 262 bytes tell a tar archive, 6 all others."""
    packed = head.startswith((_ZIP, *_COMPRESSED, *_OTHERS)) or head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR
    return packed and _SHIPPED.search(path) is None


class Packed:
    """The archives of one layer, which share its limits. One thread uses it."""

    def __init__(self, limits: ScanLimits) -> None:
        self._limits = limits
        self._room = limits.archives
        self._entries = limits.archive_entries
        self._left: Counter[int] = Counter()
        self._first: dict[int, str] = {}
        self.limited = False

    def texts(self, path: str, data: bytes, depth: int = 1) -> Iterator[tuple[str, bytes]]:
        """(path with `!/` before each inner name, content) of what lies in an archive; `data` may be mapped."""
        if depth > self._limits.archive_depth:
            self._miss(_TOO_DEEP, path)
            return
        if not self._room or not self._entries:
            self._miss(_TOO_MANY, path)
            return
        try:
            yield from self._zip(path, data, depth) if data[:4] == _ZIP else self._stream(path, data, depth)
        except LimitError:
            self._miss(_TOO_MANY, path)
        except (FormatError, *_DAMAGE):
            self._miss(_DAMAGED, path)

    def missed(self) -> Iterator[Text]:
        """What was left out, a sentence for each reason."""
        for why, count in sorted(self._left.items()):
            yield _SENTENCES[why].fill(n=count, where=self._first[why])

    def large(self, path: str) -> None:
        """An archive that nobody read, because it is too large."""
        self._miss(_TOO_LARGE, path)

    def _miss(self, why: int, path: str) -> None:
        self._left[why] += 1
        self._first.setdefault(why, path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
        self.limited = self.limited or why == _TOO_MANY

    def _zip(self, path: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
        view = memoryview(data)
        for entry in zip_entries.entries(view):
            self._entries -= 1
            inner = f"{path}!/{entry.name}"
            if not self._entries:
                raise LimitError("too many entries")
            if _NO_TEXT.search(entry.name) or not entry.size:
                continue
            if entry.size > self._limits.archive_member:
                self._miss(_TOO_LARGE, inner)
                continue
            try:
                content = zip_entries.read(view, entry, most=min(self._room, self._limits.archive_member))
            except LimitError:
                raise
            except FormatError:
                self._miss(_UNKNOWN, inner)
                continue
            yield from self._content(inner, content, depth)

    def _stream(self, path: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
        if data[:6].startswith(_OTHERS):
            self._miss(_UNKNOWN, path)
            return
        chunks = self._counted(_plain(data, self._room))
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= _TAR_AT + len(_TAR):
                break
        rest = _again(head, chunks)
        if head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            yield from self._tar(path, rest, depth)
            return
        whole = bytearray()
        for chunk in rest:
            whole += chunk
            if len(whole) > self._limits.archive_member:
                self._miss(_TOO_LARGE, path)
                return
        name = path.rpartition("/")[2].rpartition(".")[0] or "content"
        yield from self._content(f"{path}!/{name}", bytes(whole), depth, counted=True)

    def _tar(self, path: str, chunks: Iterable[bytes], depth: int) -> Iterator[tuple[str, bytes]]:
        for member in TarStream(chunks, path, self._limits.archive_member):
            self._entries -= 1
            entry = member.entry
            inner = f"{path}!/{entry.path}"
            if not self._entries:
                raise LimitError("too many entries")
            if entry.type is not FileType.REGULAR or not entry.size or _NO_TEXT.search(entry.path):
                continue
            if entry.size > self._limits.archive_member:
                self._miss(_TOO_LARGE, inner)
                continue
            yield from self._content(inner, member.read(), depth, counted=True)

    def _content(self, path: str, content: bytes, depth: int, *, counted: bool = False) -> Iterator[tuple[str, bytes]]:
        if not counted:
            self._take(len(content))
        if is_packed(path, content[: _TAR_AT + len(_TAR)]):
            yield from self.texts(path, content, depth + 1)
        else:
            yield path, content

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._take(len(chunk))
            yield chunk

    def _take(self, size: int) -> None:
        self._room = max(0, self._room - size)
        if not self._room:
            raise LimitError("too much")


def _plain(data: bytes, most: int) -> Iterator[bytes]:
    """The inflated bytes of a compressed file, or the bytes themselves."""
    magic = data[:6]
    if not magic.startswith((_BZIP2, _XZ)):
        yield from inflate((data[at : at + PIECE] for at in range(0, len(data), PIECE)), most=most)
        return
    engine = bz2.BZ2Decompressor() if magic.startswith(_BZIP2) else lzma.LZMADecompressor(lzma.FORMAT_XZ, 128 << 20)
    at = 0
    while not engine.eof:
        piece = data[at : at + PIECE] if engine.needs_input else b""
        at += len(piece)
        if engine.needs_input and not piece:
            raise EOFError("it was cut")
        yield engine.decompress(piece, PIECE)


def _again(head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest
