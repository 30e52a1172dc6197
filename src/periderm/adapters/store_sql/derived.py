"""Makes the rows to search by again from the stored documents, once, after a step of the schema that asked for it."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, Select, delete, select

from periderm.adapters.store_sql import assets, findings, places, schema
from periderm.adapters.store_sql.asset_words import put_words
from periderm.adapters.store_sql.database import Database, Transaction
from periderm.adapters.store_sql.documents import decode
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.packages import put_packages
from periderm.adapters.store_sql.reach import put_marks
from periderm.adapters.store_sql.schema_people import asset_marks
from periderm.adapters.store_sql.schema_search import asset_words
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory

ASKED = "derive"  # the names of the counters by which a step asks: for all rows to search by
WORDS_ASKED = "words"  # and for the words of assets only
_TABLES = (
    schema.places,
    schema.packages,
    schema.package_places,
    schema.vulnerable,
    schema.vulnerabilities,
    schema.running,
    asset_marks,
)
_inventories = msgspec.msgpack.Decoder(ImageInventory)


def derive(database: Database) -> None:
    """Does nothing unless it is asked for; then all in one transaction, so that a failure asks again next time."""
    counter = schema.counters.c
    asked = select(counter.id).where(counter.id.in_((ASKED, WORDS_ASKED)))
    with database.reading() as connection:
        if connection.execute(asked).first() is None:
            return
    with database.writing() as transaction:
        wanted = set(transaction.connection.execute(asked).scalars())  # none, if another process did it meanwhile
        if ASKED in wanted:
            for table in _TABLES:
                transaction.connection.execute(delete(table))
            _assets(transaction)
            _findings(transaction)
            _inventory(transaction)
        if WORDS_ASKED in wanted:
            _words(transaction)
        transaction.connection.execute(delete(schema.counters).where(counter.id.in_(wanted)))


def _words(transaction: Transaction) -> None:
    transaction.connection.execute(delete(asset_words))
    for names in _names(transaction.connection, select(schema.assets.c.id)):
        put_words(transaction.connection, assets.ASSETS.stored(transaction.connection, names))


def _assets(transaction: Transaction) -> None:
    kinds = schema.assets.c.kind.in_(("image", "container"))
    for names in _names(transaction.connection, select(schema.assets.c.id)):
        put_marks(transaction.connection, assets.ASSETS.stored(transaction.connection, names))
    for names in _names(transaction.connection, select(schema.assets.c.id).where(kinds)):
        assets.follow(transaction, list(assets.ASSETS.stored(transaction.connection, names).values()))


def _findings(transaction: Transaction) -> None:
    columns = schema.findings.c
    for names in _names(transaction.connection, select(columns.id)):
        rows = transaction.connection.execute(select(columns.id, columns.image_digest).where(columns.id.in_(names)))
        digest_of = {row.id: row.image_digest for row in rows}
        found = findings.FINDINGS.stored(transaction.connection, names)
        by_digest: dict[str, list[Finding]] = {}
        for name, finding in found.items():
            by_digest.setdefault(digest_of[name], []).append(finding)
        for digest, some in by_digest.items():
            findings.follow(transaction, [], some, functools.partial(_given, digest))


def _given(digest: str, _finding: Finding) -> str:
    return digest


def _inventory(transaction: Transaction) -> None:
    columns = schema.inventories.c
    connection = transaction.connection
    for name in connection.execute(select(columns.id)).scalars().all():  # one by one: each may be large
        inventory = decode(connection.execute(select(columns.doc).where(columns.id == name)).scalar_one(), _inventories)
        put_packages(connection, places.ensure(connection, [name])[name], inventory)
        places.refresh(transaction, [name], inventory)


def _names(connection: Connection, query: Select[str]) -> Iterator[list[str]]:
    names: list[str] = [row[0] for row in connection.execute(query)]
    yield from chunks(names)
