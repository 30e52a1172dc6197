"""One family of documents (assets, alerts …): how it is laid out in its table, put, merged and taken out again."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, insert, select, update

from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import clean, column, decode, encode, plain
from periderm.model.errors import StoreError
from periderm.model.query import Page

Item = TypeVar("Item", bound=msgspec.Struct)
Other = TypeVar("Other", bound=msgspec.Struct)
Name = TypeVar("Name", str, int)

ID_LIMIT = 512
_AT_ONCE = 500  # bound parameters in one statement; SQLite's own limit is 32,766


@dataclasses.dataclass(frozen=True, slots=True)
class Family(Generic[Item]):
    """`what` names it in Changes and cursors, `key` gives an item's id, `columns` what stands beside its document.
    `aliases` maps a field of Query to a column of another name, `rank` is the column of the order 'severity'."""

    what: str
    table: Table
    decoder: msgspec.msgpack.Decoder[Item]
    key: Callable[[Item], str]
    columns: Callable[[Item], Mapping[str, object]]
    aliases: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rank: str = "severity"

    def outline(self, kind: type[Other], key: Callable[[Other], str]) -> Family[Other]:
        """The same rows, of which less is read. It is only listed, never put."""
        decoder = msgspec.msgpack.Decoder(kind)
        return Family(self.what, self.table, decoder, key, columns=lambda _other: {}, aliases=self.aliases)

    def get(self, connection: Connection, name: str) -> Item | None:
        """The item with this id."""
        found: bytes | None = connection.execute(_by_id(self.table), {"_id": plain(name)}).scalar()
        return None if found is None else decode(found, self.decoder)

    def stored(self, connection: Connection, names: Iterable[str]) -> dict[str, Item]:
        """Those of these ids that exist."""
        found: dict[str, Item] = {}
        for some in chunks(names):
            rows = connection.execute(select(self.table.c.id, self.table.c.doc).where(self.table.c.id.in_(some)))
            found.update((row.id, decode(row.doc, self.decoder)) for row in rows)
        return found

    def put(
        self,
        transaction: Transaction,
        items: Iterable[Item],
        merge: Callable[[Item, Item], Item],
        *,
        extra: Callable[[Item], Mapping[str, object]] | None = None,
        tells: Callable[[Item, Item], bool] | None = None,
    ) -> list[tuple[Item | None, Item]]:
        """Store each as `merge(stored, new)`, or as it is if it is new. `extra` gives columns that the item itself does
        not know; `tells(stored, merged)` whether an update is worth a Change. What stays equal is not written. Gives what was
        written, each as it was (None if it is new) and is."""
        incoming = [(self._name(item), clean(item)) for item in items]  # all before the first write: any may raise
        before = self.stored(transaction.connection, {name for name, _ in incoming})
        after: dict[str, Item] = {}
        for name, item in incoming:
            old = after.get(name, before.get(name))
            new = item if old is None else merge(old, item)
            if old is not None and new == old:
                continue
            after[name] = new
            if old is None or tells is None or tells(old, new):
                transaction.tell(self.what, name)
        rows = {name: self._row(name, item, extra) for name, item in after.items()}
        self._write(
            transaction.connection,
            [row for name, row in rows.items() if name not in before],
            [row for name, row in rows.items() if name in before],
        )
        return [(before.get(name), item) for name, item in after.items()]

    def remove(self, transaction: Transaction, names: Iterable[str]) -> None:
        """Those that exist are gone, each with a Change."""
        for some in chunks(names):
            there = list(transaction.connection.execute(select(self.table.c.id).where(self.table.c.id.in_(some))).scalars())
            transaction.connection.execute(delete(self.table).where(self.table.c.id.in_(there)))
            for name in there:
                transaction.tell(self.what, name)

    def _name(self, item: Item) -> str:
        """Its id. Raises StoreError for one that is too long to be carried in a cursor: ours have 28 to 71 characters."""
        name = plain(self.key(item))
        if len(name) > ID_LIMIT:
            raise StoreError(f"An id of a {self.what} has {len(name)} characters, at most {ID_LIMIT} are stored.")
        return name

    def _row(self, name: str, item: Item, extra: Callable[[Item], Mapping[str, object]] | None) -> dict[str, object]:
        row: dict[str, object] = {key: column(value) for key, value in self.columns(item).items()}
        if extra is not None:
            row.update((key, column(value)) for key, value in extra(item).items())
        row["id"] = name
        row["doc"] = encode(item)
        return row

    def _write(self, connection: Connection, new: list[dict[str, object]], changed: list[dict[str, object]]) -> None:
        if new:
            connection.execute(insert(self.table), new)
        if changed:
            fields = [key for key in changed[0] if key != "id"]
            statement = update(self.table).where(self.table.c.id == bindparam("_id"))
            statement = statement.values({key: bindparam(f"_{key}") for key in fields})
            connection.execute(statement, [{f"_{key}": value for key, value in row.items()} for row in changed])


@functools.cache
def _by_id(table: Table) -> Select[bytes]:
    """The most frequent question of all, put together once."""
    return select(table.c.doc).where(table.c.id == bindparam("_id"))


def named(connection: Connection, asked: Select[str], column: ColumnElement[str], names: Sequence[str] | None) -> Page[str]:
    """What is found of these names, or of all (None), sorted; as they were given."""
    if names is None:
        found = list(connection.execute(asked).scalars())
    else:
        given = {plain(name): name for name in names if name}
        parts = (connection.execute(asked.where(column.in_(some))).scalars() for some in chunks(given))
        found = [given[name] for part in parts for name in part]
    return Page(tuple(sorted(found)), "", len(found))


def chunks(names: Iterable[Name]) -> Iterable[list[Name]]:
    """So many at once as one statement takes."""
    rest = iter(names)
    while some := list(itertools.islice(rest, _AT_ONCE)):
        yield some
