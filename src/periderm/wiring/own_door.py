"""The door of an agent or a scan worker itself, for probes and scrapers.

Adapters are named inside the functions, so that a process whose door is shut loads none of it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from periderm.model.errors import ConnectError, UsageError
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from periderm.app.own_state import OwnState
    from periderm.flow.outbox import Outbox
    from periderm.flow.payloads import Looks
    from periderm.flow.remember import Remembering
    from periderm.flow.sharing import Sharing
    from periderm.flow.watch import Watch
    from periderm.model.event import SensorCounters
    from periderm.ports.bus import Bus
    from periderm.ports.clock import Clock

log = logging.getLogger(__name__)


def check(settings: Settings, place: str, option: str) -> None:
    """That a door may be opened there, before anything else is. Raises UsageError."""
    if not place:
        return
    from periderm.server.listener import place_of

    if not ipaddress.ip_address(place_of(place)[0]).is_loopback and not settings.metrics_tls_cert:
        raise UsageError(
            f"{option} is {place}, which is not loopback, and there is no certificate for it.",
            "Name one in metrics.tls_cert, or say 127.0.0.1: figures never go over a network without TLS.",
        )


class AgentFigures:
    """What an agent says of itself in its heartbeat, and again at its door: the sensor's totals are read by one thread only."""

    def __init__(self, counters: Callable[[], SensorCounters], watch: Watch, outbox: Outbox) -> None:
        self._counters = counters
        self._watch = watch
        self._outbox = outbox
        self.last: Mapping[str, float] = {}

    def ask(self) -> dict[str, float]:
        """Every few seconds, by the thread that says them."""
        named = ("seen", "sent", "folded", "filtered", "lost", "unreadable", "truncated", "killed")
        now = self._counters()
        found = {name: float(getattr(now, name)) for name in named}
        found["read-ahead"] = float(now.other.get("read-ahead", 0))
        found |= self._watch.figures() | {"spooled": float(self._outbox.pending())}
        self.last = found
        return found


def losses(kept: Remembering | None, shared: Sharing | None, looks: Looks | None) -> Callable[[], dict[str, int]]:
    """What an agent could not keep or look into, by cause."""

    def ask() -> dict[str, int]:
        found = dict(kept.counts()) if kept else {}
        found |= {"history-unshared": shared.unshared} if shared else {}
        return found | ({"content-skipped": looks.skipped} if looks else {})

    return ask


def agent_door(
    settings: Settings,
    clock: Clock,
    *,
    outbox: Outbox,
    bus: Bus,
    watch: Watch,
    said: AgentFigures,
    lost: Callable[[], dict[str, int]],
    spool: str,
) -> AbstractContextManager[None]:
    """The agent's, open while it is entered."""

    def state() -> OwnState:
        gone = dropped(outbox, lost, lambda: {"ring": int(said.last.get("lost", 0))})
        return own_state(
            settings, clock, outbox, bus, said=lambda: said.last, turned=lambda: watch.turned, dropped=gone, spool=spool
        )

    return own_door(settings, settings.metrics_agent, state)


def dropped(outbox: Outbox, *more: Callable[[], Mapping[str, int]]) -> Callable[[], dict[str, int]]:
    """What a process could not keep or tell, by cause."""

    def ask() -> dict[str, int]:
        found = {"spool-refused": outbox.dropped, "server-refused": outbox.refused, "restored-away": outbox.gone}
        for each in more:
            found.update(each())
        return found

    return ask


def took_order(seconds: float) -> None:
    """Counts how long an order took, where this process counts anything."""
    from periderm.wiring.lasting import under_way

    if (ours := under_way()) is not None:
        ours.meters.observe("periderm_order_duration_seconds", seconds)


def own_state(
    settings: Settings,
    clock: Clock,
    outbox: Outbox,
    bus: Bus,
    *,
    said: Callable[[], Mapping[str, float]],
    turned: Callable[[], int],
    dropped: Callable[[], Mapping[str, int]],
    spool: str,
) -> OwnState:
    """What the process says of itself; see `OwnState`. `spool` is the folder of its spool."""
    from periderm.adapters.own_process import folder_bytes, own_figures
    from periderm.adapters.secret_file import ensure_secret
    from periderm.app.meters import Meters
    from periderm.app.own_state import OwnState
    from periderm.wiring.fleet import membership
    from periderm.wiring.lasting import under_way

    ours = under_way()
    meters = ours.meters if ours is not None else Meters()
    meters.probe(own_figures)
    return OwnState(
        clock=clock,
        meters=meters,
        outbox=outbox,
        bus=bus,
        said=said,
        turned=turned,
        dropped=dropped,
        ends=membership(settings).ends if settings.server else lambda: 0,
        spool_bytes=lambda: folder_bytes(spool),
        token=ensure_secret(settings.metrics_token),
        open_to_all=lambda: (ours.reloading.settings if ours is not None else settings).metrics_open,
    )


@contextlib.contextmanager
def own_door(settings: Settings, place: str, state: Callable[[], OwnState]) -> Iterator[None]:
    """Open while the block runs; shut without a place. Raises UsageError. A door that does not open (its port is taken, say) is
    written into the log: it is no reason to watch nothing."""
    if not place:
        yield
        return
    from periderm.server.listener import answering, bind_public, place_of
    from periderm.server.own_door import MOST_CONNECTIONS, create_own_door
    from periderm.server.run import bind

    with contextlib.ExitStack() as open_door:
        host, port = place_of(place)
        try:
            app = create_own_door(state())
            if ipaddress.ip_address(host).is_loopback:
                door = answering(app, bind(host, port), None, lambda: None, connections=MOST_CONNECTIONS)
            else:
                from periderm.adapters.authority_local.tls import GivenTls

                tls = GivenTls(settings.metrics_tls_cert, settings.metrics_tls_key)
                door = answering(app, bind_public(place), tls.context, tls.refresh, connections=MOST_CONNECTIONS)
            open_door.enter_context(door)
        except (ConnectError, OSError) as error:
            log.error("nobody can ask this process how it is: %s", error)
        else:
            log.info("/healthz, /readyz and /metrics of this process answer at %s", place)
        yield
