"""Verdicts on images, where imported results came from, and what was carried when. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import func, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.build import Verdict
from periderm.model.transfer import Carried, Transfer


def _of_verdict(verdict: Verdict) -> Mapping[str, object]:
    return {"image_digest": verdict.image_digest, "time": verdict.time}


def _of_carried(_carried: Carried) -> Mapping[str, object]:
    return {}


def _of_transfer(transfer: Transfer) -> Mapping[str, object]:
    return {"time": transfer.time, "origin": _origin(transfer.signer, transfer.source), "exported": transfer.exported}


def _origin(signer: str, source: str) -> str:
    return f"{signer} {source}"


VERDICTS: Family[Verdict] = Family(
    what="verdict",
    table=schema.verdicts,
    decoder=msgspec.msgpack.Decoder(Verdict),
    key=lambda verdict: f"{verdict.image_digest} {verdict.source}",
    columns=_of_verdict,
)
CARRIED: Family[Carried] = Family(
    what="carried",
    table=schema.carried,
    decoder=msgspec.msgpack.Decoder(Carried),
    key=lambda carried: carried.image_digest,
    columns=_of_carried,
)
TRANSFERS: Family[Transfer] = Family(
    what="transfer",
    table=schema.transfers,
    decoder=msgspec.msgpack.Decoder(Transfer),
    key=lambda transfer: transfer.id,
    columns=_of_transfer,
)


class SqlTransfers(Part):
    """`ports.store.TransferStore`."""

    def put_verdict(self, verdict: Verdict) -> None:
        """One for each image and network; an older one does not replace a newer."""
        with self._database.writing() as transaction:
            VERDICTS.put(transaction, [verdict], lambda old, new: new if new.time >= old.time else old)

    def verdicts(self, image_digest: str) -> Sequence[Verdict]:
        """Of an image, the newest first."""
        columns = schema.verdicts.c
        chosen = select(columns.doc).where(columns.image_digest == plain(image_digest))
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(columns.time.desc(), columns.id)).scalars().all()
        return [decode(row, VERDICTS.decoder) for row in rows]

    def put_carried(self, carried: Carried) -> None:
        """Stores or replaces."""
        with self._database.writing() as transaction:
            CARRIED.put(transaction, [carried], lambda _old, new: new)

    def carried(self, image_digest: str) -> Carried | None:
        """None for what was scanned here."""
        return self._get(CARRIED, image_digest)

    def remove_carried(self, image_digest: str) -> None:
        """From now on the result is of this network."""
        with self._database.writing() as transaction:
            CARRIED.remove(transaction, [plain(image_digest)])

    def put_transfer(self, transfer: Transfer) -> None:
        """Stores it; a record that is there stays as it is."""
        with self._database.writing() as transaction:
            TRANSFERS.put(transaction, [transfer], lambda old, _new: old)

    def transfers(self, limit: int = 100) -> Sequence[Transfer]:
        """The latest, newest first."""
        columns = schema.transfers.c
        chosen = select(columns.doc).order_by(columns.time.desc(), columns.id).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).scalars().all()
        return [decode(row, TRANSFERS.decoder) for row in rows]

    def last_export(self, signer: str, source: str) -> int:
        """When the newest export of this signer and network that was imported here was made, 0 if none was."""
        columns = schema.transfers.c
        chosen = select(func.max(columns.exported)).where(
            columns.origin == plain(_origin(signer, source)), columns.id.startswith("import ")
        )
        with self._database.reading() as connection:
            return connection.execute(chosen).scalar() or 0
