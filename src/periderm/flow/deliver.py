"""Deliveries that wait are sent: tried again later and later, given up in the end, and kept where people see them.

Each destination is served by one thread at a time, so that one that is slow keeps no other waiting and what is told of one
subject stays in its order. A destination that fails is asked again with one delivery at a time, later and later, until one
gets through; one that is refused for itself holds up no other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import msgspec

from periderm.correlate.coverage import gap_id
from periderm.flow.messages import render
from periderm.model.errors import DeniedError, NotifierError, StoreError, UsageError
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.incident import Incident, IncidentState
from periderm.model.notice import (
    TICKETS,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Message,
    Notice,
    Occasion,
    Ticket,
    Told,
)
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.notifier import Notifier, Tickets
from periderm.ports.store import Store

log = logging.getLogger(__name__)

SECOND = 10**9
FIRST_RETRY = 15  # seconds; doubled each time
LONGEST_RETRY = 3600
MOST_TRIES = 12
OLDEST_NS = 86_400 * SECOND
SILENT_AFTER = 3  # failures in a row before it is a gap
LOOK_NS = 300 * SECOND  # how often the state of a ticket is asked
_FAILURES = (NotifierError, DeniedError, UsageError)
_SILENT = Text("{name} cannot be told anything: {why}", "无法通知 {name}：{why}")
_STEP = Text("Try it with `periderm notify test {name}`.", "可用 `periderm notify test {name}` 试发。")

NotifierFor = Callable[[Destination], Notifier]
TicketsFor = Callable[[Destination], Tickets]
Resolve = Callable[[str, str], None]
Linked = Callable[[str, str, str], None]


def wait_after(failures: int, asked: float = 0.0) -> int:
    """Nanoseconds until the next try after so many failures in a row; the other side's own wish counts up to an hour."""
    own = min(LONGEST_RETRY, FIRST_RETRY << min(max(failures, 1) - 1, 16))
    return int(max(own, min(asked, LONGEST_RETRY)) * SECOND)


def destination_asset(name: str) -> str:
    """What the gap of a destination speaks of: no asset of the store, and none of its ids."""
    return f"destination:{name}"


