"""The way from an agent or worker to the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.image import ImageInventory
from periderm.model.orders import Known, Orders, Place
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession


class Uplink(Protocol):
    """Each raises ConnectError when the server does not answer (the caller keeps what it has and tries again), DeniedError
    when it does not know the caller, RefusedError when it would refuse the same again, and
    `send` RestoredError when the server was put back from a copy since `place` was asked."""

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when the server has made them durable; sending again is harmless."""
        ...

    def place(self, senders: Sequence[str]) -> Place | None:
        """How far the server is with what these send; None from one of the last version, which does not say."""
        ...

    def orders(self, known: Known) -> Orders:
        """What is new for this node, as soon as something is, within the seconds that `known` gives the server."""
        ...

    def interrupt(self) -> None:
        """This process ends: what is under way on other threads, and whatever comes, raises ConnectError."""
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

    def baselines(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        """What is new of the baselines of these workloads, by workload id, since the version that came last ('' for none)."""
        ...

    def commands(self, node_id: str) -> Sequence[Effect]:
        """Effects that people decided for this node and that nobody has carried out."""
        ...

    def close(self) -> None:
        """End this thread's connection; the next call makes a new one."""
        ...

    def take_scan(self, worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        """The next image to scan that can be read on this node ('': anywhere), leased to this worker."""
        ...

    def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
        """The lease is as long again (longer if the scan is done and its result is `sending`); what the worker is `doing` and
        the share that is `done` (-1: not known) are told. False if it holds the image no more."""
        ...

    def put_back_scan(self, worker: str, image_digest: str) -> None:
        """The worker does not scan it after all: it waits again at once."""
        ...
