"""What is taken of an envelope that a node of another machine sent: its own records, in the server's time where that tells who
is alive; what was refused, and a clock that is off, are told as gaps."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from periderm.correlate.coverage import gap_id
from periderm.correlate.fleet import clock_gap, foreign_gap
from periderm.flow.belonging import Belonging
from periderm.flow.clocks import by_our_clock
from periderm.model.envelope import Envelope, Record
from periderm.model.gap import GapKind
from periderm.ports.clock import Clock
from periderm.ports.store import Store

log = logging.getLogger(__name__)


class Believe:
    """For one batch, within its transaction: what one envelope of it brings counts for the next."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._nodes: dict[str, Belonging] = {}
        self._skews: dict[str, int] = {}

    def records(self, envelope: Envelope) -> Sequence[Record]:
        """Of a process of the server's own machine all."""
        node = envelope.node_id
        if not node:
            return envelope.records
        belonging = self._nodes.get(node) or self._nodes.setdefault(node, Belonging(self._store, node))
        self._skews[node] = envelope.skew
        now = self._clock.now()
        return [by_our_clock(record, envelope.skew, now) for record in belonging.own(envelope.records)]

    def tell(self) -> None:
        """At the end of the batch."""
        now = self._clock.now()
        for node, belonging in self._nodes.items():
            if belonging.refused:
                log.warning("node %s sent what is not its own: %s", node, dict(belonging.refused))
                self._store.put_gaps([foreign_gap(node, dict(belonging.refused), now)])
            if self._skews[node]:
                self._store.put_gaps([clock_gap(node, self._skews[node], now)])
            elif self._store.gap(gap_id(GapKind.CLOCK_OFF, node)) is not None:
                self._store.close_gap(gap_id(GapKind.CLOCK_OFF, node))
