"""Images that are known here, for finding a base image and a better one: those of the store with what their scans found,
and those of the machine's container storage. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from periderm.engines.vulnerability.base_move import weakness
from periderm.model.base_image import KnownImage
from periderm.model.errors import NotFoundError, StoreError
from periderm.model.query import Query, every
from periderm.ports.known_images import KnownImages
from periderm.ports.store import Store

MOST_IMAGES = 200  # those that were seen last
MOST_FINDINGS = 10_000  # of one image; with more it is no better base anyway
_PAGE = 1000


class StoredImages:
    """`ports.known_images.KnownImages` over the store's scans. The list is read once: make a new one for each round."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._images: Sequence[KnownImage] | None = None

    def images(self) -> Sequence[KnownImage]:
        """Images that were scanned and have a name."""
        if self._images is None:
            self._images = self._read()
        return self._images

    def _read(self) -> list[KnownImage]:
        found: list[KnownImage] = []
        for state in self._store.images(Query(state="scanned", limit=MOST_IMAGES)).items:
            inventory = self._store.inventory(state.digest)
            names = tuple(dict.fromkeys(n for n in (state.name, *state.references) if n))
            if inventory is not None and names and inventory.layers:
                found.append(
                    KnownImage(names=names, digest=state.digest, diff_ids=inventory.layers, created=inventory.config.created)
                )
        return found

    def scanned(self) -> Sequence[KnownImage]:
        """All that there are were told already."""
        return ()

    def weaknesses(self, digest: str) -> frozenset[str] | None:
        """Of the last scan; None if there is none."""
        results = self._store.scan_results(Query(image_digest=digest, limit=1)).items
        if not results or results[0].failure or not results[0].advisories:
            return None
        found: set[str] = set()
        for finding in every(self._store.findings, Query(image_digest=digest, limit=_PAGE)):
            if finding.vulnerability is not None:
                found.add(weakness(finding.vulnerability))
                if len(found) >= MOST_FINDINGS:
                    return None
        return frozenset(found)


class AllKnown:
    """The machine's own storage, and the store where there is one. `open_store` opens it for one question; a store that is
    missing or cannot be read is no reason to stop a scan."""

    def __init__(self, machine: KnownImages, open_store: Callable[[], AbstractContextManager[Store]]) -> None:
        self._machine = machine
        self._open = open_store

    def images(self) -> Sequence[KnownImage]:
        """The machine's: opening the store takes longer than most scans."""
        return self._machine.images()

    def scanned(self) -> Sequence[KnownImage]:
        """The store's."""
        try:
            with self._open() as store:
                return StoredImages(store).images()
        except (NotFoundError, StoreError):
            return ()

    def weaknesses(self, digest: str) -> frozenset[str] | None:
        """What the store's scan found."""
        try:
            with self._open() as store:
                return StoredImages(store).weaknesses(digest)
        except (NotFoundError, StoreError):
            return None
