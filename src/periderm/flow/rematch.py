"""Matches stored inventories again when advisories change: no image is read, and what differs is told.

An image whose last result was matched with these very advisories is passed over, so the work can be broken off at any time
and goes on where it stood, in this process or in the next one; doing it twice changes nothing. What the runtime engine has
seen in use counts for the order of findings, so an image is matched again too when that has doubled.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.engines import vulnerability as engine
from periderm.engines.vulnerability.running import around_of
from periderm.engines.vulnerability.surroundings import Surroundings
from periderm.flow.known_images import StoredImages
from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.asset import Container
from periderm.model.difference import Rematch
from periderm.model.envelope import ScanResult
from periderm.model.errors import AdvisoryError, StoreError
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.model.query import Query, every
from periderm.model.usage import FilesInUse
from periderm.ports.advisories import AdvisorySource
from periderm.ports.clock import Clock
from periderm.ports.store import Store

LOOK_SECONDS = 60.0  # between two looks whether there are other advisories
PAUSE_SECONDS = 0.01  # between two images, so that nobody else waits for the store
_PAGE = 1000

# What matching makes anew. Licences are judged by a policy that is not at hand here: they stay.
MADE_ANEW = frozenset(d.spec.id for d in engine.DETECTORS if d.spec.id.startswith("VUL-"))

log = logging.getLogger(__name__)


class Rematcher:
    """One thread calls it. `open_source` opens the advisories that are in force now, None if there are none; `tell` gets
    what changed."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        open_source: Callable[[], AdvisorySource | None],
        *,
        tell: Callable[[Rematch], None] = lambda _rematch: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._open = open_source
        self._tell = tell

    def step(self) -> Iterator[Rematch]:
        """All images that were matched with other advisories, one at a time. Raises AdvisoryError, StoreError."""
        source = self._open()
        if source is None:
            return
        try:
            advisories = source.info().digest
            known = set(self._store.inventory_digests())
            images = StoredImages(self._store)
            for last in [r for r in self._results() if not r.failure and r.image_digest in known]:
                use = self._store.files_in_use(last.image_digest)
                around = self._around(last.image_digest, use)
                if last.advisories == _matched_with(advisories, use, around):
                    continue
                changed = self._again(last, source, use, around, images)
                if changed is not None:
                    self._tell(changed)
                    yield changed
        finally:
            source.close()

    def _results(self) -> Iterator[ScanResult]:
        """The last result of every image, without what it found."""
        return every(self._store.scan_results, Query(limit=_PAGE))

    def _again(
        self, last: ScanResult, source: AdvisorySource, use: FilesInUse | None, around: Surroundings, images: StoredImages
    ) -> Rematch | None:
        """Matches one image; None if it was scanned or matched by somebody else meanwhile, or has no inventory."""
        digest = last.image_digest
        inventory = self._store.inventory(digest)
        if inventory is None:
            return None
        now = self._clock.now()
        advisories = _matched_with(source.info().digest, use, around)
        judged = judge_inventory(inventory, source, now=now, surroundings=around, known=images)
        made = [f for f in judged.findings if f.detector in MADE_ANEW]
        with self._store.transaction():
            again = self._last(digest)
            if again != last:
                return None  # the next look judges what is there then
            before = tuple(self._findings(digest))
            kept = [f for f in before if f.detector not in MADE_ANEW]
            result = msgspec.structs.replace(
                last, findings=(*kept, *made), inventory=None, advisories=advisories, plan=judged.plan
            )
            self._store.put_scan_result(result, ends=False)
        return _difference(inventory, before, made, advisories=advisories, now=now)

    def _around(self, digest: str, use: FilesInUse | None) -> Surroundings:
        """What is known of how an image's containers run."""
        containers = [
            c
            for c in self._store.assets(Query(kind="container", image_digest=digest, limit=_PAGE)).items
            if isinstance(c, Container) and c.running
        ]
        return around_of(
            containers,
            listening=use.listening if use is not None else None,
            loaded=frozenset(use.paths) if use is not None else None,
        )

    def _last(self, digest: str) -> ScanResult | None:
        """The last result of an image."""
        items = self._store.scan_results(Query(image_digest=digest, limit=1)).items
        return next((r for r in items if r.image_digest == digest), None)

    def _findings(self, digest: str) -> Iterator[Finding]:
        return every(self._store.findings, Query(image_digest=digest, limit=_PAGE))

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. Advisories or a store that cannot be read now are tried again at the next look."""
        said = ""
        while not stop.is_set():
            try:
                for _ in self.step():
                    if stop.wait(PAUSE_SECONDS):
                        return
                said = ""
            except (AdvisoryError, StoreError) as error:
                if str(error) != said:
                    log.error("images are not matched again: %s", error)
                said = str(error)
            stop.wait(LOOK_SECONDS)


def _matched_with(advisories: str, use: FilesInUse | None, around: Surroundings) -> str:
    """The name of what an image was matched with: the advisories, roughly how much was seen in use, and how it runs."""
    name = advisories if use is None else f"{advisories}+{len(use.paths).bit_length()}"
    if around.reachable is None and not around.privileged and not around.powers:
        return name
    told = (around.reachable, around.doors, around.privileged, around.powers, around.root)
    return f"{name}+{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"


def _difference(
    inventory: ImageInventory, before: Sequence[Finding], after: Sequence[Finding], *, advisories: str, now: int
) -> Rematch:
    """What is newly vulnerable, with the time since which its advisory says so, and what no longer is."""
    old = {f.id for f in before}
    new = {f.id for f in after}
    came = [f for f in after if f.id not in old]
    return Rematch(
        image_digest=inventory.digest,
        reference=inventory.reference,
        advisories=advisories,
        time=now,
        new=tuple(came),
        since=tuple(_since(f) for f in came),
        gone=tuple(f for f in before if f.detector in MADE_ANEW and f.id not in new),
    )


def _since(finding: Finding) -> int:
    found = finding.vulnerability
    return (found.published or found.modified) if found is not None else 0
