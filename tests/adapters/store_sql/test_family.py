"""One family of documents in its table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from periderm.adapters.store_sql.alerts import ALERTS, merge
from periderm.adapters.store_sql.database import Database
from tests.ports.plugs import alert


def test_what_is_equal_is_not_written(database: Database) -> None:
    """Putting 1,000 known alerts reads them and writes nothing."""
    items = [alert(number) for number in range(1000)]
    with database.writing() as transaction:
        ALERTS.put(transaction, items, merge)
    written: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            written.append(statement)

    with database.writing() as transaction:
        event.listen(transaction.connection, "before_cursor_execute", listen)
        ALERTS.put(transaction, items, merge)
    assert written == []


def test_many_are_put_in_few_statements(database: Database) -> None:
    """1,000 new ones: one INSERT of all, one SELECT for each 500."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    with database.writing() as transaction:
        event.listen(transaction.connection, "before_cursor_execute", listen)
        ALERTS.put(transaction, [alert(number) for number in range(1000)], merge)
        assert asked == ["SELECT", "SELECT", "INSERT"]


def test_the_same_id_twice_in_one_put_is_merged(database: Database) -> None:
    """In the order in which they are given, new or known."""
    for _ in range(2):
        with database.writing() as transaction:
            ALERTS.put(transaction, [alert(count=3), alert(count=9), alert(count=4)], merge)
        with database.reading() as connection:
            assert ALERTS.get(connection, "alt-0001") == alert(count=9)


def test_removing_tells_only_what_was_there(database: Database) -> None:
    """Ids that do not exist make no change."""
    with database.writing() as transaction:
        ALERTS.put(transaction, [alert(number) for number in range(3)], merge)
    with database.writing() as transaction:
        place = transaction.place()
        ALERTS.remove(transaction, ["alt-0001", "nothing"])
        assert transaction.place() == place + 1
    with database.reading() as connection:
        assert sorted(ALERTS.stored(connection, [f"alt-{n:04}" for n in range(9)])) == ["alt-0000", "alt-0002"]
