"""Sign-ins that work once and sessions that end, known only by digests of their secrets."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, plain
from periderm.adapters.store_sql.part import Part


class SqlSessions(Part):
    """`ports.store.SessionStore`."""

    def put_sign_in(self, digest: str, name: str, expires: int) -> None:
        """Known from now on; one that was put before keeps its state."""
        table = schema.sign_ins
        with self._database.writing() as transaction:
            if transaction.connection.execute(select(table.c.id).where(table.c.id == plain(digest))).first() is None:
                row = {"id": plain(digest), "name": plain(name), "expires": bounded(expires), "used": 0}
                transaction.connection.execute(insert(table), [row])

    def use_sign_in(self, digest: str, now: int) -> str | None:
        """The name it was made for, once; None if unknown, used or expired. Forgets those that have expired."""
        table = schema.sign_ins
        fresh = (table.c.id == plain(digest)) & (table.c.used == 0) & (table.c.expires > bounded(now))
        with self._database.writing() as transaction:
            found: str | None = transaction.connection.execute(select(table.c.name).where(fresh)).scalar()
            if found is not None:
                transaction.connection.execute(update(table).where(fresh).values(used=1))
            transaction.connection.execute(delete(table).where(table.c.expires <= bounded(now)))
            return found

    def put_session(self, digest: str, name: str, expires: int) -> None:
        """Known until `expires`; put again it gets the new name and end."""
        table = schema.sessions
        with self._database.writing() as transaction:
            transaction.connection.execute(delete(table).where(table.c.id == plain(digest)))
            row = {"id": plain(digest), "name": plain(name), "expires": bounded(expires)}
            transaction.connection.execute(insert(table), [row])

    def session(self, digest: str, now: int) -> str | None:
        """The name of a session that has not ended."""
        table = schema.sessions
        query = select(table.c.name).where(table.c.id == plain(digest), table.c.expires > bounded(now))
        with self._database.reading() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def end_session(self, digest: str) -> None:
        """It is over."""
        with self._database.writing() as transaction:
            transaction.connection.execute(delete(schema.sessions).where(schema.sessions.c.id == plain(digest)))
