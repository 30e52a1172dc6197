"""Scans one opened image: each layer once, offered to the engine and to the package databases; then the judgement.

What a limit leaves out is said in the result; damage and digests that do not hold end the scan with an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from periderm.engines.image import DETECTORS
from periderm.engines.image.engine import ImageEngine, Want, printable
from periderm.engines.image.facts import Detector
from periderm.flow.layers import LayerReader
from periderm.flow.packages import PackageDatabases
from periderm.model.envelope import ScanResult
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import FileType, ImageInventory, LayerEntry
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.image_source import BlobLayer, Entry, Layer, OpenImage

Progress = Callable[[str, float | None], None]
_STEP = 8 << 20  # bytes between two progress reports
_LAYER_FLOOR = 16 << 20  # below this a layer may inflate as it likes, so that many small bombs end soon too
_OVERLAP = 8192  # longer than any secret: one that lies across two pieces is whole in the second


def quiet(_text: str, _done: float | None) -> None:
    """Progress for nobody."""


class _Scan:
    """The state of one scan."""

    def __init__(self, image: OpenImage, detectors: Sequence[Detector], limits: ScanLimits, progress: Progress) -> None:
        self.image = image
        self.limits = limits
        self.engine = ImageEngine(detectors, limits)
        self.databases = PackageDatabases(limits)
        self.size = 0
        self.unreadable = 0
        self._progress = progress
        self._total = sum(layer.size for layer in image.layers if isinstance(layer, BlobLayer))
        self._done = 0
        self._said = 0

    def advance(self, size: int) -> None:
        """Counts bytes and reports progress now and then."""
        self._done += size
        if self._done - self._said >= _STEP:
            self._said = self._done
            share = min(1.0, self._done / self._total) if self._total else None
            self._progress(f"{self.image.reference}: {self._done >> 20} MiB", share)

    def present(self, path: str) -> bool:
        """Whether the file system so far has the path."""
        return self.engine.view.find(path) is not None

    def layer(self, layer: Layer) -> None:
        """One layer, whole or up to a limit."""
        limits = msgspec.structs.replace(
            self.limits,
            inflated=max(0, self.limits.inflated - self.size),
            ratio_floor=max(_LAYER_FLOOR, self.limits.ratio_floor - self.size),
        )
        reader = LayerReader(layer, limits, self.advance)
        self.engine.begin_layer(layer.diff_id)
        try:
            for item in reader.entries():
                self.entry(item, reader)
        except LimitError as error:
            name = layer.diff_id[:19] or "the folder"
            self.engine.miss(
                Text(
                    f"The rest of layer {name} was not read and its digest not verified: {error.what}",
                    f"层 {name} 的其余部分未读取，其摘要未校验：{error.what}",
                )
            )
        finally:
            self.size += reader.size
        if not isinstance(layer, BlobLayer):
            for sentence in layer.missed():
                self.engine.miss(Text(sentence, sentence))
        self.databases.end_layer(layer.diff_id, self.present)

    def entry(self, item: Entry, reader: LayerReader) -> None:
        """One entry; its content is read once, whatever wants it."""
        entry = item.entry
        want = self.engine.look(entry)
        regular = entry.type is FileType.REGULAR
        database = regular and self.databases.wants(entry.path, entry.size)
        if not want and not database:
            return
        try:
            self.content(item, entry, want, database)
        except FormatError as error:
            if reader.limit is not None or (reader.verified and not isinstance(error, LimitError)):
                raise
            self.unreadable += 1
            if self.unreadable <= 20:
                path = printable(entry.path)
                self.engine.miss(Text(f"{path} was not read: {error.what}", f"未读取 {path}：{error.what}"))

    def content(self, item: Entry, entry: LayerEntry, want: int, database: bool) -> None:
        """Reads what is wanted: whole where it is searched or parsed, else piece by piece."""
        if database or want & Want.TEXT:
            data = item.read()
            if want & Want.DIGEST:
                self.engine.digest(hashlib.sha256(data).hexdigest())
            if want & Want.TEXT and self.engine.is_text(entry, data):
                self.engine.text(entry, data)
            if database:
                self.databases.take(entry.path, data)
            return
        digest = hashlib.sha256()
        search = bool(want & Want.PIECES)
        kept, lines, first = b"", 0, True
        for chunk in item.chunks():
            if search and first:
                search = self.engine.is_text(entry, chunk)
            first = False
            if search:
                piece = kept + chunk
                self.engine.text(entry, piece, lines)
                kept = piece[-_OVERLAP:]
                lines += piece.count(b"\n", 0, len(piece) - len(kept))
            if want & Want.DIGEST:
                digest.update(chunk)
            elif not search:
                return
        if want & Want.DIGEST:
            self.engine.digest(digest.hexdigest())


def scan(
    image: OpenImage,
    clock: Clock,
    *,
    node_id: str = "",
    limits: ScanLimits = DEFAULT_LIMITS,
    progress: Progress = quiet,
    detectors: Sequence[Detector] = DETECTORS,
) -> ScanResult:
    """The inventory and all findings of an image. Raises FormatError (damaged, hostile, wrong digests)."""
    began = clock.monotonic()
    if len(image.layers) > limits.layers:
        raise LimitError(f"the image has {len(image.layers)} layers; {limits.layers} is the most that is read.")
    work = _Scan(image, detectors, limits, progress)
    for layer in image.layers:
        work.layer(layer)
    configured = not image.source.startswith("folder:")
    os = work.databases.release(work.present)
    packages = work.databases.packages(os, work.present)
    owners = tuple(work.databases.owners(work.present))
    for what in work.databases.missed:
        work.engine.miss(what)
    if work.unreadable > 20:
        n = work.unreadable - 20
        work.engine.miss(Text(f"{n} more files were not read.", f"另有 {n} 个文件未读取。"))
    facts = work.engine.facts(image.config, os, packages, owners, configured=configured)
    now = clock.now()
    inventory = ImageInventory(
        digest=image.digest,
        reference=image.reference,
        source=image.source,
        config=image.config,
        os=os,
        packages=packages,
        executables=facts.executables,
        secret_paths=tuple(sorted({s.location for s in facts.secrets if s.place == "file" and not s.gone})),
        layers=tuple(layer.diff_id for layer in image.layers),
        size=work.size,
        files=work.engine.view.files,
        not_examined=tuple(what.en for what in facts.not_examined),
    )
    return ScanResult(
        image_digest=image.digest,
        node_id=node_id,
        time=now,
        seconds=(clock.monotonic() - began) / 1e9,
        findings=work.engine.findings(facts, image.digest, now),
        inventory=inventory,
    )
