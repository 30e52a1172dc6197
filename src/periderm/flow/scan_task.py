"""What an image's layers are read for: which detectors are asked, and the task that follows from them, the scanners and the
limits. Reads nothing itself.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import msgspec

from periderm.engines.image.engine import ImageEngine
from periderm.engines.image.facts import Detector
from periderm.flow import build_starts, config_files, start_readers
from periderm.flow.layers import Room
from periderm.flow.patterns import ready
from periderm.flow.read_layer import Task
from periderm.flow.reading import named
from periderm.flow.wanted import Asking, Wanted
from periderm.model.file_note import NoteReader
from periderm.model.finding import FindingKind
from periderm.model.limits import ScanLimits
from periderm.model.package_format import PackageFormat
from periderm.model.report import Scanner
from periderm.ports.image_source import OpenImage
from periderm.ports.sandbox import Mate
from periderm.ports.scan_cache import ScanCache

_LAYER_FLOOR = 16 << 20  # below this a layer may inflate as it likes, so that many small bombs end soon too
PIPELINE = "pipeline:"  # a source folder of which only build files are read
PROGRAMS = frozenset({Scanner.CONFIGURATION, Scanner.MALWARE})  # those that list and hash executables
_KINDS = {
    Scanner.SECRETS: FindingKind.SECRET,
    Scanner.CONFIGURATION: FindingKind.CONFIGURATION,
    Scanner.MALWARE: FindingKind.MALWARE,
}


def narrowed(
    image: OpenImage, scanners: frozenset[Scanner], formats: Sequence[PackageFormat]
) -> tuple[frozenset[Scanner], Sequence[PackageFormat]]:
    """What is looked for in this image by these scanners and formats: of a pipeline, only its build files."""
    if image.source.startswith(PIPELINE):
        return frozenset({Scanner.CONFIGURATION}), ()
    return scanners, formats


def chosen(scanners: frozenset[Scanner]) -> tuple[Detector, ...]:
    """The detectors that are asked; what was not examined is always said. Only they are loaded."""
    kinds = {_KINDS[s] for s in scanners if s in _KINDS}
    if not kinds:
        from periderm.engines.image.detectors.not_examined import DETECTOR

        return (DETECTOR,)
    from periderm.engines.image import DETECTORS

    return tuple(d for d in DETECTORS if d.kind in kinds or d.kind is FindingKind.NOT_EXAMINED)


def asked(image: OpenImage, scanners: frozenset[Scanner]) -> tuple[Detector, ...]:
    """The image detectors for this: of a pipeline only the build files are judged, and not what lies around."""
    return chosen(frozenset() if image.source.startswith(PIPELINE) else scanners)


def looked_for(task: Task, formats: Sequence[Asking]) -> str:
    """All that a layer's facts depend on besides its bytes and the code. What all layers of an image share (the floor of the
    ratio, what may be searched again) is left out: it bounds work, and facts that it cut short are not kept. So a layer that
    was read in one image need not be read in another that has more of them."""
    limits = msgspec.structs.replace(task.limits, ratio_floor=0)
    parts = [repr(limits), str(task.search), str(task.digests), task.looks]
    return named([*parts, *(f.id for f in formats), *(p.name for p in task.patterns)])


def readers(engine: ImageEngine, image: OpenImage, scanners: frozenset[Scanner]) -> tuple[NoteReader, ...]:
    """The note readers that are asked: some are for source folders only."""
    source = image.source.startswith(("source:", PIPELINE))
    own = (*config_files.READERS, *build_starts.READERS) if Scanner.CONFIGURATION in scanners else ()
    starts = start_readers.READERS if Scanner.CONFIGURATION in scanners and start_readers.reads(image.source) else ()
    return tuple(reader for reader in (*engine.readers, *own, *starts) if source or not reader.source_only)


def task_of(
    engine: ImageEngine,
    image: OpenImage,
    *,
    scanners: frozenset[Scanner],
    limits: ScanLimits,
    cache: ScanCache,
    formats: Sequence[Asking],
    layers: int,
    mate: Mate | None,
    rules: tuple[tuple[str, str], ...],
) -> Task:
    """What each layer is read for. Limits that all layers share are divided, so that each layer's facts are its own."""
    share = max(1, layers)
    search = Scanner.SECRETS in scanners
    if search:
        ready(engine.patterns)  # once, before two threads ask for it; usually inherited (`flow.compiled`)
    each = msgspec.structs.replace(limits, ratio_floor=min(limits.ratio_floor, max(_LAYER_FLOOR, limits.ratio_floor // share)))
    lock = threading.Lock()
    return Task(
        wanted=Wanted(formats),
        patterns=engine.patterns if search else (),
        limits=each,
        cache=cache,
        search=search,
        digests=bool(scanners & PROGRAMS) and not image.source.startswith(PIPELINE),
        room=Room(limits.inflated),
        large=mate.alone if mate is not None else lambda: lock,
        confirm=max(limits.confirm // share, min(limits.confirm, _LAYER_FLOOR)),
        **_looking(scanners, limits, rules, share),
    )


def _looking(
    scanners: frozenset[Scanner], limits: ScanLimits, rules: tuple[tuple[str, str], ...], share: int
) -> dict[str, Any]:
    """The parts of a task that look for malware. Raises FormatError if users' rules are wrong."""
    if Scanner.MALWARE not in scanners:
        return {}
    from periderm.flow.contents import ContentLook, prepare

    prepare(user=rules)
    room = max(limits.contents // share, min(limits.contents, limits.content_file))
    return {"look": lambda: ContentLook(limits, room, rules), "looks": str(rules)}  # `room` is shared: see `looked_for`
