"""What scans found, and the inventories of images. Which images wait for one is in `scan_queue.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, false, insert, select, update

from periderm.adapters.store_sql import places, schema
from periderm.adapters.store_sql.assets import ASSETS
from periderm.adapters.store_sql.assets import merge as merge_asset
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, named
from periderm.adapters.store_sql.findings import FINDINGS, follow, of_image, tells
from periderm.adapters.store_sql.findings import merge as merge_finding
from periderm.adapters.store_sql.packages import put_packages
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import Reaches, digests_within
from periderm.adapters.store_sql.scan_queue import end_job
from periderm.model.asset import Image
from periderm.model.envelope import ScanResult
from periderm.model.image import ImageInventory
from periderm.model.query import Page, Query

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

    def put_scan_result(self, result: ScanResult, *, ends: bool = True) -> None:
        """Replaces the findings and the inventory of that image, and ends its job (unless not `ends`: nothing was scanned,
        only judged again). A scan that failed has looked at nothing: it is recorded, what an earlier one found stays (and
        what this one has to say is added), and its job is given up."""
        result = clean(result)
        name = plain(result.image_digest)
        with self._database.transaction() as transaction:
            if not result.failure:
                self._replace_findings(transaction, result)
                _put_inventory(transaction.connection, name, result.inventory)
                _mark_scanned(transaction, name, result.time)
            elif result.findings:
                self._add_findings(transaction, result)
            if ends:
                end_job(transaction, name, result.failure)
            short = msgspec.structs.replace(result, findings=(), inventory=None)
            RESULTS.put(transaction, [short], lambda _old, new: new)
            places.refresh(transaction, [name], None if result.failure else result.inventory)

    def inventory_digests(self) -> Sequence[str]:
        """Of all stored inventories, in their own order."""
        columns = schema.inventories.c
        with self._database.reading() as connection:
            return list(connection.execute(select(columns.id).order_by(columns.id)).scalars())

    def inventoried(self, query: Query, *, digests: Sequence[str] | None = None) -> Page[str]:
        """Those of which there is one."""
        column = schema.inventories.c.id
        asked = select(column) if query.within is None else select(column).where(_of_images(column, query.within))
        with self._database.reading() as connection:
            return named(connection, asked, column, digests)

    def inventory(self, image_digest: str) -> ImageInventory | None:
        """What the last scan found in an image."""
        columns = schema.inventories.c
        with self._database.reading() as connection:
            found = connection.execute(select(columns.doc).where(columns.id == plain(image_digest))).scalar()
        return None if found is None else decode(found, _inventories)

    def scan_results(self, query: Query) -> Page[ScanResult]:
        """A page of results, newest first, without findings and inventory."""
        return self._page(RESULTS, query)

    def _add_findings(self, transaction: Transaction, result: ScanResult) -> None:
        digest = plain(result.image_digest)
        FINDINGS.put(transaction, result.findings, merge_finding, extra=lambda _finding: {"image_digest": digest}, tells=tells)
        follow(transaction, [], result.findings, lambda _finding: digest)

    def _replace_findings(self, transaction: Transaction, result: ScanResult) -> None:
        digest = plain(result.image_digest)
        there = set(transaction.connection.execute(select(schema.findings.c.id).where(of_image(digest))).scalars())
        gone = there - {plain(finding.id) for finding in result.findings}
        FINDINGS.remove(transaction, gone)
        FINDINGS.put(transaction, result.findings, merge_finding, extra=lambda _finding: {"image_digest": digest}, tells=tells)
        follow(transaction, gone, result.findings, lambda _finding: digest)


def _of_images(column: ColumnElement[str], within: Reaches) -> ColumnElement[bool]:
    covered = digests_within(within)
    return false() if covered is None else column.in_(covered)


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
