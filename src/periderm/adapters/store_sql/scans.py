"""Which images wait for a scan, who holds one, what scans found, and the inventories of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, update

from periderm.adapters.store_sql import places, schema
from periderm.adapters.store_sql.assets import ASSETS
from periderm.adapters.store_sql.assets import merge as merge_asset
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.findings import FINDINGS, follow, of_image, tells
from periderm.adapters.store_sql.findings import merge as merge_finding
from periderm.adapters.store_sql.packages import put_packages
from periderm.adapters.store_sql.part import Part
from periderm.model.asset import Image
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.image import ImageInventory
from periderm.model.query import Page, Query

_requests = msgspec.msgpack.Decoder(ScanRequest)
_inventories = msgspec.msgpack.Decoder(ImageInventory)


def _columns(result: ScanResult) -> Mapping[str, object]:
    return {"time": result.time, "node_id": result.node_id, "search": searchable(result.image_digest, result.failure)}


RESULTS: Family[ScanResult] = Family(
    what="scan",
    table=schema.scan_results,
    decoder=msgspec.msgpack.Decoder(ScanResult),
    key=lambda result: result.image_digest,
    columns=_columns,
    aliases={"image_digest": "id"},
)


class SqlScans(Part):
    """The scans of `ports.store.FindingStore`."""

    def put_scan_request(self, request: ScanRequest, *, again: bool = False) -> bool:
        """False if this image already waits, is being scanned, or (unless `again`) was scanned, even if that failed."""
        request = clean(request)
        name = plain(request.image_digest)
        with self._database.writing() as transaction:
            for table in (schema.scan_requests,) if again else (schema.scan_requests, schema.scan_results):
                if transaction.connection.execute(select(table.c.id).where(table.c.id == name)).first() is not None:
                    return False
            row = {"id": name, "requested": bounded(request.requested), "worker": "", "lease_until": 0, "doc": encode(request)}
            transaction.connection.execute(insert(schema.scan_requests), [row])
            transaction.tell("scan", name)
            return True

    def take_scan(self, worker: str, lease_until: int, now: int) -> ScanRequest | None:
        """The oldest request that nobody holds (or whose lease is over), now held by `worker`."""
        columns = schema.scan_requests.c
        free = or_(columns.worker == "", columns.lease_until <= bounded(now))
        oldest = select(columns.id, columns.doc).where(free).order_by(columns.requested, columns.id).limit(1)
        with self._database.reading() as connection:  # workers ask often: do not take the write lock for nothing
            if connection.execute(oldest).first() is None:
                return None
        with self._database.writing() as transaction:
            found = transaction.connection.execute(oldest).first()
            if found is None:
                return None
            held = {"worker": plain(worker), "lease_until": bounded(lease_until)}
            transaction.connection.execute(update(schema.scan_requests).where(columns.id == found.id).values(held))
            transaction.tell("scan", found.id)
            return decode(found.doc, _requests)

    def put_scan_result(self, result: ScanResult) -> None:
        """Replaces the findings and the inventory of that image, and ends its request. A scan that failed has looked
        at nothing: it is recorded, and what an earlier one found stays."""
        result = clean(result)
        name = plain(result.image_digest)
        with self._database.transaction() as transaction:
            if not result.failure:
                self._replace_findings(transaction, result)
                _put_inventory(transaction.connection, name, result.inventory)
                _mark_scanned(transaction, name, result.time)
            transaction.connection.execute(delete(schema.scan_requests).where(schema.scan_requests.c.id == name))
            short = msgspec.structs.replace(result, findings=(), inventory=None)
            RESULTS.put(transaction, [short], lambda _old, new: new)
            places.refresh(transaction, [name], None if result.failure else result.inventory)

    def inventory_digests(self) -> Sequence[str]:
        """Of all stored inventories, in their own order."""
        columns = schema.inventories.c
        with self._database.reading() as connection:
            return list(connection.execute(select(columns.id).order_by(columns.id)).scalars())

    def inventory(self, image_digest: str) -> ImageInventory | None:
        """What the last scan found in an image."""
        columns = schema.inventories.c
        with self._database.reading() as connection:
            found = connection.execute(select(columns.doc).where(columns.id == plain(image_digest))).scalar()
        return None if found is None else decode(found, _inventories)

    def scan_results(self, query: Query) -> Page[ScanResult]:
        """A page of results, newest first, without findings and inventory."""
        return self._page(RESULTS, query)

    def _replace_findings(self, transaction: Transaction, result: ScanResult) -> None:
        digest = plain(result.image_digest)
        there = set(transaction.connection.execute(select(schema.findings.c.id).where(of_image(digest))).scalars())
        gone = there - {plain(finding.id) for finding in result.findings}
        FINDINGS.remove(transaction, gone)
        FINDINGS.put(transaction, result.findings, merge_finding, extra=lambda _finding: {"image_digest": digest}, tells=tells)
        follow(transaction, gone, result.findings, lambda _finding: digest)


def _put_inventory(connection: Connection, name: str, inventory: ImageInventory | None) -> None:
    if inventory is None:
        return
    columns = schema.inventories.c
    document = encode(inventory)
    put_packages(connection, places.ensure(connection, [name])[name], inventory)
    found = connection.execute(select(columns.doc).where(columns.id == name)).scalar()
    if found is None:
        connection.execute(insert(schema.inventories), [{"id": name, "doc": document}])
    elif found != document:
        connection.execute(update(schema.inventories).where(columns.id == name).values(doc=document))


def _mark_scanned(transaction: Transaction, digest: str, time: int) -> None:
    """The image's own asset, if it is known, says when it was scanned."""
    columns = schema.assets.c
    query = select(columns.id).where(columns.image_digest == digest, columns.kind == "image")
    known = ASSETS.stored(transaction.connection, list(transaction.connection.execute(query).scalars()))
    images = [msgspec.structs.replace(image, scanned_at=time) for image in known.values() if isinstance(image, Image)]
    ASSETS.put(transaction, images, merge_asset)