class Deliver:
    """Any number of threads call `step`. `resolve` ends an incident whose ticket people closed (its id, the
    destination's name); `linked` hears of a new ticket (the subject, the destination, the ticket's address)."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifier_for: NotifierFor,
        tickets_for: TicketsFor,
        *,
        link: str = "",
        version: str = "",
        resolve: Resolve = lambda _incident, _name: None,
        linked: Linked = lambda _subject, _name, _address: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._notifier_for = notifier_for
        self._tickets_for = tickets_for
        self._link = link
        self._version = version
        self._resolve = resolve
        self._linked = linked
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._looked: dict[str, int] = {}

    def step(self) -> bool:
        """Sends one delivery, or looks at the tickets of one destination; False if nothing was due."""
        taken = self._take()
        if taken is None:
            return False
        destination, state, delivery = taken
        try:
            if delivery is None:
                self._look(destination)
            else:
                self._send(destination, state, delivery)
        finally:
            with self._lock:
                self._busy.discard(destination.name)
        return True

    def _take(self) -> tuple[Destination, DestinationState, Delivery | None] | None:
        now = self._clock.now()
        with self._lock:
            waiting = self._store.waiting()
            for destination, state in self._store.destinations():
                name = destination.name
                if destination.paused or name in self._busy or state.not_before > now:
                    continue
                if waiting.get(name) and (due := self._store.due(name, now)):
                    self._busy.add(name)
                    return destination, state, due[0]
                if destination.channel in TICKETS and now - self._looked.get(name, 0) > LOOK_NS:
                    self._looked[name] = now
                    self._busy.add(name)
                    return destination, state, None
        return None

    def _send(self, destination: Destination, state: DestinationState, delivery: Delivery) -> None:
        message = self.message(destination, delivery)
        try:
            if destination.channel in TICKETS:
                answer = self._ticket(destination, message)
            else:
                answer = self._notifier_for(destination).deliver(message)
        except _FAILURES as error:
            self._failed(destination, state, delivery, error)
            return
        now = self._clock.now()
        done = msgspec.structs.replace(
            delivery, state=DeliveryState.SENT, tries=delivery.tries + 1, ended=now, problem="", answer=answer[:500]
        )
        with self._store.transaction():
            self._store.put_deliveries([done])
            before = self._state(destination.name)
            well = DestinationState(sent=before.sent + 1, last_sent=now, shed=before.shed)
            self._store.put_destination_state(destination.name, well)
            if state.failing:
                self._store.close_gap(gap_id(GapKind.NOTIFIER_SILENT, destination_asset(destination.name)))

    def _state(self, name: str) -> DestinationState:
        """As it is now: how many were shed is counted by another thread."""
        return next((s for d, s in self._store.destinations() if d.name == name), DestinationState())

    def message(self, destination: Destination, delivery: Delivery) -> Message:
        """What is sent, with the records as they are now."""
        records = [self._record(notice) for notice in delivery.notices]
        return render(
            destination,
            delivery.notices,
            identity=delivery.id,
            now=self._clock.now(),
            link=self._link,
            version=self._version,
            records=[r for r in records if r is not None],
            more=delivery.more,
        )

    def _record(self, notice: Notice) -> msgspec.Struct | None:
        match notice.occasion:
            case Occasion.ALERT:
                return self._store.alert(notice.subject_id)
            case Occasion.FINDING_NEW | Occasion.FINDING_GONE:
                return self._store.finding(notice.subject_id)
            case Occasion.GAP_NEW | Occasion.GAP_CLOSED:
                return self._store.gap(notice.subject_id)
            case Occasion.TEST:
                return None
            case _:
                return self._store.incident(notice.subject_id)

    def _failed(
        self,
        destination: Destination,
        state: DestinationState,
        delivery: Delivery,
        error: NotifierError | DeniedError | UsageError,
    ) -> None:
        now = self._clock.now()
        again = error.again if isinstance(error, NotifierError) else True
        tries = delivery.tries + 1
        dead = not again or tries >= MOST_TRIES or now - delivery.made > OLDEST_NS
        asked = error.wait if isinstance(error, NotifierError) else 0.0
        log.warning("%s was not told (try %d): %s", destination.name, tries, error)
        after = msgspec.structs.replace(
            delivery,
            state=DeliveryState.DEAD if dead else DeliveryState.WAITING,
            tries=tries,
            not_before=now + wait_after(tries, asked),
            ended=now if dead else 0,
            problem=str(error)[:2000],
        )
        failures = state.failures + 1
        with self._store.transaction():
            self._store.put_deliveries([after])
            # One that was given up for good says nothing about the next; a host that does not answer does.
            until = 0 if dead and not again else now + wait_after(failures, asked)
            failing = msgspec.structs.replace(
                self._state(destination.name),
                failing=state.failing or now,
                failures=failures,
                problem=str(error)[:2000],
                not_before=until,
            )
            self._store.put_destination_state(destination.name, failing)
            if dead or failures >= SILENT_AFTER:
                self._store.put_gaps([silent_gap(destination, failing, error.what, now)])

    def _ticket(self, destination: Destination, message: Message) -> str:
        """The ticket of a message's only subject; what is remembered of it is written with it."""
        notice = message.notices[0]
        told = self._store.told(destination.name, [notice.subject_id]).get(notice.subject_id)
        known = told.ticket if told is not None else None
        ends = self._over(notice)
        if known is None and ends:
            return ""  # it was over before anybody was told
        ticket = self._tickets_for(destination).put(message, known, open_=not ends)
        if told is not None:
            with self._store.transaction():
                self._keep(told, ticket)
        if ticket.url and (known is None or known.url != ticket.url):
            self._linked(notice.subject_id, destination.name, ticket.url)
        return ticket.url or ticket.key

    def _over(self, notice: Notice) -> bool:
        record = self._record(notice)
        if isinstance(record, Incident):
            return record.state in (IncidentState.RESOLVED, IncidentState.FALSE_ALARM)
        return record is None if notice.occasion is not Occasion.TEST else False

    def _keep(self, told: Told, ticket: Ticket | None) -> None:
        current = self._store.told(told.destination, [told.subject_id]).get(told.subject_id)
        if current is not None:
            self._store.put_told([msgspec.structs.replace(current, ticket=ticket, looked=self._clock.now())])

    def _look(self, destination: Destination) -> None:
        """What became of open tickets. One that cannot be asked now is asked next time."""
        now = self._clock.now()
        try:
            tracker = self._tickets_for(destination)
            for told in self._store.told_open(destination.name, 100):
                if told.ticket is None or now - told.looked < LOOK_NS:
                    continue
                ticket = tracker.look(told.ticket)
                with self._store.transaction():
                    self._keep(told, ticket)
                closed = ticket is not None and not ticket.open and told.ticket.open
                if closed and destination.options.get("resolves") == "on" and self._store.incident(told.subject_id):
                    self._resolve(told.subject_id, destination.name)
        except _FAILURES as error:
            log.warning("tickets of %s cannot be looked at: %s", destination.name, error)

    def run(self, stop: threading.Event, pause: float = 0.5) -> None:
        """Until `stop` is set. A store that refuses is asked again."""
        while not stop.is_set():
            try:
                worked = self.step()
            except StoreError as error:
                log.error("what is to be told waits: %s", error)
                worked = False
            if not worked:
                stop.wait(pause)


def silent_gap(destination: Destination, state: DestinationState, why: str, now: int) -> CoverageGap:
    """That a destination hears nothing, since when, and until when that was so."""
    return CoverageGap(
        id=gap_id(GapKind.NOTIFIER_SILENT, destination_asset(destination.name)),
        kind=GapKind.NOTIFIER_SILENT,
        asset_id=destination_asset(destination.name),
        message=_SILENT.fill(name=destination.name, why=why),
        next_step=_STEP.fill(name=destination.name),
        count=state.failures,
        since=state.failing,
        until=now,
        detail=destination.name,
    )
