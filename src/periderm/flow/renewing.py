"""Keeps a machine's certificate young: the next one at half of its life, again and again while the server is away. Makes no
certificate."""

from __future__ import annotations

import logging
import threading

from periderm.flow.backoff import Backoff
from periderm.model.errors import PeridermError
from periderm.ports.membership import Membership

PERIOD_SECONDS = 5.0
LONGEST_SECONDS = 300.0

log = logging.getLogger(__name__)


class Renewing:
    """One thread runs it."""

    def __init__(self, membership: Membership, period: float = PERIOD_SECONDS) -> None:
        self._membership = membership
        self._period = period
        self.renewed = 0
        self.problem = ""

    def step(self) -> bool:
        """False if a renewal was due and failed; `problem` then says why."""
        try:
            if self._membership.renewal_due():
                self._membership.renew()
                self.renewed += 1
        except PeridermError as error:
            if str(error) != self.problem:
                log.error("the certificate of this machine is not renewed yet: %s", error)
            self.problem = str(error)
            return False
        self.problem = ""
        return True

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; after failures it waits longer each time, five minutes at most, and never as
        long as the next machine."""
        backoff = Backoff(self._period, LONGEST_SECONDS)
        pause = self._period
        while not stop.wait(pause):
            if self.step():
                backoff.well()
                pause = self._period
            else:
                pause = backoff.failed()
