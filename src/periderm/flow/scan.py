"""Scans one opened image: its layers' facts, read or kept, become one file system, one inventory, and the judgement.

What a limit leaves out is said in the result; damage and digests that do not hold end the scan with an error.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from periderm.engines.image.engine import ImageEngine
from periderm.flow import build_starts, config_files
from periderm.flow.format_index import INDEX
from periderm.flow.layer_facts import LayerFacts
from periderm.flow.masking import masked
from periderm.flow.packages import Packages, steps
from periderm.flow.progress import Progress, quiet
from periderm.flow.read_layer import read_layer
from periderm.flow.reading import NoCache, Reading
from periderm.flow.scan_task import PIPELINE, PROGRAMS, asked, looked_for, narrowed, readers, task_of
from periderm.flow.start_facts import Starts
from periderm.flow.wanted import Asking
from periderm.model.contents import LookedAt, ScanExtras, together
from periderm.model.envelope import ScanResult
from periderm.model.errors import LimitError
from periderm.model.finding import Finding
from periderm.model.identity import image_id
from periderm.model.image import ImageInventory
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.package_format import PackageFormat
from periderm.model.report import ALL_SCANNERS, Scanner
from periderm.model.service import RiskyService
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.image_source import BlobLayer, OpenImage
from periderm.ports.sandbox import Mate
from periderm.ports.scan_cache import ScanCache

_STEP = 8 << 20  # bytes between two progress reports
_BARE = ("folder:", "source:", "host:", "disk:", PIPELINE)  # what has no image configuration that could be judged
NO_EXTRAS = ScanExtras()


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
    extras: ScanExtras = NO_EXTRAS,
) -> Examined:
    """The inventory and the image engine's findings. `mate` is another process that runs `assist` on the same image.
    Raises FormatError (damaged, hostile, wrong digests)."""
    scanners, formats = narrowed(image, scanners, formats)
    engine = ImageEngine(asked(image, scanners), limits)
    packages = Packages(engine.view, limits, {f.id: f.unless for f in formats if f.unless})
    reading = _reading(
        image,
        engine,
        scanners=scanners,
        limits=limits,
        cache=cache,
        progress=progress,
        mate=mate,
        formats=formats,
        extras=extras,
    )
    starts = Starts()
    sizes: list[int] = []
    looked: list[LookedAt] = []
    for number, facts in enumerate(reading.facts()):
        engine.begin_layer(image.layers[number].diff_id)
        sizes.append(facts.size)
        looked.append(msgspec.structs.replace(facts.contents.looked, checked=len(facts.sums)))
        if not _place(engine, facts, starts, number):
            break
        packages.add(number, facts)
    contents = together(looked) if Scanner.MALWARE in scanners else None
    return _judged(
        image, engine, packages, starts, sizes=sizes, scanners=scanners, time=time, contents=contents, services=extras.services
    )


def assist(
    image: OpenImage,
    mate: Mate,
    *,
    scanners: frozenset[Scanner],
    limits: ScanLimits,
    cache: ScanCache | None,
    extras: ScanExtras = NO_EXTRAS,
) -> None:
    """The part of a second process in `examine`: reads layers that the first has not begun."""
    scanners, formats = narrowed(image, scanners, INDEX)
    engine = ImageEngine(asked(image, scanners), limits)
    reading = _reading(
        image,
        engine,
        scanners=scanners,
        limits=limits,
        cache=cache,
        progress=quiet,
        mate=mate,
        formats=formats,
        extras=extras,
    )
    reading.help_with(mate)


def unread(
    image: OpenImage,
    *,
    scanners: frozenset[Scanner],
    limits: ScanLimits,
    cache: ScanCache | None,
    extras: ScanExtras = NO_EXTRAS,
) -> list[int]:
    """The numbers of the layers whose facts are not kept: `examine` with the same arguments reads them, and no others."""
    engine = ImageEngine(asked(image, scanners), limits)
    return _reading(
        image,
        engine,
        scanners=scanners,
        limits=limits,
        cache=cache,
        progress=quiet,
        mate=None,
        formats=INDEX,
        extras=extras,
    ).unread()


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
    extras: ScanExtras = NO_EXTRAS,
) -> Reading:
    if len(image.layers) > limits.layers:
        raise LimitError(f"the image has {len(image.layers)} layers; {limits.layers} is the most that is read.")
    kept = cache or NoCache()
    asking: tuple[Asking, ...] = (*formats, *readers(engine, image, scanners))
    task = task_of(
        engine,
        image,
        scanners=scanners,
        limits=limits,
        cache=kept,
        formats=asking,
        layers=len(image.layers),
        mate=mate,
        rules=extras.rules,
    )
    return Reading(
        image.layers,
        lambda layer, advance: read_layer(layer, task, advance),
        cache=kept,
        looked_for=looked_for(task, asking),
        advance=_Telling(image, progress).advance,
        mate=mate,
    )


def _place(engine: ImageEngine, facts: LayerFacts, starts: Starts, layer: int) -> bool:
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
    for number, sums in facts.sums.items():
        engine.gathered.summed(facts.entries[number], sums)
    engine.gathered.contents(facts.contents, facts.entries)
    for one in facts.noted:
        if not starts.noted(one.reader, facts.entries[one.entry], layer, one.notes):
            engine.noted(one.reader, facts.entries[one.entry], one.notes)
    engine.searched(facts.searched)
    for what in facts.missed:
        engine.miss(what)
    return whole


def _judged(
    image: OpenImage,
    engine: ImageEngine,
    packages: Packages,
    starts: Starts,
    *,
    sizes: Sequence[int],
    scanners: frozenset[Scanner],
    time: int,
    contents: LookedAt | None,
    services: tuple[RiskyService, ...],
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
        image.config,
        found.os,
        found.packages,
        owners,
        configured=configured,
        executables=bool(scanners & PROGRAMS),
        services=services,
        vouched=found.vouched,
    )
    told, left_out = config_files.findings(
        facts.noted, image_id(image.digest), time, lambda path: engine.view.find(path) is not None
    )
    if left_out:
        facts = msgspec.structs.replace(facts, not_examined=(*facts.not_examined, *left_out))
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
        manifests=image.manifests,
        starts=build_starts.starts_of(facts.noted),
        contents=contents,
        start_facts=starts.facts(engine.view, image.config, facts.executables, found.packages) if scanners & PROGRAMS else None,
        not_examined=(*image.left_out, *(what.en for what in facts.not_examined)),
    )
    findings = engine.findings(facts, image.digest, time)
    return Examined(*masked(inventory, (*findings, *config_files.apart(told, findings)), engine.patterns))


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
