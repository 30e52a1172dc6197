"""What came from agents and workers: which envelopes were taken, who is alive; and the list of changes for readers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain
from periderm.adapters.store_sql.part import Part
from periderm.model.envelope import Heartbeat
from periderm.model.query import Change

_heartbeats = msgspec.msgpack.Decoder(Heartbeat)


class SqlSenders(Part):
    """The rest of `ports.store.Store`."""

    def seen(self, sender: str) -> int:
        """The highest envelope sequence taken from a sender, -1 if none."""
        columns = schema.senders.c
        with self._database.reading() as connection:
            found: int | None = connection.execute(select(columns.sequence).where(columns.id == plain(sender))).scalar()
        return -1 if found is None else found

    def mark_seen(self, sender: str, sequence: int) -> None:
        """To be called in the transaction that stores the envelope's records; never goes back."""
        table = schema.senders
        with self._database.writing() as transaction:
            found = self.seen(sender)
            if sequence <= found:
                return
            if found < 0:
                transaction.connection.execute(delete(table).where(table.c.id == plain(sender)))
                transaction.connection.execute(insert(table), [{"id": plain(sender), "sequence": bounded(sequence)}])
            else:
                statement = update(table).where(table.c.id == plain(sender))
                transaction.connection.execute(statement.values(sequence=bounded(sequence)))

    def put_heartbeat(self, heartbeat: Heartbeat) -> None:
        """The last one of a role on a node is kept; no Change."""
        heartbeat = clean(heartbeat)
        table = schema.heartbeats
        name = {"role": plain(heartbeat.role), "node_id": plain(heartbeat.node_id)}
        with self._database.writing() as transaction:
            same = (table.c.role == name["role"]) & (table.c.node_id == name["node_id"])
            transaction.connection.execute(delete(table).where(same))
            transaction.connection.execute(insert(table), [{**name, "doc": encode(heartbeat)}])

    def heartbeats(self) -> Sequence[Heartbeat]:
        """The last of each role on each node."""
        return list(self._database.once("heartbeats", self._heartbeats))

    def _heartbeats(self) -> tuple[Heartbeat, ...]:
        columns = schema.heartbeats.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc).order_by(columns.role, columns.node_id)).scalars().all()
        return tuple(decode(row, _heartbeats) for row in rows)

    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        """What changed after a sequence number, oldest first."""
        columns = schema.changes.c
        query = select(columns.sequence, columns.what, columns.id, columns.time).where(columns.sequence > bounded(after))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.sequence).limit(max(0, limit))).all()
        return [Change(row.sequence, row.what, row.id, row.time) for row in rows]
