"""Scans one opened image: its layers' facts, read or kept, become one file system, one inventory, and the judgement.

What a limit leaves out is said in the result; damage and digests that do not hold end the scan with an error.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from periderm.engines.image.engine import ImageEngine
from periderm.engines.image.facts import Detector
from periderm.engines.image.secrets import compiled
from periderm.flow.format_index import INDEX
from periderm.flow.layer_facts import LayerFacts
from periderm.flow.layers import Room
from periderm.flow.packages import Packages, steps
from periderm.flow.progress import Progress, quiet
from periderm.flow.read_layer import Task, read_layer
from periderm.flow.reading import NoCache, Reading, named
from periderm.flow.wanted import Wanted
from periderm.model.envelope import ScanResult
from periderm.model.errors import LimitError
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageInventory
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.package_format import PackageFormat
from periderm.model.report import ALL_SCANNERS, Scanner
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.image_source import BlobLayer, OpenImage
from periderm.ports.sandbox import Mate
from periderm.ports.scan_cache import ScanCache

_STEP = 8 << 20  # bytes between two progress reports
_LAYER_FLOOR = 16 << 20  # below this a layer may inflate as it likes, so that many small bombs end soon too
_BARE = ("folder:", "source:", "host:")  # what has no image configuration that could be judged
_KINDS = {Scanner.SECRETS: FindingKind.SECRET, Scanner.CONFIGURATION: FindingKind.CONFIGURATION}


class Examined(NamedTuple):
    """What an image holds, and what the image engine says of it."""

    inventory: ImageInventory
    findings: tuple[Finding, ...]


class _Telling:
    """Counts bytes of all readers and reports progress now and then."""

    def __init__(self, image: OpenImage, progress: Progress) -> None:
        self._name = image.reference
        self._progress = progress
        self._total = sum(layer.size for layer in image.layers if isinstance(layer, BlobLayer))
        self._lock = threading.Lock()
        self._done = 0
        self._said = 0

    def advance(self, size: int) -> None:
        """`size` more bytes were taken."""
        with self._lock:
            self._done += size
            if self._done - self._said < _STEP:
                return
            self._said = self._done
            share = min(1.0, self._done / self._total) if self._total else None
            self._progress(f"{self._name}: {self._done >> 20} MiB", share)


def chosen(scanners: frozenset[Scanner]) -> tuple[Detector, ...]:
    """The detectors that are asked; what was not examined is always said. Only they are loaded."""
    kinds = {_KINDS[s] for s in scanners if s in _KINDS}
    if not kinds:
        from periderm.engines.image.detectors.not_examined import DETECTOR

        return (DETECTOR,)
    from periderm.engines.image import DETECTORS

    return tuple(d for d in DETECTORS if d.kind in kinds or d.kind is FindingKind.NOT_EXAMINED)


def looked_for(task: Task, formats: Sequence[PackageFormat]) -> str:
    """All that a layer's facts depend on besides its bytes and the code."""
    parts = [repr(task.limits), str(task.search), str(task.digests), str(task.confirm)]
    return named([*parts, *(f.id for f in formats), *(p.name for p in task.patterns)])


def examine(
    image: OpenImage,
    *,
    scanners: frozenset[Scanner] = ALL_SCANNERS,
    limits: ScanLimits = DEFAULT_LIMITS,
    cache: ScanCache | None = None,
    progress: Progress = quiet,
    time: int = 0,
    mate: Mate | None = None,
    formats: Sequence[PackageFormat] = INDEX,
) -> Examined:
    """The inventory and the image engine's findings. `mate` is another process that runs `assist` on the same image.
    Raises FormatError (damaged, hostile, wrong digests)."""
    engine = ImageEngine(chosen(scanners), limits)
    packages = Packages(engine.view, limits, {f.id: f.unless for f in formats if f.unless})
    reading = _reading(
        image, engine, scanners=scanners, limits=limits, cache=cache, progress=progress, mate=mate, formats=formats
    )
    sizes: list[int] = []
    for number, facts in enumerate(reading.facts()):
        engine.begin_layer(image.layers[number].diff_id)
        sizes.append(facts.size)
        if not _place(engine, facts):
            break
        packages.add(number, facts)
    return _judged(image, engine, packages, sizes=sizes, scanners=scanners, time=time)


def assist(image: OpenImage, mate: Mate, *, scanners: frozenset[Scanner], limits: ScanLimits, cache: ScanCache | None) -> None:
    """The part of a second process in `examine`: reads layers that the first has not begun."""
    engine = ImageEngine(chosen(scanners), limits)
    reading = _reading(image, engine, scanners=scanners, limits=limits, cache=cache, progress=quiet, mate=mate, formats=INDEX)
    reading.help_with(mate)


