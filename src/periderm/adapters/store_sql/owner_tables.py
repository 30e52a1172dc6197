"""Tables of owners by name, each one document: they are read whole and written whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.schema_handlings import owner_tables
from periderm.model.owner_table import OwnerTable


def _columns(_table: OwnerTable) -> Mapping[str, object]:
    return {}


TABLES: Family[OwnerTable] = Family(
    what="owner-table",
    table=owner_tables,
    decoder=msgspec.msgpack.Decoder(OwnerTable),
    key=lambda table: table.id,
    columns=_columns,
)


class SqlOwnerTables(Part):
    """`ports.owner_tables.OwnerTableStore`."""

    def put_owner_table(self, table: OwnerTable) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            TABLES.put(transaction, [table], lambda _old, new: new)

    def remove_owner_table(self, name: str) -> bool:
        """Whether it was there."""
        with self._database.writing() as transaction:
            there = TABLES.get(transaction.connection, name) is not None
            TABLES.remove(transaction, [plain(name)])
            return there

    def owner_tables(self) -> Sequence[OwnerTable]:
        """All, by their names."""
        with self._database.reading() as connection:
            rows = connection.execute(select(owner_tables.c.doc).order_by(owner_tables.c.id)).scalars().all()
        return [decode(row, TABLES.decoder) for row in rows]
