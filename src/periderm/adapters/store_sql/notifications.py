"""Destinations of notices, their queue, and what each was told. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import delete, func, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql import schema_notifications as tables
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.part import Part
from periderm.model.notice import Delivery, DeliveryState, Destination, DestinationState, Told
from periderm.model.query import Page, Query

_destinations = msgspec.msgpack.Decoder(Destination)
_states = msgspec.msgpack.Decoder(DestinationState)
_COUNTER = "notified"  # how far changes were read, among the store's own counters


def _of_delivery(delivery: Delivery) -> Mapping[str, object]:
    titles = [part for notice in delivery.notices for part in (notice.title, notice.place)]
    return {
        "time": delivery.made,
        "kind": delivery.destination,
        "state": delivery.state.value,
        "key": delivery.key,
        "not_before": delivery.not_before,
        "tries": delivery.tries,
        "search": searchable(*titles, delivery.problem),
    }


def _of_told(told: Told) -> Mapping[str, object]:
    return {
        "destination": told.destination,
        "subject_id": told.subject_id,
        "state": "open" if told.open else "over",
        "time": told.time,
        "looked": told.looked,
    }


DELIVERIES: Family[Delivery] = Family(
    what="delivery",
    table=tables.deliveries,
    decoder=msgspec.msgpack.Decoder(Delivery),
    key=lambda delivery: delivery.id,
    columns=_of_delivery,
)
TOLD: Family[Told] = Family(
    what="told", table=tables.told, decoder=msgspec.msgpack.Decoder(Told), key=lambda told: told.id, columns=_of_told
)


class SqlNotifications(Part):
    """`ports.notifications.NotificationStore`."""

    def put_destination(self, destination: Destination) -> None:
        """Store or replace; how telling goes stays known."""
        destination = clean(destination)
        name = plain(destination.name)
        table = tables.destinations
        with self._database.writing() as transaction:
            connection = transaction.connection
            if connection.execute(select(table.c.id).where(table.c.id == name)).first() is None:
                row = {"id": name, "doc": encode(destination), "state": encode(DestinationState())}
                connection.execute(insert(table), [row])
            else:
                connection.execute(update(table).where(table.c.id == name).values(doc=encode(destination)))
            transaction.tell("destination", name)

    def remove_destination(self, name: str) -> bool:
        """With its queue and what it was told."""
        gone = plain(name)
        with self._database.writing() as transaction:
            connection = transaction.connection
            removed = connection.execute(delete(tables.destinations).where(tables.destinations.c.id == gone))
            connection.execute(delete(tables.deliveries).where(tables.deliveries.c.kind == gone))
            connection.execute(delete(tables.told).where(tables.told.c.destination == gone))
            if removed.rowcount:
                transaction.tell("destination", gone)
            return bool(removed.rowcount)

    def destinations(self) -> Sequence[tuple[Destination, DestinationState]]:
        """All, by name."""
        columns = tables.destinations.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc, columns.state).order_by(columns.id)).all()
        return [(decode(row.doc, _destinations), decode(row.state, _states)) for row in rows]

    def put_destination_state(self, name: str, state: DestinationState) -> None:
        """How telling goes."""
        columns = tables.destinations.c
        with self._database.writing() as transaction:
            change = update(tables.destinations).where(columns.id == plain(name)).values(state=encode(clean(state)))
            if transaction.connection.execute(change).rowcount:
                transaction.tell("destination", name)

    def put_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            there = set(transaction.connection.execute(select(tables.destinations.c.id)).scalars())
            known = [d for d in deliveries if plain(d.destination) in there]
            DELIVERIES.put(transaction, known, lambda _old, new: new)

    def delivery(self, delivery_id: str) -> Delivery | None:
        """One by its id."""
        return self._get(DELIVERIES, delivery_id)

    def deliveries(self, query: Query) -> Page[Delivery]:
        """Newest first."""
        return self._page(DELIVERIES, query)

    def due(self, destination: str, now: int, limit: int = 1) -> Sequence[Delivery]:
        """Waiting ones whose time has come."""
        columns = tables.deliveries.c
        chosen = select(columns.doc).where(
            columns.kind == plain(destination),
            columns.state == DeliveryState.WAITING.value,
            columns.not_before <= bounded(now),
        )
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(columns.not_before, columns.id).limit(limit)).scalars().all()
        return [decode(row, DELIVERIES.decoder) for row in rows]

    def waiting(self) -> Mapping[str, int]:
        """How many wait, by destination."""
        columns = tables.deliveries.c
        counted = select(columns.kind, func.count()).where(columns.state == DeliveryState.WAITING.value)
        with self._database.reading() as connection:
            rows = connection.execute(counted.group_by(columns.kind)).all()
        return {str(row[0]): int(row[1]) for row in rows}

    def collecting(self, destination: str, key: str, now: int) -> Delivery | None:
        """One that still waits for more of the same key."""
        columns = tables.deliveries.c
        chosen = select(columns.doc).where(
            columns.kind == plain(destination),
            columns.state == DeliveryState.WAITING.value,
            columns.not_before > bounded(now),
            columns.key == plain(key),
            columns.tries == 0,
        )
        with self._database.reading() as connection:
            row = connection.execute(chosen.order_by(columns.not_before, columns.id).limit(1)).scalar()
        return None if row is None else decode(row, DELIVERIES.decoder)

    def trim_deliveries(self, keep: int = 500) -> None:
        """Forgets sent ones but the latest of each destination."""
        table = tables.deliveries
        sent = table.c.state == DeliveryState.SENT.value
        with self._database.writing() as transaction:
            connection = transaction.connection
            for name in connection.execute(select(tables.destinations.c.id)).scalars().all():
                mine = (table.c.kind == name) & sent
                last = select(table.c.time).where(mine).order_by(table.c.time.desc(), table.c.id).offset(keep).limit(1)
                oldest = connection.execute(last).scalar()
                if oldest is not None:
                    connection.execute(delete(table).where(mine, table.c.time <= oldest))

    def put_told(self, told: Iterable[Told]) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            place = transaction.place()
            TOLD.put(transaction, told, lambda _old, new: new)
            transaction.back_to(place)  # what is told of telling would be told again

    def told(self, destination: str, subject_ids: Iterable[str]) -> Mapping[str, Told]:
        """By subject, those that exist."""
        names = {plain(f"{destination} {subject}") for subject in subject_ids}
        with self._database.reading() as connection:
            found = TOLD.stored(connection, names)
        return {told.subject_id: told for told in found.values()}

    def told_of(self, subject_id: str) -> Sequence[Told]:
        """By all destinations."""
        columns = tables.told.c
        chosen = select(columns.doc).where(columns.subject_id == plain(subject_id)).order_by(columns.id)
        with self._database.reading() as connection:
            return [decode(row, TOLD.decoder) for row in connection.execute(chosen).scalars()]

    def told_open(self, destination: str, limit: int = 1000) -> Sequence[Told]:
        """What it was told that goes on, longest not looked at first."""
        columns = tables.told.c
        chosen = select(columns.doc).where(columns.destination == plain(destination), columns.state == "open")
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(columns.looked, columns.id).limit(limit)).scalars().all()
        return [decode(row, TOLD.decoder) for row in rows]

    def forget_told(self, before: int) -> None:
        """Those that are over since before that time, and have no ticket."""
        columns = tables.told.c
        old = select(columns.id, columns.doc).where(columns.state == "over", columns.time < bounded(before)).limit(10_000)
        with self._database.writing() as transaction:
            rows = transaction.connection.execute(old).all()
            gone = [row.id for row in rows if decode(row.doc, TOLD.decoder).ticket is None]
            for some in chunks(gone):
                transaction.connection.execute(delete(tables.told).where(columns.id.in_(some)))

    def notified(self) -> int:
        """The number of the last change that was read, -1 if none ever was."""
        column = schema.counters.c
        with self._database.reading() as connection:
            found = connection.execute(select(column.value).where(column.id == _COUNTER)).scalar()
        return -1 if found is None else int(found)

    def mark_notified(self, sequence: int) -> None:
        """All up to this one were read."""
        table = schema.counters
        with self._database.writing() as transaction:
            change = update(table).where(table.c.id == _COUNTER).values(value=bounded(sequence))
            if not transaction.connection.execute(change).rowcount:
                transaction.connection.execute(insert(table), [{"id": _COUNTER, "value": bounded(sequence)}])
