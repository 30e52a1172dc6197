"""Sign-ins that work once, sessions that end, and browsers that were here before, known only by digests of their secrets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select, update

from periderm.adapters.store_sql import schema, schema_people
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain
from periderm.adapters.store_sql.part import Part
from periderm.model.account import SignedIn

_sessions = msgspec.msgpack.Decoder(SignedIn)


class SqlSessions(Part):
    """`ports.accounts.SignedInStore`."""

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

    def put_session(self, digest: str, session: SignedIn) -> None:
        """Known until it expires; forgets those that have. Put again it is as it is now."""
        session = clean(session)
        table = schema.sessions
        with self._database.writing() as transaction:
            over = (table.c.id == plain(digest)) | (table.c.expires <= bounded(session.began))
            transaction.connection.execute(delete(table).where(over))
            row = {"id": plain(digest), "public": plain(session.id), "name": plain(session.name), "doc": encode(session)}
            times = {"expires": bounded(session.expires), "seen": bounded(session.seen)}
            transaction.connection.execute(insert(table), [{**row, **times}])
            transaction.tell("session", session.id)

    def session(self, digest: str, now: int) -> SignedIn | None:
        """One that has not ended."""
        columns = schema.sessions.c
        query = select(columns.doc, columns.seen).where(columns.id == plain(digest), columns.expires > bounded(now))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else msgspec.structs.replace(decode(row.doc, _sessions), seen=row.seen)

    def see_session(self, digest: str, now: int) -> None:
        """No Change: it would be one for each call."""
        table = schema.sessions
        with self._database.writing() as transaction:
            transaction.connection.execute(update(table).where(table.c.id == plain(digest)).values(seen=bounded(now)))

    def change_session(self, session: SignedIn) -> None:
        """By its public id; its cookie and its end stay as they are."""
        session = clean(session)
        table = schema.sessions
        with self._database.writing() as transaction:
            change = update(table).where(table.c.public == plain(session.id)).values(doc=encode(session))
            transaction.connection.execute(change)

    def sessions(self, now: int) -> Sequence[SignedIn]:
        """Those that have not ended, the latest seen first."""
        columns = schema.sessions.c
        query = select(columns.doc, columns.seen).where(columns.expires > bounded(now))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.seen.desc(), columns.public)).all()
        return [msgspec.structs.replace(decode(row.doc, _sessions), seen=row.seen) for row in rows]

    def end_session(self, digest: str) -> None:
        """It is over."""
        with self._database.writing() as transaction:
            transaction.connection.execute(delete(schema.sessions).where(schema.sessions.c.id == plain(digest)))

    def end_sessions(self, *, name: str = "", session_id: str = "", but: str = "") -> int:
        """Nothing without a name or an id."""
        columns = schema.sessions.c
        meant = columns.name == plain(name) if name else columns.public == plain(session_id)
        with self._database.writing() as transaction:
            there = transaction.connection.execute(select(columns.public).where(meant, columns.public != plain(but)))
            ended = list(there.scalars())
            transaction.connection.execute(delete(schema.sessions).where(meant, columns.public != plain(but)))
            for each in ended:
                transaction.tell("session", each)
        return len(ended)

    def put_device(self, digest: str, name: str, expires: int, now: int) -> None:
        """Known until `expires`; forgets all that have expired."""
        table = schema_people.devices
        with self._database.writing() as transaction:
            over = (table.c.id == plain(digest)) | (table.c.expires <= bounded(now))
            transaction.connection.execute(delete(table).where(over))
            row = {"id": plain(digest), "name": plain(name), "expires": bounded(expires)}
            transaction.connection.execute(insert(table), [row])

    def device(self, digest: str, name: str, now: int) -> bool:
        """Whether this account has signed in there before."""
        columns = schema_people.devices.c
        same = (columns.id == plain(digest)) & (columns.name == plain(name)) & (columns.expires > bounded(now))
        with self._database.reading() as connection:
            return connection.execute(select(columns.id).where(same)).first() is not None
