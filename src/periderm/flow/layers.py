"""Reads a layer once: bytes in, entries out, digests computed on the way and compared at the end. Judges nothing."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol, assert_never

from periderm.formats.compression import inflate
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import ScanLimits
from periderm.ports.image_source import BlobLayer, Entry, Layer, TreeLayer

Advance = Callable[[int], None]  # told how many bytes of the layer were taken
_SMALL = 256 << 10  # a layer of this size is hashed sooner than a thread is started


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class Room:
    """Inflated bytes that all layers of an image may give together; readers on several threads take from it."""

    def __init__(self, size: int) -> None:
        self._most = self._left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Raises LimitError when there is no room left."""
        with self._lock:
            self._left -= size
            if self._left < 0:
                raise LimitError(f"the image's layers inflate to more than {self._most} bytes together.")


class Hasher:
    """Digests on a thread of their own: hashing a large piece lets go of the interpreter, so it costs no time where
    there is a second core. Holds at most `AHEAD` pieces. Without `ahead` it hashes at once."""

    AHEAD = 6

    def __init__(self, *, ahead: bool) -> None:
        self._waiting: queue.SimpleQueue[tuple[_Hash, bytes] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(self.AHEAD)
        self._failed = False
        self._thread: threading.Thread | None = threading.Thread(target=self._run, name="hash", daemon=True)
        try:
            if ahead:
                self._thread.start()
        except RuntimeError:  # there is no room for its stack
            ahead = False
        if not ahead:
            self._thread = None

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            try:
                item[0].update(item[1])
            except MemoryError:
                self._failed = True
            finally:
                del item
                self._room.release()

    def update(self, digest: _Hash, piece: bytes) -> None:
        """Hashes a piece, later."""
        if self._thread is None:
            digest.update(piece)
            return
        self._room.acquire()
        self._waiting.put((digest, piece))

    def close(self) -> None:
        """Ends the thread when all pieces are hashed."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        if self._failed:
            raise MemoryError("no memory to hash")


class LayerReader:
    """One pass over one layer. `size` counts its inflated bytes; `limit` is the limit that ended it early, if any."""

    def __init__(self, layer: Layer, limits: ScanLimits, advance: Advance, room: Room | None = None) -> None:
        self._layer = layer
        self._room = room or Room(limits.inflated)
        self._limits = limits
        self._advance = advance
        self._blob_hash = hashlib.sha256()
        self._diff_hash = hashlib.sha256()
        self._hasher = Hasher(ahead=isinstance(layer, BlobLayer) and layer.size > _SMALL)
        self.size = 0
        self.limit: LimitError | None = None

    @property
    def verified(self) -> bool:
        """Whether the digest can be verified at all: not in a layer that lies unpacked."""
        return isinstance(self._layer, BlobLayer)

    def entries(self) -> Iterator[Entry]:
        """All entries in order. Raises FormatError for damage and for a digest that does not hold, LimitError."""
        layer = self._layer
        match layer:
            case TreeLayer():
                for entry in layer.entries():
                    self.size += entry.entry.size
                    self._advance(entry.entry.size)
                    yield entry
            case BlobLayer():
                try:
                    yield from self._blob_entries(layer)
                finally:
                    self._hasher.close()
            case _:
                assert_never(layer)

    def _blob_entries(self, layer: BlobLayer) -> Iterator[Entry]:
        where = f"layer {layer.diff_id[:19]}"
        chunks = self._inflated(layer, where)
        yield from TarStream(chunks, where, self._limits.sparse_file)
        for _ in chunks:
            pass  # what follows the end mark belongs to the digest
        self._hasher.close()
        diff_id = self._diff_hash.hexdigest()
        if diff_id != layer.diff_id.removeprefix("sha256:"):
            raise FormatError(
                f"its digest is sha256:{diff_id[:12]}…, not what the configuration promises.",
                "The image was changed or damaged; fetch it again.",
                where=where,
            )
        twice = layer.blob_digest not in ("", layer.diff_id)
        if twice and self._blob_hash.hexdigest() != layer.blob_digest.removeprefix("sha256:"):
            raise FormatError("its blob has another digest than the manifest promises.", "Fetch it again.", where=where)

    def _inflated(self, layer: BlobLayer, where: str) -> Iterator[bytes]:
        limits = self._limits
        pieces = inflate(self._taken(layer), most=limits.inflated, ratio=limits.ratio, floor=limits.ratio_floor, where=where)
        try:
            for piece in pieces:
                self._room.take(len(piece))
                self.size += len(piece)
                self._hasher.update(self._diff_hash, piece)
                yield piece
        except LimitError as error:
            self.limit = error
            raise

    def _taken(self, layer: BlobLayer) -> Iterator[bytes]:
        twice = layer.blob_digest not in ("", layer.diff_id)  # a plain tar's two digests are one
        for chunk in layer.chunks():
            self._advance(len(chunk))
            if twice:
                self._hasher.update(self._blob_hash, chunk)
            yield chunk
