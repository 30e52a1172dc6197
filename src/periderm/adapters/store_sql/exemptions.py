"""Exceptions that people made, by id. They say what does not count; nothing is matched here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.exception import Exemption


def _columns(exemption: Exemption) -> Mapping[str, object]:
    return {"expires": exemption.expires}


EXEMPTIONS: Family[Exemption] = Family(
    what="exemption",
    table=schema.exemptions,
    decoder=msgspec.msgpack.Decoder(Exemption),
    key=lambda exemption: exemption.id,
    columns=_columns,
)


class SqlExemptions(Part):
    """`ports.store.ExemptionStore`."""

    def put_exemption(self, exemption: Exemption) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            EXEMPTIONS.put(transaction, [exemption], lambda _old, new: new)

    def remove_exemption(self, exemption_id: str) -> None:
        """It hides nothing any more."""
        with self._database.writing() as transaction:
            EXEMPTIONS.remove(transaction, [plain(exemption_id)])

    def exemptions(self) -> Sequence[Exemption]:
        """All, also the expired ones, by expiry, then by id."""
        columns = schema.exemptions.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc).order_by(columns.expires, columns.id)).scalars().all()
        return [decode(row, EXEMPTIONS.decoder) for row in rows]
