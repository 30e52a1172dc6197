"""Reads a layer once: bytes in, entries out, digests computed on the way and compared at the end. Judges nothing."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import assert_never

from periderm.formats.compression import inflate
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import ScanLimits
from periderm.ports.image_source import BlobLayer, Entry, Layer, TreeLayer

Advance = Callable[[int], None]  # told how many bytes of the layer were taken


class Hasher:
    """SHA-256 on a thread of its own: hashing a large piece lets go of the interpreter, so it costs no time where
    there is a second core. Holds at most `AHEAD` pieces."""

    AHEAD = 4

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._thread = ThreadPoolExecutor(1, "hash")
        self._waiting: deque[Future[None]] = deque()

    def update(self, piece: bytes) -> None:
        """Hashes a piece, later."""
        if len(self._waiting) >= self.AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._digest.update, piece))

    def hexdigest(self) -> str:
        """The digest of all pieces."""
        while self._waiting:
            self._waiting.popleft().result()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown()


class LayerReader:
    """One pass over one layer. `size` counts its inflated bytes; `limit` is the limit that ended it early, if any."""

    def __init__(self, layer: Layer, limits: ScanLimits, advance: Advance) -> None:
        self._layer = layer
        self._limits = limits
        self._advance = advance
        self._blob_hash = hashlib.sha256()
        self._diff_hash = Hasher()
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
                    self._diff_hash.close()
            case _:
                assert_never(layer)

    def _blob_entries(self, layer: BlobLayer) -> Iterator[Entry]:
        where = f"layer {layer.diff_id[:19]}"
        chunks = self._inflated(layer, where)
        yield from TarStream(chunks, where, self._limits.sparse_file)
        for _ in chunks:
            pass  # what follows the end mark belongs to the digest
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
                self.size += len(piece)
                self._diff_hash.update(piece)
                yield piece
        except LimitError as error:
            self.limit = error
            raise

    def _taken(self, layer: BlobLayer) -> Iterator[bytes]:
        twice = layer.blob_digest not in ("", layer.diff_id)  # a plain tar's two digests are one
        for chunk in layer.chunks():
            self._advance(len(chunk))
            if twice:
                self._blob_hash.update(chunk)
            yield chunk
