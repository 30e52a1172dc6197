"""The way from an agent or worker to the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession


class Uplink(Protocol):
    """Each raises ConnectError when the server does not answer (the caller keeps what it has and tries again), DeniedError
    when it does not know the caller, RefusedError when it would refuse the same again."""

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when the server has made them durable; sending again is harmless."""
        ...

    def policies(self) -> Sequence[Policy]:
        """All policies in force."""
        ...

    def sessions(self) -> Sequence[AnnouncedSession]:
        """Interactive sessions that operators announced and that are not over."""
        ...

    def inventory(self, image_digest: str) -> ImageInventory | None:
        """What a scan found in an image; None as long as it was not scanned."""
        ...

    def commands(self, node_id: str) -> Sequence[Effect]:
        """Effects that people decided for this node and that nobody has carried out."""
        ...

    def close(self) -> None:
        """End this thread's connection; the next call makes a new one."""
        ...

    def take_scan(self, worker: str) -> ScanRequest | None:
        """The next image to scan, leased to this worker."""
        ...
