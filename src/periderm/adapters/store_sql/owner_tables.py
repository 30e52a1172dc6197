"""Tables of owners by name, each one document: they are read whole and written whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.schema_handlings import owner_tables
from periderm.model.owner_table import OwnerHead, OwnerSource, OwnerTable


def _columns(_table: OwnerTable) -> Mapping[str, object]:
    return {}


TABLES: Family[OwnerTable] = Family(
    what="owner-table",
    table=owner_tables,
    decoder=msgspec.msgpack.Decoder(OwnerTable),
    key=lambda table: table.id,
    columns=_columns,
)


class _Head(msgspec.Struct, frozen=True):
    """A stored table whose rows stay the bytes that they are: no object is made of them."""

    id: str
    source: str = ""
    imported: int = 0
    author: str = ""
    rows: msgspec.Raw = msgspec.Raw(b"\x90")
    fetch: OwnerSource | None = None


_heads = msgspec.msgpack.Decoder(_Head)


def _count(rows: msgspec.Raw) -> int:
    """How many elements an array has, by its head (https://github.com/msgpack/msgpack/blob/master/spec.md#array-format-family)."""
    data = memoryview(rows)
    if data[0] & 0xF0 == 0x90:  # fixarray
        return data[0] & 0x0F
    return int.from_bytes(data[1:3] if data[0] == 0xDC else data[1:5], "big")  # array 16, array 32


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

    def owner_table(self, name: str) -> OwnerTable | None:
        """The one of that name."""
        with self._database.reading() as connection:
            return TABLES.get(connection, name)

    def owner_heads(self) -> Sequence[OwnerHead]:
        """All without their rows."""
        with self._database.reading() as connection:
            docs = connection.execute(select(owner_tables.c.doc).order_by(owner_tables.c.id)).scalars().all()
        found = [decode(doc, _heads) for doc in docs]
        return [
            OwnerHead(id=t.id, source=t.source, imported=t.imported, author=t.author, count=_count(t.rows), fetch=t.fetch)
            for t in found
        ]

    def owner_tables(self) -> Sequence[OwnerTable]:
        """All, by their names."""
        with self._database.reading() as connection:
            rows = connection.execute(select(owner_tables.c.doc).order_by(owner_tables.c.id)).scalars().all()
        return [decode(row, TABLES.decoder) for row in rows]
