"""Announced sessions by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.session import AnnouncedSession


def _columns(session: AnnouncedSession) -> Mapping[str, object]:
    return {"until": session.ended or session.until}


ANNOUNCEMENTS: Family[AnnouncedSession] = Family(
    what="announcement",
    table=schema.announcements,
    decoder=msgspec.msgpack.Decoder(AnnouncedSession),
    key=lambda session: session.id,
    columns=_columns,
)


class SqlAnnouncements(Part):
    """`ports.store.AnnouncementStore`."""

    def put_announcement(self, session: AnnouncedSession) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            ANNOUNCEMENTS.put(transaction, [session], lambda _old, new: new)

    def announcements(self, now: int) -> Sequence[AnnouncedSession]:
        """Those that are not over, the earliest end first."""
        columns = schema.announcements.c
        chosen = select(columns.doc).where(columns.until > now).order_by(columns.until, columns.id)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).scalars().all()
        return sorted((decode(row, ANNOUNCEMENTS.decoder) for row in rows), key=lambda session: (session.since, session.id))

    def announcement(self, session_id: str) -> AnnouncedSession | None:
        """The one of this id."""
        columns = schema.announcements.c
        with self._database.reading() as connection:
            row = connection.execute(select(columns.doc).where(columns.id == plain(session_id))).scalar_one_or_none()
        return None if row is None else decode(row, ANNOUNCEMENTS.decoder)
