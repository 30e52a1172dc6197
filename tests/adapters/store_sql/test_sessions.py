"""Sign-ins and sessions."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from periderm.adapters.store_sql import schema, schema_people
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.sessions import SqlSessions
from periderm.model.account import SignedIn


def rows(database: Database, table: Table) -> int:
    """How many there are."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_expired_is_forgotten(database: Database) -> None:
    """The tables do not grow for ever with what nobody uses any more."""
    sessions = SqlSessions(database)
    for number in range(9):
        sessions.put_sign_in(f"link-{number}", "ada", expires=100 + number)
        session = SignedIn(id=f"sit-{number}", name="ada", began=number, expires=100 + number)
        sessions.put_session(f"cookie-{number}", session)
        sessions.put_device(f"browser-{number}", "ada", expires=100 + number, now=number)
    assert sessions.use_sign_in("link-8", now=104) == "ada"
    sessions.put_sign_in("link-9", "ada", expires=300)
    assert rows(database, schema.sign_ins) == 5
    sessions.put_session("cookie-9", SignedIn(id="sit-9", name="ada", began=104, expires=300))
    assert rows(database, schema.sessions) == 5
    sessions.put_device("browser-9", "ada", expires=300, now=104)
    assert rows(database, schema_people.devices) == 5


def test_a_session_is_as_it_was_put_last(database: Database) -> None:
    """Put again it lives longer."""
    sessions = SqlSessions(database)
    first = SignedIn(id="sit-1", name="ada", began=1, expires=100)
    later = SignedIn(id="sit-1", name="ada", began=1, expires=200)
    sessions.put_session("cookie", first)
    sessions.put_session("cookie", later)
    assert sessions.session("cookie", now=150) == later
