"""Responses and what became of them: every record is kept, the latest one of each effect is current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import insert, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.effect import EffectRecord
from periderm.model.query import Page, Query


def _columns(record: EffectRecord) -> Mapping[str, object]:
    effect = record.effect
    return {
        "time": record.time,
        "kind": type(effect).__struct_config__.tag,
        "asset_id": effect.asset_id,
        "node_id": effect.node_id,
        "incident_id": effect.incident_id,
        "state": record.state.value,
        "search": searchable(effect.reason, effect.blast_radius, record.detail, effect.decided_by),
    }


EFFECTS: Family[EffectRecord] = Family(
    what="effect",
    table=schema.effects,
    decoder=msgspec.msgpack.Decoder(EffectRecord),
    key=lambda record: record.effect.id,
    columns=_columns,
)


def merge(old: EffectRecord, new: EffectRecord) -> EffectRecord:
    """The later one; of two at the same time the one that came later."""
    return new if new.time >= old.time else old


class SqlEffects(Part):
    """`ports.store.EffectStore`."""

    def put_effect(self, record: EffectRecord) -> None:
        """Add to the effect's history; a record that is in it already changes nothing."""
        record = clean(record)
        name, time, document = plain(record.effect.id), bounded(record.time), encode(record)
        columns = schema.effect_history.c
        same_time = select(columns.doc).where(columns.effect_id == name, columns.time == time)
        with self._database.transaction() as transaction:
            there = transaction.connection.execute(same_time).scalars().all()
            if document in there:
                return
            row = {"effect_id": name, "time": time, "number": len(there), "doc": document}
            transaction.connection.execute(insert(schema.effect_history), [row])
            transaction.tell("effect", name)
            EFFECTS.put(transaction, [record], merge)

    def effect(self, effect_id: str) -> EffectRecord | None:
        """The current record."""
        return self._get(EFFECTS, effect_id)

    def effect_history(self, effect_id: str) -> Sequence[EffectRecord]:
        """All records of an effect, oldest first."""
        columns = schema.effect_history.c
        query = select(columns.doc).where(columns.effect_id == plain(effect_id)).order_by(columns.time, columns.number)
        with self._database.reading() as connection:
            rows = connection.execute(query).scalars().all()
        return [decode(row, EFFECTS.decoder) for row in rows]

    def effects(self, query: Query) -> Page[EffectRecord]:
        """A page of the current records, newest first."""
        return self._page(EFFECTS, query)