def _reading(
    image: OpenImage,
    engine: ImageEngine,
    *,
    scanners: frozenset[Scanner],
    limits: ScanLimits,
    cache: ScanCache | None,
    progress: Progress,
    mate: Mate | None,
    formats: Sequence[PackageFormat],
) -> Reading:
    if len(image.layers) > limits.layers:
        raise LimitError(f"the image has {len(image.layers)} layers; {limits.layers} is the most that is read.")
    kept = cache or NoCache()
    task = _task(engine, scanners=scanners, limits=limits, cache=kept, formats=formats, layers=len(image.layers), mate=mate)
    return Reading(
        image.layers,
        lambda layer, advance: read_layer(layer, task, advance),
        cache=kept,
        looked_for=looked_for(task, formats),
        advance=_Telling(image, progress).advance,
        mate=mate,
    )


def _task(
    engine: ImageEngine,
    *,
    scanners: frozenset[Scanner],
    limits: ScanLimits,
    cache: ScanCache,
    formats: Sequence[PackageFormat],
    layers: int,
    mate: Mate | None,
) -> Task:
    """What each layer is read for. Limits that all layers share are divided, so that each layer's facts are its own."""
    share = max(1, layers)
    search = Scanner.SECRETS in scanners
    if search:
        compiled(engine.patterns)  # once, before two threads ask for it
    each = msgspec.structs.replace(limits, ratio_floor=min(limits.ratio_floor, max(_LAYER_FLOOR, limits.ratio_floor // share)))
    lock = threading.Lock()
    return Task(
        wanted=Wanted(formats),
        patterns=engine.patterns if search else (),
        limits=each,
        cache=cache,
        search=search,
        digests=Scanner.CONFIGURATION in scanners,
        room=Room(limits.inflated),
        large=mate.alone if mate is not None else lambda: lock,
        confirm=max(limits.confirm // share, min(limits.confirm, _LAYER_FLOOR)),
    )


def _place(engine: ImageEngine, facts: LayerFacts) -> bool:
    """Lays a layer onto those below; False if the limit of entries was reached."""
    look, digests = engine.look, facts.digests
    whole = True
    try:
        for number, entry in enumerate(facts.entries):
            look(entry)
            if number in digests:
                engine.digest(digests[number])
    except LimitError as error:
        engine.miss(Text(error.what, f"镜像条目过多，其余部分未查看：{error.what}"))
        whole = False
    engine.searched(facts.searched)
    for what in facts.missed:
        engine.miss(what)
    return whole


def _judged(
    image: OpenImage,
    engine: ImageEngine,
    packages: Packages,
    *,
    sizes: Sequence[int],
    scanners: frozenset[Scanner],
    time: int,
) -> Examined:
    """The judgement, after the last layer."""
    configured = not image.source.startswith(_BARE) and image.source not in ("container", "host")
    diff_ids = tuple(layer.diff_id for layer in image.layers)
    found = packages.compose(diff_ids, steps(image.config, len(diff_ids)), image.packages)
    for sentence in image.missed:
        engine.miss(Text(sentence, sentence))
    for what in packages.missed:
        engine.miss(what)
    owners = [(path, owner.partition(":")[2]) for path, owner in found.owners.items()]
    facts = engine.facts(
        image.config, found.os, found.packages, owners, configured=configured, executables=Scanner.CONFIGURATION in scanners
    )
    inventory = ImageInventory(
        digest=image.digest,
        reference=image.reference,
        source=image.source,
        config=image.config,
        os=found.os,
        packages=found.packages,
        executables=facts.executables,
        secret_paths=tuple(sorted({s.location for s in facts.secrets if s.place == "file" and not s.gone})),
        layers=diff_ids,
        layer_sizes=tuple(sizes),
        size=sum(sizes),
        files=engine.view.files,
        not_examined=(*image.left_out, *(what.en for what in facts.not_examined)),
    )
    return Examined(inventory, engine.findings(facts, image.digest, time))


def scan(
    image: OpenImage,
    clock: Clock,
    *,
    node_id: str = "",
    limits: ScanLimits = DEFAULT_LIMITS,
    progress: Progress = quiet,
    scanners: frozenset[Scanner] = ALL_SCANNERS,
    cache: ScanCache | None = None,
) -> ScanResult:
    """`examine` as a result that can be stored. Raises FormatError."""
    began = clock.monotonic()
    now = clock.now()
    inventory, findings = examine(image, scanners=scanners, limits=limits, cache=cache, progress=progress, time=now)
    return ScanResult(
        image_digest=image.digest,
        node_id=node_id,
        time=now,
        seconds=(clock.monotonic() - began) / 1e9,
        findings=findings,
        inventory=inventory,
    )
