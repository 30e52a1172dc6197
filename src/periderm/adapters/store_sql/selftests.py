"""Runs of the self-test by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.exercise import SelfTest


def _columns(run: SelfTest) -> Mapping[str, object]:
    return {"started": run.started}


SELFTESTS: Family[SelfTest] = Family(
    what="selftest",
    table=schema.selftests,
    decoder=msgspec.msgpack.Decoder(SelfTest),
    key=lambda run: run.id,
    columns=_columns,
)


class SqlSelfTests(Part):
    """`ports.store.SelfTestStore`."""

    def put_selftest(self, run: SelfTest) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            SELFTESTS.put(transaction, [run], lambda _old, new: new)

    def selftests(self, limit: int = 20) -> Sequence[SelfTest]:
        """The latest runs, newest first."""
        columns = schema.selftests.c
        chosen = select(columns.doc).order_by(columns.started.desc(), columns.id).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).scalars().all()
        return [decode(row, SELFTESTS.decoder) for row in rows]
