"""Which files of each image were seen in use. Judges nothing."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.usage import FilesInUse, merge

USES: Family[FilesInUse] = Family(
    what="use",
    table=schema.files_in_use,
    decoder=msgspec.msgpack.Decoder(FilesInUse),
    key=lambda use: use.image_digest,
    columns=lambda _use: {},
)


class SqlUsage(Part):
    """`ports.store.UsageStore`."""

    def put_files_in_use(self, use: FilesInUse) -> None:
        """Adds to what is known."""
        with self._database.writing() as transaction:
            USES.put(transaction, [use], merge)

    def files_in_use(self, image_digest: str) -> FilesInUse | None:
        """None if nobody has looked."""
        columns = schema.files_in_use.c
        with self._database.reading() as connection:
            found = connection.execute(select(columns.doc).where(columns.id == plain(image_digest))).scalar()
        return None if found is None else decode(found, USES.decoder)
