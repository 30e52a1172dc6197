"""Sign-ins and sessions."""

from __future__ import annotations

from sqlalchemy import func, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.sessions import SqlSessions


def test_what_expired_is_forgotten(database: Database) -> None:
    """The tables do not grow for ever with links that nobody used."""
    sessions = SqlSessions(database)
    for number in range(9):
        sessions.put_sign_in(f"link-{number}", "ada", expires=100 + number)
        sessions.put_session(f"cookie-{number}", "ada", expires=100 + number)
    assert sessions.use_sign_in("link-8", now=104) == "ada"
    sessions.put_sign_in("link-9", "ada", expires=300)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.sign_ins)).scalar() == 5


def test_a_session_can_be_prolonged(database: Database) -> None:
    """Put again it lives longer."""
    sessions = SqlSessions(database)
    sessions.put_session("cookie", "ada", expires=100)
    sessions.put_session("cookie", "ada", expires=200)
    assert sessions.session("cookie", now=150) == "ada"
