"""Follows what people decide at the server, on a thread and a connection of its own: policies, announced sessions, orders. One
question waits at the server until there is news, so an order is here within a second and a quiet node costs next to nothing.

Carries nothing out: it hands on. Without the server the last policies stay in force."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from periderm.flow.backoff import Backoff
from periderm.flow.done_orders import DoneOrders
from periderm.flow.news import News, Order, Policies, Sessions
from periderm.model.errors import ConnectError, DeniedError, RefusedError
from periderm.model.orders import MOST_TAKEN, Known
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.ports.clock import Clock
from periderm.ports.uplink import Uplink

WAIT_SECONDS = 15.0
LEARNED_NS = 5 * 10**9  # baselines of what runs in many places move all the time: they are asked for so often at most
AT_LEAST_SECONDS = 0.1  # between two questions


class Following:
    """`give` hands on what is new, `save` keeps the policies for a start without the server, `workloads` are those whose
    baselines matter here, `learned` says that some moved; `done` knows which orders
    were carried out before this process began. `problem` is why the server cannot be asked, '' if it can."""

    def __init__(
        self,
        uplink: Uplink,
        node_id: str,
        clock: Clock,
        give: Callable[[News], None],
        *,
        save: Callable[[Sequence[Policy]], None] = lambda _: None,
        workloads: Callable[[], Iterable[str]] = tuple,
        learned: Callable[[], None] = lambda: None,
        backoff: Backoff | None = None,
        done: DoneOrders | None = None,
    ) -> None:
        self._uplink = uplink
        self._node_id = node_id
        self._clock = clock
        self._give = give
        self._save = save
        self._workloads = workloads
        self._learned = learned
        self._backoff = backoff or Backoff()
        self._known = Known(node_id=node_id)
        self._policies: tuple[Policy, ...] | None = None
        self._sessions: tuple[AnnouncedSession, ...] = ()
        self._done = done or DoneOrders(tuple, lambda _: None)
        self._taken: dict[str, None] = dict.fromkeys(self._done.ids())
        self._looked = 0
        self.problem = ""

    def step(self, wait: float = WAIT_SECONDS) -> float:
        """One question and what follows from its answer; seconds until the next. Raises ConnectError, DeniedError,
        RefusedError."""
        known = self._known
        due = self._clock.monotonic() - self._looked >= LEARNED_NS or not self._looked
        if not due:  # until it is, news of baselines do not end the wait; a second look comes in time
            wait = min(wait, LEARNED_NS / 1e9)
        asked = Known(
            node_id=self._node_id,
            policies=known.policies,
            sessions=known.sessions,
            taken=tuple(self._taken),
            workloads=tuple(sorted(self._workloads())) if due else (),
            baselines=max(0, known.baselines) if due else -1,
            wait=wait,
        )
        found = self._uplink.orders(asked)
        if found.policies is not None and found.policies != self._policies:
            self._policies = found.policies
            self._save(found.policies)
            self._give(Policies(found.policies))
        if found.sessions is not None and found.sessions != self._sessions:
            self._sessions = found.sessions
            self._give(Sessions(found.sessions))
        for effect in found.effects:
            if effect.id not in self._taken:
                # The server lists an order until its record arrives; it must be carried out only once.
                self._taken[effect.id] = None
                self._done.expect(effect.id)
                self._give(Order(effect))
        while len(self._taken) > MOST_TAKEN:
            self._taken.pop(next(iter(self._taken)))
        if due and found.learned:
            self._looked = self._clock.monotonic()
            self._learned()
        self._known = Known(
            policies=found.policies_version,
            sessions=found.sessions_version,
            baselines=found.baselines if due else known.baselines,
        )
        return max(AT_LEAST_SECONDS, found.pause)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set and `end` was called, which ends the wait at the server."""
        pause = 0.0
        while not stop.wait(pause):
            try:
                pause = self.step()
                self.problem = ""
                self._backoff.well()
            except (ConnectError, DeniedError, RefusedError) as error:
                self.problem = str(error)
                pause = self._backoff.failed()
        self._uplink.close()

    def end(self) -> None:
        """From another thread: what waits at the server returns at once."""
        self._uplink.interrupt()
