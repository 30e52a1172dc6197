"""The images that a node knows, and what they promise of the containers that run here. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.engines.baseline.birth import born
from periderm.engines.baseline.images import ImageFiles
from periderm.engines.baseline.upgrade import predicted
from periderm.engines.baseline.workload import Workload
from periderm.model.asset import Container
from periderm.model.event import Subject
from periderm.model.image import ImageInventory

MOST_IMAGES = 128


class Births:
    """Images by digest, bounded; the one that came first goes first."""

    def __init__(self) -> None:
        self._images: dict[str, ImageFiles] = {}

    def keep(self, files: ImageFiles) -> None:
        """From now on it is known."""
        self._images.pop(files.digest, None)
        self._images[files.digest] = files
        if len(self._images) > MOST_IMAGES:
            del self._images[next(iter(self._images))]

    def of(self, subject: Subject) -> ImageFiles | None:
        """The image of a container."""
        return self._images.get(subject.image_digest) if isinstance(subject, Container) else None

    def health(self, subject: Subject) -> tuple[str, ...]:
        """The argv of its image's health check, () if it has none."""
        files = self.of(subject)
        return () if files is None else files.health

    def inventory(self, digest: str) -> ImageInventory | None:
        """What is kept of an image. Costs time: it is unpacked each time."""
        files = self._images.get(digest)
        return None if files is None else files.inventory

    def promise(self, workload: Workload, container: Container) -> bool:
        """What the image promises of this container is normal from its first second; whether anything was new by that."""
        digest = container.image_digest
        files = self._images.get(digest)
        if files is None or digest in workload.born:
            return False
        workload.born.add(digest)
        inventory = files.inventory
        if workload.base.observed:
            before = [each for each in workload.base.images if each != digest and each in self._images]
            for old in sorted(before, key=lambda each: -workload.base.images[each])[:1]:
                workload.promise(predicted(self._images[old].inventory, inventory, workload.baseline()))
        workload.promise(msgspec.structs.replace(born(inventory, container), workload_id=workload.id))
        return True

    def dump(self) -> list[bytes]:
        """All, oldest first, as a snapshot keeps them."""
        return [files.packed for files in self._images.values()]

    @staticmethod
    def decode(packed: Iterable[bytes]) -> list[ImageFiles]:
        """What `dump` gave. Raises FormatError if the bytes are damaged."""
        return [ImageFiles.unpack(each) for each in packed]

    def load(self, images: Sequence[ImageFiles]) -> None:
        """Replaces all."""
        self._images = {}
        for files in images:
            self.keep(files)
