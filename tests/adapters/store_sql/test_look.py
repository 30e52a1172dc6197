"""What a thread sees while it looks: one state, each question asked once, no connection before the first."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InterfaceError

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.look import Look
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from periderm.model.query import Query
from tests.ports.plugs import alert


def refuse() -> int:
    """Takes the place of what must not be asked."""
    raise AssertionError("asked again")


def put_and_fail(store: SqlStore) -> None:
    """A transaction of which nothing stays."""
    with store.transaction():
        store.put_alerts([alert(2)])
        raise RuntimeError


def test_what_another_writes_is_seen_after_the_look(tmp_path: Path) -> None:
    """Two processes have the store open; the page of one is of one moment."""
    where = str(tmp_path / "a.sqlite")
    one, other = SqlStore(where, SystemClock()), SqlStore(where, SystemClock())
    with one.look():
        assert one.alerts(Query()).total == 0
        other.put_alerts([alert(1)])
        assert one.alerts(Query()).total == 0
        assert one.alert("alt-0001") is None
        with one.look():  # a part of the outer one
            assert one.alerts(Query(limit=7)).total == 0
    assert one.alerts(Query()).total == 1
    other.close()
    one.close()


def test_a_thread_sees_what_it_wrote(store: SqlStore) -> None:
    """Its own write ends the state that it saw, whether it went well or not; within the transaction it sees that."""
    with store.look():
        assert store.alert("alt-0001") is None
        with store.transaction():
            store.put_alerts([alert(1)])
            assert store.alert("alt-0001") is not None
        assert store.alert("alt-0001") is not None
        with pytest.raises(RuntimeError):
            put_and_fail(store)
        assert store.alerts(Query()).total == 1


def test_the_same_question_is_asked_once(database: Database) -> None:
    """Within a look; outside of it, and in a transaction, each time."""
    with database.look():
        assert database.once("a", lambda: 1) == 1
        assert database.once("a", refuse) == 1
        with database.transaction():
            assert database.once("a", lambda: 2) == 2
        assert database.once("a", lambda: 3) == 3
    assert database.once("a", lambda: 4) == 4


def test_a_refused_question_does_not_end_the_look(database: Database) -> None:
    """The next one gets a connection of its own."""
    with database.look():
        with pytest.raises(StoreError), database.reading() as connection:
            connection.execute(text("SELECT * FROM nowhere"))
        with database.reading() as connection:
            assert connection.execute(select(schema.alerts.c.id)).all() == []


def test_nothing_is_taken_before_something_is_asked() -> None:
    """A look that asks nothing costs nothing, and can be ended twice."""

    def connect() -> object:
        raise AssertionError("nothing was asked")

    look = Look(connect)  # type: ignore[arg-type]  # it is not called
    look.end()
    look.end()


def test_what_cannot_be_given_back_is_thrown_away() -> None:
    """The page was drawn; that its connection broke then is no error of it."""

    class Broken:
        """A connection that fails at its end."""

        def begin(self) -> None:
            """As a connection's."""

        def close(self) -> None:
            """As one whose database is gone."""
            raise InterfaceError("ROLLBACK", None, RuntimeError())

    look = Look(Broken)  # type: ignore[arg-type]  # what is asked of a connection here
    look.connection()
    look.end()
