"""Transactions of a database: what fails inside ends them, and changes are told at their end."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Database, dialect_for
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.model.errors import StoreError, UsageError


def numbers(database: Database) -> list[int]:
    """Sequence numbers of the changes."""
    with database.reading() as connection:
        return list(connection.execute(select(schema.changes.c.sequence)).scalars())


def fail(database: Database) -> None:
    """A statement that the database refuses."""
    with database.writing() as transaction:
        transaction.connection.execute(text("SELECT * FROM nowhere"))


def test_a_refused_statement_ends_the_whole_transaction(database: Database) -> None:
    """Even if its error is caught inside: what the database did by then is not known, so nothing of it stays."""

    def swallow() -> None:
        with database.transaction() as transaction:
            transaction.tell("alert", "x")
            with pytest.raises(StoreError):
                fail(database)

    with pytest.raises(StoreError):
        swallow()
    assert numbers(database) == []
    with database.transaction() as transaction:
        transaction.tell("alert", "x")
    assert numbers(database) == [1]


def test_the_same_change_is_told_once(database: Database) -> None:
    """Readers see only what a transaction left behind, so that one number says it."""
    with database.transaction() as transaction:
        for name in ("a", "b", "a"):
            transaction.tell("alert", name)
    assert numbers(database) == [1, 2]


def test_errors_have_a_next_step(database: Database) -> None:
    """In our words, with the database's own behind them."""
    with pytest.raises(StoreError) as caught:
        fail(database)
    assert "nowhere" in caught.value.what
    assert caught.value.next_step
    assert caught.value.__cause__ is not None


def test_a_reader_may_not_be_told_of_half_a_transaction(database: Database) -> None:
    """One reading sees one state, although others write between its questions."""
    with database.reading() as connection:
        before = connection.execute(select(schema.changes.c.sequence)).scalars().all()
        other = Database(str(connection.engine.url.database), database._clock)
        with other.transaction() as transaction:
            transaction.tell("alert", "x")
        other.close()
        assert connection.execute(select(schema.changes.c.sequence)).scalars().all() == before == []
    assert numbers(database) == [1]


def test_the_kind_of_database_is_in_its_name() -> None:
    """A path is SQLite; what there is no plug for is told."""
    assert isinstance(dialect_for("/var/lib/periderm/periderm.sqlite"), SqliteDialect)
    assert isinstance(dialect_for("sqlite:///x"), SqliteDialect)
    with pytest.raises(UsageError) as caught:
        dialect_for("mysql://localhost/x")
    assert caught.value.next_step
