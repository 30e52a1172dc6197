"""Which of a node's own images are asked to be scanned, and how urgently: those that run first, the others when nobody else
needs the machine. Scans nothing; the node's own worker does, out of the node's storage, without credentials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from periderm.model.asset import Container, Image
from periderm.model.envelope import ScanRequest
from periderm.model.queue import PRIORITY, Asked


class OwnImages:
    """Remembers what was asked for. Without `unused` only images that run are."""

    def __init__(self, node_id: str, *, unused: bool = True) -> None:
        self._node_id = node_id
        self.unused = unused  # may change while it lasts
        self._asked: dict[str, Asked] = {}

    def requests(self, images: Mapping[str, tuple[Image, str]], running: Iterable[Container], now: int) -> list[ScanRequest]:
        """`images` are (image, what opens it) by the image's id; each is asked for once, and again when the first container
        runs of it."""
        used: set[str] = set()
        for container in running:
            used.update((container.image_digest, container.image_name))
        wanted: list[ScanRequest] = []
        for identity, (image, source) in images.items():
            asked = Asked.RUNNING if used & {image.digest, *image.references} else Asked.UNUSED
            before = self._asked.get(identity)
            if asked is Asked.UNUSED and not self.unused:
                continue
            if before is None or PRIORITY[asked] < PRIORITY[before]:
                self._asked[identity] = asked
                wanted.append(
                    ScanRequest(
                        image_digest=image.digest,
                        source=source,
                        reference=image.references[0] if image.references else image.digest,
                        node_id=self._node_id,
                        requested=now,
                        asked=asked,
                    )
                )
        for identity in self._asked.keys() - images.keys():
            del self._asked[identity]
        return wanted
